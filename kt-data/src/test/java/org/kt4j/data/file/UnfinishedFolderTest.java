package org.kt4j.data.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedFolderTest {

  @TempDir private Path parent;

  private void put(String text) {
    try {
      UnfinishedFolder.removeAbandoned(parent);
      try (UnfinishedFolder unfinished = UnfinishedFolder.of(parent.resolve("model"))) {
        Files.createDirectory(unfinished.path().resolve("inner"));
        Files.writeString(unfinished.path().resolve("inner/file"), text);
        unfinished.putInPlace();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> names() {
    return List.of(parent.toFile().list());
  }

  @Test
  void a_folder_stopped_anywhere_is_whole_after_the_next_time_and_nothing_is_left()
      throws IOException {
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      put("before");
      stopped = FileSteps.stoppedBefore(step++, () -> put("after"));
      UnfinishedFolder.removeAbandoned(parent);

      assertThat(names()).as("stopped before step " + (step - 1)).containsExactly("model");
      assertThat(Files.readString(parent.resolve("model/inner/file"))).isIn("before", "after");
      put("again");
      assertThat(names()).containsExactly("model");
      assertThat(parent.resolve("model/inner/file")).hasContent("again");
    }
    // Flushes of a file and three folders, two renames, deletions of a tree and of the lock.
    assertThat(step).isGreaterThanOrEqualTo(10);
  }

  @Test
  void a_removal_stopped_anywhere_is_ended_by_the_next() throws IOException {
    for (int killed = 0; killed < 10; killed++) {
      boolean stopped = true;
      for (int step = 0; stopped; step++) {
        put("before");
        FileSteps.stoppedBefore(killed, () -> put("after"));
        stopped = FileSteps.stoppedBefore(step, this::remove);
        UnfinishedFolder.removeAbandoned(parent);

        assertThat(names()).containsExactly("model");
        assertThat(Files.readString(parent.resolve("model/inner/file"))).isIn("before", "after");
      }
    }
  }

  private void remove() {
    try {
      UnfinishedFolder.removeAbandoned(parent);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void what_is_being_written_is_left_alone() throws IOException {
    try (UnfinishedFolder unfinished = UnfinishedFolder.of(parent.resolve("model"))) {
      List<String> before = new ArrayList<>(names());

      UnfinishedFolder.removeAbandoned(parent);

      assertThat(names()).containsExactlyInAnyOrderElementsOf(before).hasSize(2);
      assertThat(names()).allMatch(name -> UnfinishedFolder.isOne(Path.of(name)));
      unfinished.putInPlace();
    }
    assertThat(names()).containsExactly("model");
  }

  @Test
  void a_folder_without_its_lock_is_abandoned_and_other_names_are_none_of_ours()
      throws IOException {
    Path own = parent.resolve(".model-01234567-89ab-cdef-0123-456789abcdef.writing");
    Files.createDirectory(own);
    Path other = Files.writeString(parent.resolve("novel.writing"), "mine");

    UnfinishedFolder.removeAbandoned(parent);
    UnfinishedFolder.removeAbandoned(parent.resolve("nowhere"));

    assertThat(own).doesNotExist();
    assertThat(other).hasContent("mine");
    assertThat(UnfinishedFolder.isOne(other)).isFalse();
  }
}
