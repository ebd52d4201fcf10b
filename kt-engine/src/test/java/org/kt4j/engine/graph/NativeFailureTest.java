package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFailureTest {

  @Test
  void a_folder_that_cannot_hold_a_library_is_told(@TempDir Path folder) throws Exception {
    assertThat(NativeFailure.fault(folder)).isNull();
    assertThat(folder).isEmptyDirectory();
    assertThat(NativeFailure.fault(Files.createFile(folder.resolve("file"))))
        .startsWith("it cannot be written (");
  }

  @Test
  void another_reason_is_that_of_the_library() {
    LinkageError failure = new NoClassDefFoundError("Could not initialize class Graph");
    failure.initCause(new UnsatisfiedLinkError("libm.so.6: version `GLIBC_2.99' not found"));

    assertThat(NativeFailure.of(failure))
        .hasMessage(
            "TensorFlow's native library cannot be loaded (libm.so.6: version `GLIBC_2.99' not"
                + " found); fix: build on this machine, for its system and processor");
  }
}
