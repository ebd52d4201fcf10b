package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.checkpoint.Checkpoints.Which;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;

/** Runs of which something was lost or changed: none goes on, each says what is wrong. */
class DamagedRunTest {

  private static final String START_OVER =
      "; fix: restore it from a copy, or start over with --overwrite";

  private static final ExperimentConfig CONFIG =
      SmallRuns.parse(
          SmallRuns.DATA
              + SmallRuns.STUDENT
              + "phases: [{name: alone, epochs: 3, objective: [{term: cross-entropy}]}]\n"
              + "seed: 3");

  @TempDir private static Path folder;

  private Path run;

  @BeforeAll
  static void train_one() {
    SmallRuns.TRAINER.train(RunPlan.of(CONFIG, folder.resolve("whole")), TrainingListener.SILENT);
  }

  @BeforeEach
  void copy_it(TestInfo test) throws IOException {
    run = folder.resolve(test.getTestMethod().orElseThrow().getName());
    FileUtils.copyDirectory(folder.resolve("whole").toFile(), run.toFile());
  }

  private void goOn() {
    SmallRuns.TRAINER.train(RunPlan.of(CONFIG, run), TrainingListener.SILENT);
  }

  private void change(String file, UnaryOperator<String> change) throws IOException {
    Path path = run.resolve(file);
    Files.writeString(path, change.apply(Files.readString(path)));
  }

  private void changeMetrics(Consumer<List<String>> change) throws IOException {
    Files.delete(run.resolve("result.json"));
    Path file = run.resolve("metrics.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    change.accept(lines);
    Files.write(file, lines);
  }

  @Test
  void a_result_without_its_values_does_not_count_as_complete() throws IOException {
    for (String broken : List.of("{}", "null", "[]", "", "{\"epochs\": 3}")) {
      change("result.json", text -> broken);

      assertThatThrownBy(this::goOn)
          .as(broken)
          .hasMessageStartingWith(run.resolve("result.json") + ": the result cannot be read: ")
          .hasMessageEndingWith(START_OVER);
    }
  }

  @Test
  void a_result_of_another_number_of_epochs_is_refused() throws IOException {
    change("result.json", text -> text.replaceFirst("\"epochs\" : 3", "\"epochs\" : 2"));

    assertThatThrownBy(this::goOn)
        .hasMessage(run + ": result.json is of 2 epochs, the configuration of 3" + START_OVER);
  }

  @Test
  void a_result_that_no_run_comes_to_is_refused() throws IOException {
    for (String change : List.of("\"test-last\" : 7.5", "\"test-last\" : -0.1")) {
      change("result.json", text -> text.replaceFirst("\"test-last\" : [^,]*", change));

      assertThatThrownBy(this::goOn)
          .as(change)
          .hasMessageStartingWith(
              run.resolve("result.json") + ": the result is damaged: test-last: ")
          .hasMessageEndingWith("; allowed: 0 to 1" + START_OVER);
    }
    change(
        "result.json",
        text -> text.replaceFirst("\"test-last\" : [^,]*", "\"test-last\" : \"NaN\""));
    assertThatThrownBy(this::goOn)
        .hasMessageContaining("test-last: expected a number, found the text \"NaN\"");
    change(
        "result.json", text -> text.replaceFirst("\"test-last\" : [^,]*", "\"test-last\" : 0.5"));
    change("result.json", text -> text.replaceFirst("\"best-epoch\" : .", "\"best-epoch\" : 4"));
    assertThatThrownBy(this::goOn).hasMessageContaining("best-epoch: 4 of epochs: 3; allowed");
  }

  @Test
  void a_result_of_other_held_out_scores_than_the_metrics_is_refused() throws IOException {
    change(
        "result.json",
        text -> text.replaceFirst("\"held-out-last\" : [^,]*", "\"held-out-last\" : 1.0"));

    assertThatThrownBy(this::goOn)
        .hasMessage(
            run
                + ": result.json and metrics.jsonl are not of one run, for their held-out scores"
                + " differ; fix: restore them from a copy, or start over with --overwrite");
  }

  @Test
  void the_checkpoints_of_another_run_are_not_taken_for_this_ones() throws IOException {
    // As if the metrics were of another run, which found another score at the best epoch.
    int best = Checkpoints.of(run).read(Which.LAST).orElseThrow().progress().bestEpoch();
    changeMetrics(
        lines ->
            lines.set(
                best - 1,
                lines
                    .get(best - 1)
                    .replaceFirst("\"held-out-score\":[^,]*", "\"held-out-score\":0.9")));

    String message = run + ": the checkpoints are of another run than metrics.jsonl: ";
    assertThatThrownBy(this::goOn).hasMessageStartingWith(message);
    assertThatThrownBy(() -> Checkpoints.weightsOf(run, Which.BEST))
        .hasMessageStartingWith(message);
  }

  @Test
  void a_complete_run_without_its_checkpoints_says_so() throws IOException {
    FileUtils.deleteDirectory(run.resolve("checkpoints").toFile());

    assertThatThrownBy(() -> Checkpoints.weightsOf(run, Which.BEST))
        .hasMessage(
            run
                + ": the run is complete, but its checkpoints are missing; fix: restore them from a"
                + " copy, or train it again with --overwrite");
  }

  @Test
  void a_file_in_the_place_of_the_event_files_is_named() throws IOException {
    Files.delete(run.resolve("result.json"));
    FileUtils.deleteDirectory(run.resolve("tensorboard").toFile());
    Files.writeString(run.resolve("tensorboard"), "");

    assertThatThrownBy(this::goOn)
        .hasMessage(
            run.resolve("tensorboard")
                + ": is a file; expected: a folder of event files; fix: remove the file");
  }

  @Test
  void without_its_configuration_nobody_knows_what_a_run_is_of() throws IOException {
    Files.delete(run.resolve("config.yaml"));

    assertThatThrownBy(this::goOn)
        .hasMessage(
            run
                + ": the folder holds a run, but not its config.yaml, so that nobody knows what was"
                + " trained"
                + START_OVER);
  }

  @Test
  void lost_checkpoints_are_no_fresh_start() throws IOException {
    Files.delete(run.resolve("result.json"));
    FileUtils.deleteDirectory(run.resolve("checkpoints").toFile());

    assertThatThrownBy(this::goOn)
        .hasMessage(
            run
                + ": metrics.jsonl tells of 3 epochs, the last checkpoint of 0; files of the run are"
                + " missing. Fix: restore them from a copy, or start over with --overwrite");
  }

  @Test
  void epochs_without_their_line_are_told() throws IOException {
    changeMetrics(lines -> lines.remove(2));

    assertThatThrownBy(this::goOn)
        .hasMessageStartingWith(
            run + ": metrics.jsonl tells of 2 epochs, the last checkpoint of 3;");
  }

  @Test
  void a_missing_line_in_the_middle_is_told_with_its_place() throws IOException {
    changeMetrics(lines -> lines.remove(1));

    assertThatThrownBy(this::goOn)
        .hasMessage(run.resolve("metrics.jsonl") + ": line 2 is of epoch 3, not of 2" + START_OVER);
  }

  @Test
  void a_doubled_line_is_told_with_its_place() throws IOException {
    changeMetrics(lines -> lines.add(1, lines.get(0)));

    assertThatThrownBy(this::goOn)
        .hasMessage(run.resolve("metrics.jsonl") + ": line 2 is of epoch 1, not of 2" + START_OVER);
  }

  @Test
  void lines_in_another_order_are_told_with_their_place() throws IOException {
    changeMetrics(Collections::reverse);

    assertThatThrownBy(this::goOn)
        .hasMessage(run.resolve("metrics.jsonl") + ": line 1 is of epoch 3, not of 1" + START_OVER);
  }

  @Test
  void a_line_without_values_is_told_with_its_place() throws IOException {
    for (String broken : List.of("{}", "null", "[]", "{\"epoch\": 2}", "half")) {
      run = folder.resolve("line-" + broken.replaceAll("\\W", "_"));
      FileUtils.copyDirectory(folder.resolve("whole").toFile(), run.toFile());
      changeMetrics(lines -> lines.set(1, broken));

      assertThatThrownBy(this::goOn)
          .as(broken)
          .hasMessageStartingWith(run.resolve("metrics.jsonl") + ": line 2 is damaged: ")
          .hasMessageEndingWith(START_OVER);
    }
  }

  @Test
  void a_last_line_that_a_kill_cut_is_written_again() throws IOException {
    List<String> before = SmallRuns.numbers(run);
    Files.delete(run.resolve("result.json"));
    change("metrics.jsonl", text -> text + "{\"epoch\": 4, \"phase\": \"al");

    goOn();

    assertThat(SmallRuns.numbers(run)).isEqualTo(before);
  }
}
