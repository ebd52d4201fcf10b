package org.kt4j.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStepsTest {

  @TempDir Path folder;

  private void write(Path file, String text) {
    try {
      AtomicFiles.write(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_kill_at_any_step_leaves_a_file_as_it_was_or_as_it_is_wanted() throws IOException {
    Path file = folder.resolve("a.txt");
    List<String> found = new ArrayList<>();
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      Files.writeString(file, "before");
      stopped = FileSteps.stoppedBefore(step++, () -> write(file, "after"));
      found.add(Files.readString(file));
      write(file, "again");
      assertThat(file).hasContent("again");
      assertThat(folder.toFile().list()).containsExactly("a.txt");
    }

    // Before the flush, the rename, the flush of the folder, and not at all.
    assertThat(found).containsExactly("before", "before", "after", "after");
  }

  @Test
  void files_are_looked_at_before_each_step_as_a_kill_would_leave_them() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "before");
    List<String> found = new ArrayList<>();

    FileSteps.lookedAtBefore(
        step -> {
          try {
            found.add(step + " " + Files.readString(file));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        () -> write(file, "after"));

    // Before the flush, the rename, and the flush of the folder.
    assertThat(found).containsExactly("0 before", "1 before", "2 after");
  }

  @Test
  void what_fails_by_itself_is_no_kill() {
    assertThatThrownBy(
            () ->
                FileSteps.stoppedBefore(
                    5,
                    () -> {
                      throw new IllegalStateException("by itself");
                    }))
        .hasMessage("by itself");
    assertThat(FileSteps.stoppedBefore(0, () -> {})).isFalse();
  }

  @Test
  void a_tree_is_deleted_without_what_its_links_lead_to() throws IOException {
    Path kept = Files.writeString(folder.resolve("kept"), "kept");
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("inner"));
    Files.createSymbolicLink(tree.resolve("link"), kept);
    Files.createSymbolicLink(tree.resolve("inner/up"), folder);
    Files.writeString(tree.resolve("inner/file"), "");

    FileSteps.deleteTree(tree);
    FileSteps.deleteTree(tree); // which is not there any more

    assertThat(tree).doesNotExist();
    assertThat(kept).hasContent("kept");
  }
}
