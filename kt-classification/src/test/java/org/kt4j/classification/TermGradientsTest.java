package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;

/** The gradients of terms: weights that are a share of the labels', and what is looked at. */
class TermGradientsTest {

  private static final double ROUNDING = 1e-6;

  @TempDir private static Path runs;

  @BeforeAll
  static void train_a_teacher() {
    SmallRuns.trainTeacher(runs.resolve("teacher"), 1);
  }

  private static RunPlan plan(String name, int epochs, String term, String more) {
    return plan(name, SmallRuns.STUDENT, epochs, term, more);
  }

  private static RunPlan plan(String name, String student, int epochs, String term, String more) {
    String yaml =
        SmallRuns.DATA
            + student
            + "teacher: {run: "
            + runs.resolve("teacher")
            + ", allow-weak: true}\n"
            + "phases: [{name: distil, epochs: "
            + epochs
            + ", objective: [{term: cross-entropy, weight: 2}, {term: match, "
            + term
            + "}]}]\n"
            + more;
    Path run = runs.resolve(name);
    return new RunPlan(SmallRuns.parse(yaml), run, run);
  }

  private static Path trained(String name, int epochs, String term, String more) {
    RunPlan plan = plan(name, epochs, term, more);
    SmallRuns.TRAINER.train(plan, TrainingListener.SILENT);
    return plan.folder();
  }

  private static double weight(Path run) {
    return Objects.requireNonNull(SmallRuns.values(run).get("auxiliary/match/measured-weight"))
        .get(0);
  }

  @Test
  void a_share_becomes_the_weight_that_gives_the_term_a_gradient_of_that_length() {
    double half = weight(trained("half", 1, "weight: {share: 0.5}", ""));
    double whole = weight(trained("whole", 1, "weight: {share: 1}", ""));
    // The loss times four has four times the gradient.
    double quarter = weight(trained("quarter", 1, "weight: {share: 1}, factor: 4", ""));

    assertThat(half).isPositive();
    assertThat(whole).isCloseTo(2 * half, Percentage.withPercentage(1e-3));
    assertThat(quarter).isCloseTo(whole / 4, Percentage.withPercentage(1e-3));
    // What it became is in the metrics, for the weight in the configuration is the share.
    assertThat(RunFolder.metrics(runs.resolve("half")).get(0).weights())
        .isEqualTo(Map.of("match", half));
  }

  @Test
  void a_run_with_a_share_is_the_run_with_that_number_as_weight() {
    Path share = trained("share", 2, "weight: {share: 0.5}", "");

    Path number = trained("number", 2, "weight: " + weight(share), "");

    Map<String, List<Float>> values = SmallRuns.values(share);
    values.remove("auxiliary/match/measured-weight");
    assertThat(values).isEqualTo(SmallRuns.values(number));
  }

  @Test
  void a_run_that_goes_on_keeps_the_weight() {
    Path straight = trained("straight", 2, "weight: {share: 0.5}", "");
    RunPlan stopped = plan("stopped", 2, "weight: {share: 0.5}", "");
    assertThatThrownBy(() -> SmallRuns.TRAINER.train(stopped, new SmallRuns.Stop(6)))
        .hasMessage("stopped by the test");

    SmallRuns.TRAINER.train(stopped, TrainingListener.SILENT);

    assertThat(SmallRuns.values(stopped.folder())).isEqualTo(SmallRuns.values(straight));
  }

  @Test
  void gradients_are_looked_at_once_in_two_hundred_steps() {
    // 32 steps in an epoch: the 200th is in epoch 7. The student stays as it is.
    RunPlan plan =
        plan(
            "looked",
            SmallRuns.STUDENT.replace("batch-size: 16", "batch-size: 2"),
            8,
            "weight: {share: 0.5}",
            "optimizer: {name: sgd, learning-rate: 1e-12}\nschedule: {name: constant}\n");
    SmallRuns.TRAINER.train(plan, TrainingListener.SILENT);
    Path run = plan.folder();

    List<EpochMetrics> epochs = RunFolder.metrics(run);
    TermGradients gradients = Objects.requireNonNull(epochs.get(6).gradients());

    assertThat(epochs).filteredOn(epoch -> epoch.gradients() != null).hasSize(1);
    assertThat(gradients.weights())
        .containsEntry("cross-entropy", 2.0)
        .hasEntrySatisfying(
            "match", weight -> assertThat(weight).isCloseTo(weight(run), within(ROUNDING)));
    // One batch of two pictures, where the weight was measured on four.
    assertThat(gradients.norm("match") / gradients.norm("cross-entropy")).isBetween(0.05, 5.0);
    assertThat(gradients.cosine("match", "cross-entropy").orElseThrow()).isBetween(-1.0, 1.0);
  }

  @Test
  void a_term_without_a_gradient_has_no_share() {
    RunPlan plan = plan("zero", 1, "weight: {share: 0.5}, factor: 0", "");

    assertThatThrownBy(() -> SmallRuns.TRAINER.train(plan, TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining(
            "phase 'distil': weight: {share}: the term 'match' has a gradient of the length 0.0"
                + " before the first step, of which there is no share; fix: a number as weight");
  }

  @Test
  void a_share_needs_labels() {
    String yaml =
        SmallRuns.DATA
            + SmallRuns.STUDENT
            + "teacher: {run: "
            + runs.resolve("teacher")
            + ", allow-weak: true}\n"
            + "phases: [{name: distil, epochs: 1, objective: [{term: match, weight: {share: 1}}]}]";
    Path run = runs.resolve("alone");

    assertThatThrownBy(
            () ->
                SmallRuns.TRAINER.train(
                    new RunPlan(SmallRuns.parse(yaml), run, run), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "phases[0].objective[0].weight: a share is one of the gradient of the terms that learn"
                + " from labels (cross-entropy), and the phase has none with a weight; fix: a"
                + " number");
    assertThat(run).doesNotExist();
  }
}
