package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;

/** A run that is killed before any of its renames, flushes and deletions, and started again. */
class StoppedRunTest {

  private static final ExperimentConfig CONFIG =
      SmallRuns.parse(
          SmallRuns.DATA
              + SmallRuns.STUDENT
              + "phases: [{name: alone, epochs: 2, objective: [{term: cross-entropy}]}]\n"
              + "seed: 3");

  @TempDir private static Path folder;

  private static State expected;

  /** About the middle: the checkpoint of an epoch. */
  private static final int FIRST_OF_MIDDLE = 16;

  private static final int BEHIND_MIDDLE = 20;

  /** All that a run comes to but the times. */
  private record State(
      List<String> metrics,
      Map<String, List<Float>> last,
      int bestEpoch,
      String predictions,
      List<String> files) {

    static State of(Path run) {
      try (Stream<Path> tree = Files.walk(run)) {
        return new State(
            SmallRuns.numbers(run),
            SmallRuns.values(run),
            Checkpoints.of(run).read(Checkpoints.Which.BEST).orElseThrow().progress().bestEpoch(),
            Files.readString(run.resolve("predictions.csv")),
            tree.filter(each -> !each.startsWith(RunFolder.events(run)))
                .map(each -> run.relativize(each).toString())
                .sorted()
                .toList());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void train(Path run) {
    SmallRuns.TRAINER.train(RunPlan.of(CONFIG, run), TrainingListener.SILENT);
  }

  /** As the run is left where it is stopped before each step. */
  private static final List<Path> LEFT = new ArrayList<>();

  @BeforeAll
  static void train_one_that_is_not_stopped() {
    Path whole = folder.resolve("whole");
    FileSteps.lookedAtBefore(step -> LEFT.add(copy("stopped-" + step)), () -> train(whole));
    expected = State.of(whole);
  }

  @Test
  void a_run_stopped_between_two_steps_of_an_epoch_ends_the_same() throws IOException {
    goOn(LEFT.subList(FIRST_OF_MIDDLE, BEHIND_MIDDLE));
  }

  @Test
  @Tag("slow")
  void a_run_stopped_anywhere_else_ends_the_same() throws IOException {
    assertThat(LEFT).hasSizeGreaterThan(30);
    goOn(LEFT.subList(0, FIRST_OF_MIDDLE));
    goOn(LEFT.subList(BEHIND_MIDDLE, LEFT.size()));
  }

  private static void goOn(List<Path> stopped) throws IOException {
    for (Path run : stopped) {
      train(run);
      assertThat(State.of(run)).as(run.getFileName().toString()).isEqualTo(expected);
      FileSteps.deleteTree(run);
    }
  }

  /** A copy of the run as it is now. */
  private static Path copy(String name) {
    Path whole = folder.resolve("whole");
    Path copy = folder.resolve(name);
    try (Stream<Path> tree = Files.walk(whole)) {
      for (Path each : tree.toList()) {
        Files.copy(each, copy.resolve(whole.relativize(each).toString()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return copy;
  }

  @Test
  @Tag("slow")
  void a_clearing_that_was_stopped_anywhere_is_ended_by_the_next_training() throws IOException {
    boolean stopped = true;
    for (int step = 0; stopped; step++) {
      Path run = copy("cleared-" + step);
      RunPlan plan = RunPlan.of(CONFIG, run);

      stopped = FileSteps.stoppedBefore(step, () -> SmallRuns.TRAINER.discard(plan));
      train(run);

      assertThat(State.of(run)).as("stopped before step " + step).isEqualTo(expected);
    }
  }
}
