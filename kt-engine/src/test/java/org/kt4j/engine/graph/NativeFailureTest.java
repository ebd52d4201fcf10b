package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The messages are those that glibc 2.36 and OpenJDK 17 gave in the situations of their names. */
class NativeFailureTest {

  @TempDir private Path folder;

  @Test
  void a_noexec_file_system_is_named_with_the_setting_that_moves_the_file() {
    Path library = Path.of(System.getProperty("java.io.tmpdir"), "onnx: 1", "libonnxruntime.so");
    Throwable failure =
        new UnsatisfiedLinkError(
            library + ": " + library + ": failed to map segment from shared object");

    Optional<String> explained =
        NativeFailure.explained(new IllegalStateException("Failed", failure), folder, 0);

    assertThat(explained)
        .hasValue(
            library
                + ": its file system does not let code run (mounted noexec); fix: choose a folder"
                + " that lets code run with JAVA_TOOL_OPTIONS=-Djava.io.tmpdir=FOLDER");
  }

  @Test
  void the_setting_is_that_of_the_home_for_what_lies_there() {
    Path library = Path.of(System.getProperty("user.home"), ".javacpp", "cache", "lib.so");

    assertThat(told(library + ": " + library + ": failed to map segment from shared object", 0))
        .endsWith("with JAVA_TOOL_OPTIONS=-Duser.home=FOLDER");
    assertThat(told("/elsewhere/lib.so: failed to map segment from shared object", 0))
        .startsWith("/elsewhere/lib.so: ")
        .endsWith("with JAVA_TOOL_OPTIONS=-Dorg.bytedeco.javacpp.cachedir=FOLDER");
  }

  @Test
  void a_full_disk_is_named_where_the_library_does_not_say_so() {
    // More than any disk has.
    String told = told("no jnitensorflow in java.library.path: /usr/lib", 1L << 62);

    assertThat(told)
        .startsWith(folder + ": has ")
        .contains(" MB left, and it takes about ", "fix: free space, or choose a folder");
  }

  @Test
  void a_full_disk_is_named_where_the_library_says_so() {
    assertThat(told("java.io.IOException: No space left on device", 30 << 20))
        .startsWith(folder + ": has ")
        .contains("it takes about 30 MB there");
    assertThat(told("Disk quota exceeded", 30 << 20)).startsWith(folder + ": has ");
  }

  @Test
  void another_processor_or_C_library_is_no_matter_of_folders() {
    String glibc =
        "/x/lib.so: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by"
            + " /x/lib.so)";

    assertThat(told(glibc, 0)).startsWith(glibc + "; fix: a system with the processor and the C");
    assertThat(told("/x/lib.so: wrong ELF class: ELFCLASS32", 1L << 62))
        .startsWith("/x/lib.so: wrong ELF class: ELFCLASS32; fix: a system");
    assertThat(told("/x/a.so: libgomp.so.1: cannot open shared object file: No such file", 0))
        .contains("libgomp.so.1: cannot open shared object file: No such file; fix: a system");
  }

  @Test
  void a_damaged_file_is_to_be_removed() {
    assertThat(told("/x/lib.so: /x/lib.so: file too short", 0))
        .isEqualTo("/x/lib.so: is damaged; fix: remove this file");
  }

  @Test
  void what_says_nothing_of_its_reason_is_not_explained() {
    assertThat(
            NativeFailure.explained(
                new UnsatisfiedLinkError("no x in java.library.path"), folder, 0))
        .isEmpty();
    assertThat(NativeFailure.explained(new NoClassDefFoundError(), folder, 0)).isEmpty();
  }

  private String told(String message, long bytes) {
    return NativeFailure.explained(new UnsatisfiedLinkError(message), folder, bytes).orElse("");
  }
}
