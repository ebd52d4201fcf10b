package org.kt4j.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.model.ModelException;

class ChecksumsTest {

  /** Of {@code abc}, from the examples of FIPS 180-2. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  /** Of nothing, as {@code sha256sum /dev/null} prints it. */
  private static final String NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("model"), "abc");
    Files.writeString(folder.resolve("classes"), "");
    Checksums.write(folder);
  }

  @Test
  void the_file_is_one_of_sha256sum() {
    assertThat(folder.resolve("SHA256SUMS"))
        .hasContent(NOTHING + "  classes\n" + ABC + "  model\n");
    assertThatCode(() -> Checksums.require(folder)).doesNotThrowAnyException();
  }

  @Test
  void a_file_that_was_changed_is_named() throws IOException {
    Files.writeString(folder.resolve("model"), "abd");

    assertThatThrownBy(() -> Checksums.require(folder))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            folder.resolve("model")
                + ": is not what was exported, by its checksum in SHA256SUMS; fix: copy or export it"
                + " again, or, if it was changed on purpose, remove SHA256SUMS");
  }

  @Test
  void a_file_that_is_missing_is_named() throws IOException {
    Files.delete(folder.resolve("model"));

    assertThatThrownBy(() -> Checksums.require(folder))
        .hasMessageStartingWith(folder + ": cannot be checked (" + folder.resolve("model"))
        .hasMessageEndingWith("; fix: copy the whole folder of the export");
  }

  @Test
  void an_export_without_checksums_is_that_of_an_older_version() throws IOException {
    Files.delete(folder.resolve("SHA256SUMS"));
    Files.writeString(folder.resolve("model"), "abd");

    assertThatCode(() -> Checksums.require(folder)).doesNotThrowAnyException();
  }
}
