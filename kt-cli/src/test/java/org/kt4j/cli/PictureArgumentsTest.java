package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing here is decoded, so that empty files will do. */
class PictureArgumentsTest {

  @TempDir private Path folder;

  @BeforeEach
  void write_files() throws IOException {
    Files.createDirectories(folder.resolve("sub/deep"));
    Files.createDirectories(folder.resolve("set[1]"));
    Files.createDirectories(folder.resolve("album.png"));
    for (String name :
        List.of(
            "b.png",
            "a.JPG",
            "ax.png",
            "bx.png",
            "cx.png",
            "x[1].png",
            "notes.txt",
            ".hidden.png",
            "sub/d.jpeg",
            "sub/deep/e.png",
            "set[1]/f.png")) {
      Files.createFile(folder.resolve(name));
    }
  }

  /** What is found, as seen from the folder. */
  private List<String> found(String... names) {
    List<String> given = Stream.of(names).map(name -> folder + "/" + name).toList();
    return PictureArguments.files(given).stream()
        .map(file -> folder.relativize(file).toString())
        .toList();
  }

  @Test
  void a_folder_gives_its_own_pictures_by_name_and_no_hidden_ones() {
    assertThat(found(""))
        .containsExactly("a.JPG", "ax.png", "b.png", "bx.png", "cx.png", "x[1].png");
  }

  @Test
  void files_folders_and_patterns_keep_the_order_of_the_arguments() {
    assertThat(found("sub", "b.png", "?x.png", "a.JPG"))
        .containsExactly("sub/d.jpeg", "b.png", "ax.png", "bx.png", "cx.png", "a.JPG");
  }

  @Test
  void a_file_that_is_named_is_taken_whatever_its_ending() {
    assertThat(found("notes.txt", ".hidden.png")).containsExactly("notes.txt", ".hidden.png");
  }

  @Test
  void patterns_choose_by_letters_and_by_lists() {
    assertThat(found("[ab]?.png")).containsExactly("ax.png", "bx.png");
    assertThat(found("{b,cx}.*")).containsExactly("b.png", "cx.png");
    assertThat(found("*/*.jpeg")).containsExactly("sub/d.jpeg");
  }

  @Test
  void one_asterisk_stays_in_a_folder_and_two_go_below() {
    assertThat(found("sub/*")).containsExactly("sub/d.jpeg");
    assertThat(found("sub/**")).containsExactly("sub/d.jpeg", "sub/deep/e.png");
    assertThat(found("**.png"))
        .contains("b.png", "set[1]/f.png", "sub/deep/e.png")
        .doesNotContain("album.png", ".hidden.png");
  }

  @Test
  void two_asterisks_between_slashes_fit_no_folder_as_well() {
    assertThat(found("sub/**/*.png")).containsExactly("sub/deep/e.png");
    assertThat(found("**/b.png")).containsExactly("b.png");
    assertThat(found("sub/**/deep/*.png")).containsExactly("sub/deep/e.png");
  }

  @Test
  void names_with_brackets_are_found_as_they_stand() {
    assertThat(found("x[1].png")).containsExactly("x[1].png");
    assertThat(found("set[1]")).containsExactly("set[1]/f.png");
    assertThat(found("set[1]/*.png")).containsExactly("set[1]/f.png");
  }

  @Test
  void a_slash_too_many_leads_nowhere_else() {
    assertThat(found("sub//*.jpeg")).containsExactly("sub/d.jpeg");
    assertThat(found("sub//deep//*.png")).containsExactly("sub/deep/e.png");
  }

  @Test
  void links_to_folders_are_followed_but_not_in_circles() throws IOException {
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("sub"));
    Files.createSymbolicLink(folder.resolve("sub/deep/up"), folder);
    Files.createSymbolicLink(folder.resolve("sub/broken.png"), folder.resolve("nowhere"));

    assertThat(found("link/*.jpeg")).containsExactly("link/d.jpeg");
    assertThat(found("l*/*.jpeg")).containsExactly("link/d.jpeg");
    assertThat(found("*/**/e.png")).containsExactly("link/deep/e.png", "sub/deep/e.png");
  }

  @Test
  void patterns_may_start_where_the_command_runs() {
    Path here = Path.of("").toAbsolutePath().relativize(folder);

    assertThat(PictureArguments.files(List.of(here + "/sub/*")))
        .containsExactly(here.resolve("sub/d.jpeg"));
    assertThatThrownBy(() -> PictureArguments.files(List.of("*.png")))
        .hasMessage("*.png: fits no .jpg, .jpeg or .png file");
  }

  @Test
  void what_is_not_there_is_named() {
    assertMistake("none.png", "/none.png: there is no such file");
    assertMistake("*.gif", "/*.gif: fits no .jpg, .jpeg or .png file");
    assertMistake("album.png", "/album.png: holds no .jpg, .jpeg or .png file");
    assertMistake("nowhere/*.png", "/nowhere/*.png: there is no folder " + folder + "/nowhere");
    assertMistake("[ab.png", "/[ab.png: is no pattern: ");
    assertThatThrownBy(() -> PictureArguments.files(List.of("")))
        .isInstanceOf(BadInputException.class)
        .hasMessage(": there is no such file");
  }

  @Test
  void a_link_to_nothing_is_named_with_its_target() throws IOException {
    Files.createSymbolicLink(folder.resolve("broken.jpg"), Path.of("nowhere.jpg"));

    assertMistake("broken.jpg", "/broken.jpg: is a link to nowhere.jpg, which is not there");
  }

  @Test
  void a_pipe_is_refused_before_it_is_waited_for() throws Exception {
    Path pipe = folder.resolve("pipe.jpg");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertMistake("pipe.jpg", "/pipe.jpg: is no regular file; fix: save the picture as a file");
  }

  private void assertMistake(String name, String message) {
    assertThatThrownBy(() -> found(name))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith(folder + message);
  }

  @Test
  void what_cannot_be_read_says_why_even_where_the_file_system_says_only_the_name() {
    Path file = Path.of("a.png");

    assertThat(PictureArguments.unreadable(file, new IOException("cut short")))
        .isEqualTo("a.png: cannot be read (cut short); passed over");
    assertThat(PictureArguments.unreadable(file, new NoSuchFileException("a.png")))
        .isEqualTo("a.png: cannot be read (it is not there); passed over");
  }
}
