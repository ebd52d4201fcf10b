package org.kt4j.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {

  @TempDir Path folder;

  @Test
  void a_text_is_written_in_utf_8_and_replaces_what_was_there() throws IOException {
    Path file = folder.resolve("a.txt");
    Files.writeString(file, "before");

    AtomicFiles.write(file, "\u00e9");

    assertThat(file).hasBinaryContent(new byte[] {(byte) 0xC3, (byte) 0xA9});
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void content_that_fails_leaves_what_was_there_and_nothing_else() throws IOException {
    Path file = folder.resolve("a.txt");
    Files.writeString(file, "before");

    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    beside -> {
                      Files.writeString(beside, "half");
                      throw new IOException("the disk is full");
                    }))
        .hasMessage("the disk is full");

    assertThat(file).hasContent("before");
    assertThat(names()).containsExactly("a.txt");
  }

  @Test
  void a_file_is_not_seen_before_it_is_whole() throws IOException {
    Path file = folder.resolve("a.txt");

    AtomicFiles.write(
        file,
        beside -> {
          Files.writeString(beside, "whole");
          assertThat(names()).containsExactly("a.txt.writing");
        });

    assertThat(file).hasContent("whole");
  }

  @Test
  void a_folder_takes_the_place_of_another_which_is_kept_under_a_new_name() throws IOException {
    Path place = Files.createDirectory(folder.resolve("model"));
    Files.writeString(place.resolve("old"), "old");
    Path made = Files.createDirectory(AtomicFiles.beside(place));
    Files.createDirectory(made.resolve("inner"));
    Files.writeString(made.resolve("inner/new"), "new");

    Optional<Path> former = AtomicFiles.replaceFolder(made, place);

    assertThat(place.resolve("inner/new")).hasContent("new");
    assertThat(place.resolve("old")).doesNotExist();
    assertThat(made).doesNotExist();
    assertThat(former).get().satisfies(path -> assertThat(path.resolve("old")).hasContent("old"));
  }

  @Test
  void where_there_was_no_folder_nothing_is_left_to_delete() throws IOException {
    Path made = Files.createDirectory(folder.resolve("made"));

    Optional<Path> former = AtomicFiles.replaceFolder(made, folder.resolve("model"));

    assertThat(former).isEmpty();
    assertThat(names()).containsExactly("model");
  }

  @Test
  void a_folder_that_cannot_be_put_in_place_leaves_the_one_that_was_there() throws IOException {
    Path place = Files.createDirectory(folder.resolve("model"));
    Files.writeString(place.resolve("old"), "old");

    assertThatThrownBy(() -> AtomicFiles.replaceFolder(folder.resolve("missing"), place))
        .isInstanceOf(IOException.class);

    assertThat(place.resolve("old")).hasContent("old");
    assertThat(names()).containsExactly("model");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
