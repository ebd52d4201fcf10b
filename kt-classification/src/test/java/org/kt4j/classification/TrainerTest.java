package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.kt4j.classification.SmallRuns.DATA;
import static org.kt4j.classification.SmallRuns.STUDENT;
import static org.kt4j.classification.SmallRuns.TRAINER;
import static org.kt4j.classification.SmallRuns.numbers;
import static org.kt4j.classification.SmallRuns.parse;
import static org.kt4j.classification.SmallRuns.values;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.training.Comparison;

class TrainerTest {

  private static final String TWO_PHASES =
      DATA
          + STUDENT
          + "phases:\n"
          + "  - {name: first, epochs: 2, objective: [{term: cross-entropy}]}\n"
          + "  - {name: second, epochs: 2, objective: [{term: cross-entropy}, {term: match}]}\n"
          + "teacher: {run: %s, allow-weak: true}\n";

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Path teacher;

  @BeforeAll
  static void train_a_teacher() {
    teacher = shared.resolve("teacher");
    SmallRuns.trainTeacher(teacher, 1);
  }

  private RunPlan plan(String yaml, String name) {
    return new RunPlan(parse(yaml), folder.resolve(name), folder);
  }

  private static String twoPhases() {
    return String.format(TWO_PHASES, teacher);
  }

  @Test
  void a_run_stopped_anywhere_goes_on_and_ends_with_the_same_numbers() {
    RunPlan whole = plan(twoPhases(), "whole");
    RunPlan stopped = plan(twoPhases(), "stopped");
    RunResult expected = TRAINER.train(whole, TrainingListener.SILENT);

    // Four steps an epoch: in the first epoch, the second, behind the seam of the phases, at the
    // end.
    for (int steps : new int[] {3, 6, 5, 7, 2}) {
      assertThatThrownBy(() -> TRAINER.train(stopped, new SmallRuns.Stop(steps)))
          .hasMessage("stopped by the test");
    }
    RunResult result = TRAINER.train(stopped, TrainingListener.SILENT);

    assertThat(numbers(stopped.folder())).isEqualTo(numbers(whole.folder())).hasSize(4);
    assertThat(result)
        .usingRecursiveComparison()
        .ignoringFields("trainingSeconds", "wallSeconds", "peakMemory")
        .isEqualTo(expected);
    assertThat(values(stopped.folder())).isEqualTo(values(whole.folder()));
  }

  @Test
  void auxiliary_variables_are_trained_and_saved_but_no_part_of_the_student() {
    RunPlan plan = plan(twoPhases(), "auxiliary");

    TRAINER.train(plan, TrainingListener.SILENT);

    var checkpoint = Checkpoints.of(plan.folder()).read(Checkpoints.Which.LAST).orElseThrow();
    assertThat(checkpoint.values()).containsKey("auxiliary/match/scale");
    assertThat(values(plan.folder()).get("auxiliary/match/scale")).isNotEqualTo(List.of(1f));
    assertThat(checkpoint.student("run").arrays().keySet())
        .noneMatch(name -> name.contains("scale"));
    assertThat(checkpoint.values().keySet()).noneMatch(path -> path.startsWith("teacher"));
  }

  @Test
  void a_phase_that_does_not_reach_the_logits_has_no_training_accuracy() {
    String yaml =
        twoPhases().replace("[{term: cross-entropy}]}", "[{term: match, tap: pooled, factor: 1}]}");
    RunPlan plan = plan(yaml, "hint");

    TRAINER.train(plan, TrainingListener.SILENT);

    assertThat(RunFolder.metrics(plan.folder()))
        .extracting(EpochMetrics::phase, metrics -> metrics.trainScore() == null)
        .containsExactly(
            tuple("first", true),
            tuple("first", true),
            tuple("second", false),
            tuple("second", false));
  }

  @Test
  void a_complete_run_is_not_trained_again() {
    RunPlan plan = plan(twoPhases(), "complete");
    RunResult first = TRAINER.train(plan, TrainingListener.SILENT);

    RunResult second = TRAINER.train(plan, new SmallRuns.Stop(0));

    assertThat(second).isEqualTo(first);
  }

  @Test
  void a_folder_with_a_run_of_another_configuration_is_refused() {
    RunPlan plan = plan(twoPhases(), "other");
    TRAINER.train(plan, TrainingListener.SILENT);
    RunPlan changed =
        new RunPlan(
            parse(twoPhases().replace("batch-size: 16", "batch-size: 8")), plan.folder(), folder);

    assertThatThrownBy(() -> TRAINER.train(changed, TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            plan.folder()
                + ": the folder holds a run of another configuration (there 'batch-size: 16', here "
                + "'batch-size: 8'); fix: choose another folder with --out, or start over with "
                + "--overwrite");
  }

  @Test
  void a_folder_that_is_in_use_is_not_overwritten() {
    RunPlan plan = plan(twoPhases(), "used");
    try (RunFolder held = RunFolder.open(plan.folder())) {

      assertThatThrownBy(() -> TRAINER.discard(plan))
          .hasMessage(
              held.path()
                  + ": the run folder is in use by process "
                  + ProcessHandle.current().pid()
                  + "; wait for it, or choose another folder with --out");
    }
  }

  @Test
  void every_unknown_tap_of_every_phase_is_named_before_training() {
    String yaml =
        DATA
            + STUDENT
            + "phases:\n"
            + "  - {name: a, epochs: 1, objective: [{term: match, tap: stage4}]}\n"
            + "  - {name: b, epochs: 1, objective: [{term: cross-entropy}, {term: match, tap: logit}]}\n"
            + "teacher: {run: "
            + teacher
            + ", allow-weak: true}\n";

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "taps"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "phases[0].objective[0]: unknown tap of the student 'stage4'; known: ")
        .hasMessageContaining("did you mean 'stage")
        .hasMessageContaining("phases[1].objective[1]: unknown tap of the student 'logit'")
        .hasMessageContaining("did you mean 'logits'?");
    assertThat(folder.resolve("taps/metrics.jsonl")).doesNotExist();
  }

  @Test
  void a_term_that_learns_from_a_teacher_needs_one() {
    String yaml = DATA + STUDENT + "phases: [{name: a, epochs: 1, objective: [{term: match}]}]\n";

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "none"), TrainingListener.SILENT))
        .hasMessage(
            "phases[0].objective[0]: term 'match': learns from a teacher and there is none; fix: add "
                + "teacher:");
  }

  @Test
  void a_loss_without_a_gradient_is_found_before_training() {
    String yaml = twoPhases().replace("{term: match}", "{term: match, tap: logits, factor: -1}");

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "flat"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "phases[1].objective[1]: term 'match': its loss cannot be differentiated with respect to"
                + " all of its taps: No gradient defined for op: OnesLike");
    assertThat(folder.resolve("flat")).doesNotExist();
  }

  @Test
  void a_loss_that_is_no_scalar_is_found_before_training() {
    String yaml = twoPhases().replace("{term: match}", "{term: match, tap: stage2}");

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "maps"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "phases[1].objective[1]: term 'match': its loss has the shape [8, 8]; allowed: a"
                + " scalar, the batch's mean");
    assertThat(folder.resolve("maps")).doesNotExist();
  }

  @Test
  void a_teacher_at_chance_level_is_refused_unless_allowed() {
    String yaml = twoPhases().replace(", allow-weak: true", "");

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "weak"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("held-out pictures, which is chance for 10 classes")
        .hasMessageContaining("teacher.allow-weak: true");
  }

  @Test
  void a_mistake_is_found_before_the_folder_exists() {
    String yaml = twoPhases().replace("batch-size: 16", "batch-size: 65");

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "early"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("batch-size: 65 is more than the 64 training pictures");
    assertThat(folder.resolve("early")).doesNotExist();
  }

  @Test
  void a_normalization_of_other_channels_is_refused() {
    String yaml = twoPhases() + "normalization: {mean: [0.5], std: [0.5]}\n";

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "grey"), TrainingListener.SILENT))
        .hasMessage(
            "normalization: 1 channels do not fit the 3 of shapes train; give one mean and one std "
                + "per channel");
  }

  @Test
  void a_teacher_that_does_not_fit_is_found_before_the_baseline_is_trained() throws IOException {
    Files.writeString(
        folder.resolve("first.yaml"),
        DATA
            + STUDENT
            + "phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]\n");
    Path weights = Files.write(folder.resolve("broken.npz"), new byte[] {1, 2, 3});
    String yaml =
        twoPhases()
                .replace(
                    "{run: " + teacher + ", allow-weak: true}",
                    "{network: resnet-8, weights: " + weights + "}")
            + "baseline: {config: "
            + folder.resolve("first.yaml")
            + "}\n";

    assertThatThrownBy(() -> TRAINER.compare(plan(yaml, "unfit"), TrainingListener.SILENT))
        .hasMessageStartingWith(weights + ": ");
    try (var runs = Files.walk(folder)) {
      assertThat(runs.filter(p -> p.endsWith("metrics.jsonl"))).isEmpty();
    }
  }

  @Test
  void chance_is_four_standard_errors_around_guessing() {
    // 10 classes, 400 pictures: 0.1 + 4 sqrt(0.1 * 0.9 / 400) = 0.16
    assertThat(PreparedClassification.isChance(0.159, 10, 400)).isTrue();
    assertThat(PreparedClassification.isChance(0.161, 10, 400)).isFalse();
    // 0.5 + 4 sqrt(0.25 / 64) is 0.75, halfway to 1.
    assertThat(PreparedClassification.canTell(2, 64)).isTrue();
    assertThat(PreparedClassification.canTell(2, 63)).isFalse();
  }

  @Test
  void a_teacher_of_another_class_count_is_refused() throws IOException {
    Path other = Files.createDirectory(folder.resolve("two-classes"));
    for (String split : List.of("train", "test")) {
      for (String name : List.of("dark", "light")) {
        Path into = Files.createDirectories(other.resolve(split).resolve(name));
        for (int i = 0; i < 8; i++) {
          var picture =
              new java.awt.image.BufferedImage(16, 16, java.awt.image.BufferedImage.TYPE_INT_RGB);
          picture.setRGB(i, i, name.equals("dark") ? 0x101010 : 0xf0f0f0);
          javax.imageio.ImageIO.write(picture, "png", into.resolve(i + ".png").toFile());
        }
      }
    }
    String yaml =
        twoPhases()
            .replace(
                DATA,
                "data: {name: image-folder, path: "
                    + other
                    + ", size: 16, held-out-fraction: 0.25}\n")
            .replace("batch-size: 16", "batch-size: 4");

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "classes"), TrainingListener.SILENT))
        .hasMessageContaining(
            "weights of another network: linear.weight is [10, 16], the network has [2, 16]");
  }

  @Test
  void a_value_that_is_no_number_stops_the_run_and_names_the_term() {
    String yaml = twoPhases().replace("{term: match}", "{term: match, weight: 1, factor: 1e38}");

    assertThatThrownBy(() -> TRAINER.train(plan(yaml, "nan"), TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("phase 'second', epoch 3, step ")
        .hasMessageContaining("term '")
        .hasMessageContaining("The last checkpoint is untouched");
    assertThat(
            Checkpoints.of(folder.resolve("nan"))
                .read(Checkpoints.Which.LAST)
                .orElseThrow()
                .progress()
                .epoch())
        .isEqualTo(2);
  }

  @Test
  void a_checkpoint_cut_short_stops_the_run_and_is_named() throws IOException {
    RunPlan plan = plan(twoPhases(), "cut");
    assertThatThrownBy(() -> TRAINER.train(plan, new SmallRuns.Stop(6)))
        .hasMessage("stopped by the test");
    Path data = plan.folder().resolve("checkpoints/epoch-0001/variables.data-00000-of-00001");
    Files.write(data, new byte[10]);

    assertThatThrownBy(() -> TRAINER.train(plan, TrainingListener.SILENT))
        .hasMessageContaining("epoch-0001: the checkpoint is damaged");
  }

  @Test
  void the_baseline_is_trained_once_on_the_same_data_with_the_same_seed() throws IOException {
    Files.writeString(
        folder.resolve("alone.yaml"),
        "data: {name: shapes}\n"
            + STUDENT
            + "phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]\n");
    Files.writeString(
        folder.resolve("both.yaml"), twoPhases() + "baseline: {config: alone.yaml}\nseed: 7\n");
    ExperimentConfig config =
        SmallRuns.INJECTOR
            .getInstance(ExperimentReader.class)
            .read(folder.resolve("both.yaml"), Map.of());
    Path runs = folder.resolve("runs");
    RunPlan plan =
        new RunPlan(config, TRAINER.folder(runs, folder.resolve("both.yaml"), config), runs);

    Comparison comparison = TRAINER.compare(plan, TrainingListener.SILENT);

    assertThat(comparison.baseline()).isPresent();
    assertThat(plan.folder()).isEqualTo(runs.resolve(folder.getFileName()).resolve("both/seed-7"));
    try (var alone = Files.list(runs.resolve(folder.getFileName()).resolve("alone"))) {
      Path run = alone.toList().get(0);
      assertThat(run.getFileName().toString()).startsWith("seed-7-");
      assertThat(Files.readString(run.resolve("config.yaml"))).contains("train: 96", "seed: 7");
    }
  }
}
