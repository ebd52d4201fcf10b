package org.kt4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.model.ModelException;

/** The libraries are those of the ONNX Runtime on the class path. */
class OnnxLibrariesTest {

  private static final Path MODEL = Path.of("net.onnx");
  private static final String NAME = System.mapLibraryName("onnxruntime");
  private static final String JNI = System.mapLibraryName("onnxruntime4j_jni");

  @TempDir private Path kept;
  @TempDir private Path temporary;

  private Path unpacked() {
    return Objects.requireNonNull(OnnxLibraries.unpacked(MODEL.toString(), kept, temporary));
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void the_libraries_are_unpacked_once_and_stay() throws IOException {
    Path folder = unpacked();

    assertThat(folder.getParent()).isEqualTo(kept);
    assertThat(names(folder)).containsExactlyInAnyOrder(NAME, JNI);
    assertThat(names(temporary)).isEmpty();
    Path library = folder.resolve(NAME);
    FileTime first = Files.getLastModifiedTime(library);
    assertThat(unpacked()).isEqualTo(folder);
    assertThat(Files.getLastModifiedTime(library)).isEqualTo(first);
  }

  @Test
  void what_a_killed_process_or_a_full_disk_left_is_mended() throws IOException {
    Path library = unpacked().resolve(NAME);
    byte[] whole = Files.readAllBytes(library);
    byte[] changed = whole.clone();
    changed[changed.length / 2] ^= 1;
    for (byte[] damaged : List.of(new byte[0], changed)) {
      Files.write(library, damaged);

      unpacked();

      assertThat(library).hasBinaryContent(whole);
    }
    Path old = Files.createFile(library.resolveSibling("old.part"));
    Path others = Files.createFile(library.resolveSibling("others.part"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(7_200)));
    unpacked();
    assertThat(old).doesNotExist();
    assertThat(others).exists();
  }

  @Test
  void several_at_once_get_whole_libraries() throws IOException {
    List<CompletableFuture<Path>> all =
        IntStream.range(0, 4).mapToObj(i -> CompletableFuture.supplyAsync(this::unpacked)).toList();

    Set<Path> folders = all.stream().map(CompletableFuture::join).collect(Collectors.toSet());

    assertThat(folders).hasSize(1);
    assertThat(names(folders.iterator().next())).containsExactlyInAnyOrder(NAME, JNI);
    try (InputStream in =
        getClass().getResourceAsStream("/ai/onnxruntime/native/linux-x64/" + JNI)) {
      if (in != null) {
        assertThat(folders.iterator().next().resolve(JNI)).hasBinaryContent(in.readAllBytes());
      }
    }
  }

  @Test
  void the_temporary_folder_helps_out_and_neither_is_told_with_its_reason() throws IOException {
    Path blocked = Files.createFile(kept.resolve("a-file"));

    Path own =
        Objects.requireNonNull(
            OnnxLibraries.unpacked(MODEL.toString(), blocked.resolve("onnxruntime"), temporary));

    assertThat(own.getParent()).isEqualTo(temporary);
    assertThat(names(own)).containsExactlyInAnyOrder(NAME, JNI);
    Path none = temporary.resolve("none");
    assertThatThrownBy(
            () -> OnnxLibraries.unpacked(MODEL.toString(), blocked.resolve("onnxruntime"), none))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("net.onnx: needs ONNX Runtime, whose native library of ")
        .hasMessageContaining(" MB can be unpacked neither to " + blocked.resolve("onnxruntime"))
        .hasMessageEndingWith(
            "nor to the temporary folder "
                + none
                + " (it is no folder); fix: DJL_CACHE_DIR=FOLDER in the environment, a folder that"
                + " can be written, has room and allows execution");
  }

  /** Anybody may write there. */
  @Test
  void libraries_that_lie_in_the_temporary_folder_already_are_not_used() {
    Path folder =
        Objects.requireNonNull(
            OnnxLibraries.unpacked(MODEL.toString(), temporary.resolve(".djl.ai"), temporary));

    assertThat(folder.getParent()).isEqualTo(temporary);
  }
}
