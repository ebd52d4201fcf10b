package org.kt4j.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.run.RunFolder;

class ExportFolderTest {

  private static final Set<String> FILES = Set.of("one", "two");

  @TempDir private Path parent;

  private static ExportFolder.Content<String> content(String text) {
    return beside -> {
      Files.writeString(beside.resolve("one"), text);
      return text;
    };
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void folders_above_are_made_and_what_the_content_says_comes_back() throws IOException {
    Path folder = parent.resolve("a/b/export");

    String said = new ExportFolder(folder, FILES, false).write(content("first"));

    assertThat(said).isEqualTo("first");
    assertThat(folder.resolve("one")).hasContent("first");
    assertThat(names(parent.resolve("a/b"))).containsExactly("export");
  }

  @Test
  void nothing_is_seen_before_all_is_written() {
    Path folder = parent.resolve("export");

    new ExportFolder(folder, FILES, false)
        .write(
            beside -> {
              assertThat(folder).doesNotExist();
              return content("first").into(beside);
            });

    assertThat(folder.resolve("one")).hasContent("first");
  }

  @Test
  void a_folder_that_is_there_is_kept_unless_it_is_to_be_overwritten() throws IOException {
    Path folder = parent.resolve("export");
    new ExportFolder(folder, FILES, false).write(content("first"));
    Files.writeString(folder.resolve("two"), "of the first");

    assertThatThrownBy(() -> new ExportFolder(folder, FILES, false))
        .isInstanceOf(ExportException.class)
        .hasMessage(
            folder + ": is there already; fix: name a new folder, or replace it with --overwrite");
    assertThat(folder.resolve("one")).hasContent("first");

    new ExportFolder(folder, FILES, true).write(content("second"));

    assertThat(names(folder)).containsExactly("SHA256SUMS", "one");
    assertThat(folder.resolve("one")).hasContent("second");
    assertThat(names(parent)).containsExactly("export");
  }

  @Test
  void a_foreign_file_protects_its_folder() throws IOException {
    Path folder = Files.createDirectory(parent.resolve("export"));
    Files.writeString(folder.resolve("one"), "first");
    Files.writeString(folder.resolve("thesis.tex"), "the only copy");

    assertThatThrownBy(() -> new ExportFolder(folder, FILES, true))
        .isInstanceOf(ExportException.class)
        .hasMessage(
            folder
                + ": holds thesis.tex, which is no part of an export, and is not replaced; fix:"
                + " name another folder");
    assertThat(names(folder)).containsExactly("one", "thesis.tex");
  }

  @Test
  void a_foreign_file_that_comes_meanwhile_protects_its_folder_as_well() throws IOException {
    Path folder = parent.resolve("export");
    new ExportFolder(folder, FILES, false).write(content("first"));
    ExportFolder again = new ExportFolder(folder, FILES, true);

    assertThatThrownBy(
            () ->
                again.write(
                    beside -> {
                      Files.writeString(folder.resolve("thesis.tex"), "the only copy");
                      return content("second").into(beside);
                    }))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("holds thesis.tex");

    assertThat(folder.resolve("one")).hasContent("first");
    assertThat(names(parent)).containsExactly("export");
  }

  @Test
  void when_the_content_fails_the_former_one_stays_and_nothing_is_left_beside_it()
      throws IOException {
    Path folder = parent.resolve("export");
    new ExportFolder(folder, FILES, false).write(content("first"));
    ExportFolder again = new ExportFolder(folder, FILES, true);

    assertThatThrownBy(
            () ->
                again.write(
                    beside -> {
                      content("half").into(beside);
                      throw new IOException("no room");
                    }))
        .isInstanceOf(ExportException.class)
        .hasMessage(folder + ": cannot be written (no room)")
        .hasRootCauseMessage("no room");
    assertThatThrownBy(
            () ->
                again.write(
                    beside -> {
                      content("half").into(beside);
                      throw new ExportMismatchException("not the same");
                    }))
        .isInstanceOf(ExportMismatchException.class);

    assertThat(folder.resolve("one")).hasContent("first");
    assertThat(names(parent)).containsExactly("export");
  }

  @Test
  void when_the_content_of_a_new_folder_fails_there_is_none() throws IOException {
    Path folder = parent.resolve("export");
    ExportFolder target = new ExportFolder(folder, FILES, false);

    assertThatThrownBy(
            () ->
                target.write(
                    beside -> {
                      content("half").into(beside);
                      throw new IllegalStateException("stopped by the test");
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(names(parent)).isEmpty();
  }

  private static ExportFolder.Content<String> two(String text) {
    return beside -> {
      Files.writeString(beside.resolve("one"), text);
      Files.writeString(beside.resolve("two"), text);
      return text;
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_export_stopped_anywhere_ends_the_same_the_next_time(boolean replaces) throws IOException {
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      Path within = Files.createDirectory(parent.resolve("run-" + step));
      Path folder = within.resolve("export");
      if (replaces) {
        new ExportFolder(folder, FILES, false).write(two("first"));
      }

      stopped =
          FileSteps.stoppedBefore(
              step++, () -> new ExportFolder(folder, FILES, replaces).write(two("second")));
      // Whatever was left is no reason to refuse the run's folder as a foreign one.
      assertThat(RunFolder.foreign(within)).isEmpty();
      if (stopped || replaces) {
        // The export itself may have been in its place already.
        new ExportFolder(folder, FILES, true).write(two("second"));
      }

      assertThat(names(within)).as("stopped before step " + (step - 1)).containsExactly("export");
      assertThat(names(folder)).containsExactly("SHA256SUMS", "one", "two");
      assertThat(folder.resolve("one")).hasContent("second");
    }
    // Flushes of three files and two folders, a rename, the lock; another rename and four
    // deletions.
    assertThat(step).isEqualTo((replaces ? 12 : 7) + 1);
  }

  @Test
  void an_export_stopped_between_its_renames_is_undone_where_nothing_is_to_be_replaced()
      throws IOException {
    Path folder = parent.resolve("export");
    new ExportFolder(folder, FILES, false).write(two("first"));
    // Behind the flushes and the first rename.
    FileSteps.stoppedBefore(5, () -> new ExportFolder(folder, FILES, true).write(two("second")));
    assertThat(folder).doesNotExist();

    assertThatThrownBy(() -> new ExportFolder(folder, FILES, false))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("is there already");

    assertThat(folder.resolve("one")).hasContent("first");
    assertThat(names(parent)).containsExactly("export");
  }

  @Test
  void a_file_in_the_place_of_the_folder_is_left_alone() throws IOException {
    Path file = Files.writeString(parent.resolve("export"), "a file");

    assertThatThrownBy(() -> new ExportFolder(file, FILES, false))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("is there already");
    assertThatThrownBy(() -> new ExportFolder(file, FILES, true))
        .isInstanceOf(ExportException.class)
        .hasMessageStartingWith(file + ": is no folder that could be replaced (")
        .hasMessageEndingWith("; fix: name another");
    assertThat(file).hasContent("a file");
  }

  @Test
  void a_file_above_the_folder_is_told() throws IOException {
    Path file = Files.writeString(parent.resolve("file"), "a file");
    ExportFolder target = new ExportFolder(file.resolve("export"), FILES, false);

    assertThatThrownBy(() -> target.write(content("first")))
        .isInstanceOf(ExportException.class)
        .hasMessageStartingWith(file.resolve("export") + ": cannot be written (");
    assertThat(file).hasContent("a file");
  }

  @Test
  void the_root_is_no_place() {
    Path root = parent.getRoot();
    ExportFolder target = new ExportFolder(root.resolve("nowhere-at-all/.."), FILES, false);

    assertThatThrownBy(() -> target.write(content("first")))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("is no place for a folder; fix: name a new one");
  }

  @Test
  void classes_are_lines() throws IOException {
    ExportFolder.writeClasses(parent, List.of("red", "a third one", "grün"));

    assertThat(Files.readString(parent.resolve("synset.txt")).lines())
        .containsExactly("red", "a third one", "grün");
    assertThatThrownBy(() -> ExportFolder.writeClasses(parent, List.of("red", "\t")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no line of synset.txt");
  }
}
