package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeFoldersTest {

  private static final List<String> PROPERTIES =
      List.of(
          "user.home",
          "java.io.tmpdir",
          "org.bytedeco.javacpp.cachedir",
          "jna.tmpdir",
          "DJL_CACHE_DIR");

  @TempDir private Path temporary;
  private String[] before = {};

  @BeforeEach
  void keep_properties() {
    before = PROPERTIES.stream().map(System::getProperty).toArray(String[]::new);
    PROPERTIES.stream().skip(2).forEach(System::clearProperty);
    System.setProperty("java.io.tmpdir", temporary.toString());
  }

  @AfterEach
  void restore_properties() {
    for (int i = 0; i < before.length; i++) {
      if (before[i] == null) {
        System.clearProperty(PROPERTIES.get(i));
      } else {
        System.setProperty(PROPERTIES.get(i), before[i]);
      }
    }
  }

  @Test
  void a_home_that_can_be_written_to_is_left_to_the_libraries() {
    System.setProperty("user.home", temporary.toString());

    NativeFolders.settle();

    assertThat(PROPERTIES.subList(2, 5)).allMatch(each -> System.getProperty(each) == null);
  }

  @Test
  void without_a_home_native_code_goes_to_a_folder_of_the_user_alone() throws IOException {
    for (String home : new String[] {"?", "/nonexistent"}) {
      System.setProperty("user.home", home);

      NativeFolders.settle();

      Path cache = Path.of(System.getProperty("org.bytedeco.javacpp.cachedir"));
      assertThat(cache).startsWithRaw(temporary);
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache.getParent())))
          .isEqualTo("rwx------");
      assertThat(Path.of(System.getProperty("jna.tmpdir"))).startsWithRaw(cache.getParent());
      assertThat(Path.of(System.getProperty("DJL_CACHE_DIR"))).startsWithRaw(cache.getParent());
      assertThat(Path.of("?")).doesNotExist();
    }
    // 650 MB are unpacked once, not in each process.
    try (var folders = Files.list(temporary)) {
      assertThat(folders).hasSize(1);
    }
  }

  @Test
  void what_the_user_has_set_stays() {
    System.setProperty("user.home", "?");
    System.setProperty("org.bytedeco.javacpp.cachedir", "/mine");

    NativeFolders.settle();

    assertThat(System.getProperty("org.bytedeco.javacpp.cachedir")).isEqualTo("/mine");
  }

  @Test
  void a_folder_that_others_can_write_to_is_not_used() throws IOException {
    Path usual = NativeFolders.own(temporary);
    Files.setPosixFilePermissions(usual, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(NativeFolders.own(temporary)).isNotEqualTo(usual).isDirectory();

    Files.delete(usual);
    Files.createSymbolicLink(usual, Files.createDirectory(temporary.resolve("elsewhere")));
    assertThat(NativeFolders.own(temporary)).isNotEqualTo(usual).isDirectory();
  }
}
