package org.kt4j.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransferLossesTest {

  @Test
  void a_smoke_run_measures_losses_and_their_broadcast_forms() throws Exception {
    Report report = TransferLosses.report(true, TransferLosses.SMALL);

    assertThat(report.figures())
        .extracting(Figure::name)
        .contains(
            "nst gaussian, forward",
            "nst polynomial, forward and backward",
            "broadcast linear, tensors",
            "broadcast polynomial over nst, forward and backward",
            "broadcast sp over sp, forward and backward",
            "broadcast crd, tensors",
            "attention over one pass, forward and backward",
            "kd, tensors",
            "one pass over both maps");
    assertThat(report.figures())
        .allSatisfy(
            figure -> {
              Samples values = figure.values();
              // Teacher and student have unequal channels.
              boolean matched = !figure.name().startsWith("broadcast ickd over");
              assertThat(values != null).as(figure.name()).isEqualTo(matched);
            });
    assertThat(report.markdown()).contains("A smoke run");
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "polynomial", "gaussian"})
  void the_broadcast_form_has_the_same_value_and_gradient(String kernel) {
    try (LossGraph ours =
            new LossGraph(LossMethods.of("nst, kernel: " + kernel), LossShape.SMOKE, 2);
        LossGraph baseline =
            new LossGraph(LossMethods.of("broadcast " + kernel), LossShape.SMOKE, 2)) {
      ours.requireEqual(baseline, 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sp, layers: {map: map}",
        "pkt, layers: {map: map}",
        "rkd, layers: {map: map}",
      })
  void the_broadcast_form_of_relations_has_the_same_value_and_gradient(String term) {
    requireEqual(term, LossShape.SMOKE, 6);
  }

  /** A stage of CIFAR, since these forms need equal channels. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"ickd, layers: {map: map}", "fsp, layers: {again: again, map: map}"})
  void the_broadcast_form_of_channels_has_the_same_value_and_gradient(String term) {
    requireEqual(term, LossShape.CIFAR_64, 2);
  }

  private static void requireEqual(String term, LossShape shape, int pictures) {
    try (LossGraph ours = new LossGraph(LossMethods.of(term), shape, pictures);
        LossGraph baseline =
            new LossGraph(LossMethods.of(LossMethods.baselineOf(term)), shape, pictures)) {
      ours.requireEqual(baseline, 1e-3);
    }
  }

  @Test
  void unequal_channels_are_no_obstacle_but_to_the_broadcast_form_of_channels() {
    assertThat(PairwiseForm.obstacle("sp", LossShape.SMOKE)).isEmpty();
    assertThat(PairwiseForm.obstacle("fsp", LossShape.SMOKE))
        .isEqualTo("it does not match unequal channels");
  }

  @ParameterizedTest
  @EnumSource(names = {"SMOKE", "LOGITS_100"})
  void every_method_has_a_loss_and_a_gradient(LossShape shape) {
    for (String method : LossMethods.on(shape)) {
      try (LossGraph graph = new LossGraph(LossMethods.of(method), shape, 2)) {
        assertThat(graph.peakBytes()).as(method).isPositive();
      }
    }
  }

  @Test
  void every_term_of_a_training_step_is_a_term_of_a_configuration() {
    assertThat(LossMethods.ON_STEPS)
        .allSatisfy(term -> assertThat(LossGraph.named(term)).isNotNull());
  }

  @Test
  void another_loss_is_no_equal() {
    try (LossGraph linear =
            new LossGraph(LossMethods.of("nst, kernel: linear"), LossShape.SMOKE, 2);
        LossGraph baseline =
            new LossGraph(LossMethods.of("broadcast polynomial"), LossShape.SMOKE, 2)) {
      assertThatThrownBy(() -> linear.requireEqual(baseline, 1e-3))
          .hasMessageStartingWith("value is ");
    }
  }

  /** Two products of 64 images, 2,048 x 1,024 channels and 49 positions in float32: 26 GB each. */
  @Test
  void the_broadcast_form_does_not_fit_at_the_papers_shape() {
    assertThat(LossShape.IMAGENET.broadcastBytes(64, 2048, 1024)).isEqualTo(26_306_674_688L);
  }

  @Test
  void the_peak_is_at_least_the_largest_tensor() {
    try (LossGraph graph =
        new LossGraph(LossMethods.of("broadcast polynomial"), LossShape.SMOKE, 2)) {
      assertThat(graph.peakBytes()).isGreaterThanOrEqualTo(LossShape.SMOKE.broadcastBytes(2, 5, 5));
    }
  }
}
