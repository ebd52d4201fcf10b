package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {

  private static final String ALONE =
      """
      data: {name: shapes, train: 160, held-out: 32, test: 32, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      phases:
        - {name: alone, epochs: 2, objective: [{term: cross-entropy}]}
      """;

  private static final String TRANSFER =
      """
      data: {name: shapes, train: 160, held-out: 32, test: 32, size: 16}
      teacher: {config: teacher.yaml, allow-weak: true}
      student: {network: resnet-8, width: 4}
      baseline: {config: alone.yaml}
      batch-size: 32
      phases:
        - name: distil
          epochs: 2
          objective:
            - {term: cross-entropy}
            - {term: nst, weight: 50}
            - {term: kd}
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void write_the_configurations() throws IOException {
    write("alone.yaml", ALONE);
    write("teacher.yaml", ALONE.replace("width: 4", "width: 8"));
    write("transfer.yaml", TRANSFER);
  }

  private static Path write(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml);
  }

  @Test
  void a_student_is_trained_evaluated_and_not_trained_again() {
    Path config = folder.resolve("transfer.yaml");
    Path runs = folder.resolve("runs");
    Path out = folder.resolve("mine");

    CommandRun first = kt("train", config, "--runs", runs, "--out", out);

    assertThat(first.err()).isEmpty();
    assertThat(first.exitCode()).isZero();
    assertThat(first.out())
        .contains("cross-entropy (label-smoothing 0.0) + 50 x nst (kernel polynomial")
        .contains("the teacher is trained first: ", "the baseline is trained first: ")
        .containsPattern("epoch 2/2  cross-entropy \\S+ +nst \\S+ +kd \\S+ +train \\S+ %")
        .containsPattern("student alone +\\d+\\.\\d\\d +- ")
        .containsPattern("student with nst \\+ kd +\\d+\\.\\d\\d +[+-]\\d+\\.\\d\\d ")
        .endsWith("run folder: " + out + System.lineSeparator());
    assertThat(out.resolve("config.yaml")).exists();

    CommandRun second = kt("train", config, "--runs", runs, "--out", out);

    assertThat(second.exitCode()).isZero();
    assertThat(second.out()).contains("already complete: " + out + " (2 epochs)");
    assertThat(second.out()).doesNotContain("epoch 2/2");

    CommandRun student = kt("evaluate", out);
    assertThat(student.exitCode()).isZero();
    assertThat(student.out())
        .containsPattern("accuracy +\\d+\\.\\d\\d %, \\d+ of 32 right")
        .containsPattern("cross-entropy +\\d\\.\\d{4}");

    CommandRun teacher = kt("evaluate", config, "--teacher", "--split", "held-out", "--runs", runs);
    assertThat(teacher.exitCode()).isZero();
    assertThat(teacher.out()).contains("teacher, resnet-8 from ", "shapes held-out, 32 of 16x16x3");

    CommandRun other = kt("train", config, "--runs", runs, "--out", out, "--set", "batch-size=16");
    assertThat(other.exitCode()).isEqualTo(2);
    assertThat(other.err()).contains("holds a run of another configuration", "--overwrite");
  }

  @Test
  void several_seeds_end_with_mean_and_deviation() {
    CommandRun run =
        kt(
            "train",
            folder.resolve("alone.yaml"),
            "--runs",
            folder.resolve("seeds"),
            "--seeds",
            "1,2",
            "--set",
            "phases.0.epochs=1",
            "--markdown");

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("seed 1\n", "seed 2\n", "epoch 1/1", "mean \u00b1 standard deviation of 2 seeds")
        .contains("| resnet-8 | ")
        .doesNotContain("epoch 2");
  }

  @Test
  void every_mistake_of_a_configuration_is_told_at_once() throws IOException {
    Path config =
        write("wrong.yaml", ALONE.replace("batch-size", "bach-size").replace("resnet-8", "resnt"));

    CommandRun run = kt("train", config);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("kt: 2 problems:\n  wrong.yaml: ")
        .contains("unknown key 'bach-size'", "did you mean 'batch-size'?")
        .contains("student.network: unknown network 'resnt'", "did you mean 'resnet'?")
        .doesNotContain("\tat ");
  }

  @Test
  void a_task_that_is_not_there_is_bad_input_with_the_nearest_name() throws IOException {
    Path config = write("nosuch.yaml", "task: nosuch\n" + ALONE);
    Path misspelt = write("misspelt.yaml", "task: detecton\n" + ALONE);

    CommandRun run = kt("train", config);
    CommandRun near = kt("train", misspelt);

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .contains("task: unknown task 'nosuch'; known: classification, detection")
        .doesNotContain("\tat ");
    assertThat(near.exitCode()).isEqualTo(2);
    assertThat(near.err()).contains("task: unknown task 'detecton'", "did you mean 'detection'?");
  }

  @Test
  void a_missing_file_is_bad_input() {
    CommandRun run = kt("train", "nowhere.yaml");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).isEqualTo("kt: nowhere.yaml: there is no file nowhere.yaml\n");
  }

  @Test
  void an_override_that_leads_nowhere_is_bad_input() {
    CommandRun run = kt("train", folder.resolve("alone.yaml"), "--set", "phases.7.epochs=1");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("kt: alone.yaml: phases: no element '7'");
  }

  @Test
  void a_folder_with_other_files_is_never_emptied() throws IOException {
    Path precious = Files.createDirectories(folder.resolve("precious"));
    Files.writeString(precious.resolve("thesis.tex"), "years of work");

    CommandRun run = kt("train", folder.resolve("alone.yaml"), "--out", precious, "--overwrite");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("no part of a run (thesis.tex)");
    assertThat(precious.resolve("thesis.tex")).hasContent("years of work");
  }

  @Test
  void evaluating_what_was_never_trained_says_how_to_train_it() {
    CommandRun run = kt("evaluate", folder.resolve("alone.yaml"), "--runs", folder.resolve("none"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("is not trained yet", "fix: kt train ");
    assertThat(kt("evaluate", folder).exitCode()).isEqualTo(2);
  }

  @Test
  void a_stack_trace_is_shown_only_when_asked_for() {
    assertThat(kt("train", "nowhere.yaml", "--verbose").err()).contains("\tat org.kt4j");
  }
}
