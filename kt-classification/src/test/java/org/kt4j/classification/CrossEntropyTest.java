package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.classification.CrossEntropyProvider.Options;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class CrossEntropyTest implements TransferContract<Options> {

  private static final float LN_2 = (float) Math.log(2);
  private static final float LN_3 = (float) Math.log(3);

  /** A number worked by hand, in a value that is a sum of a few float32 terms. */
  private static final float ROUNDING = 1e-6f;

  @Override
  public CrossEntropyProvider provider() {
    return new CrossEntropyProvider();
  }

  @Override
  public MethodProbe probe(KnowledgeTransfer method) {
    return MethodProbe.of(method).student("logits", HeapTensor.normal(1, 3, 5)).labels(4, 0, 2);
  }

  /** It comes with the engine, which needs no looking for it. */
  @Override
  public void service_loader_finds_the_provider() {}

  /** Cross-entropy is no distance to a teacher. */
  @Override
  public boolean isDistance() {
    return false;
  }

  private static MethodProbe probe(double smoothing, HeapTensor logits, int... labels) {
    return MethodProbe.of(new CrossEntropyProvider().create(new Options(smoothing)))
        .student("logits", logits)
        .labels(labels);
  }

  @Test
  void is_called_cross_entropy_and_does_not_smooth_by_default() {
    assertThat(provider().name()).isEqualTo("cross-entropy");
    assertThat(provider().defaults()).isEqualTo(new Options(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void equal_logits_cost_ln_2_as_in_the_documentation(int label) {
    ProbeResult result = probe(0, HeapTensor.logits(1, 2, 0, 0), label).run();

    assertThat(result.loss()).isCloseTo(LN_2, within(ROUNDING));
  }

  /** p = (3/4, 1/4) with label 1 costs ln 4; (1/2, 1/2) costs ln 2; the mean is 3/2 ln 2. */
  @Test
  void two_images_are_a_mean() {
    ProbeResult result = probe(0, HeapTensor.logits(2, 2, LN_3, 0, 5, 5), 1, 0).run();

    assertThat(result.loss()).isCloseTo(1.5f * LN_2, within(ROUNDING));
    // (p - onehot) / B
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {0.375f, -0.375f, -0.25f, 0.25f}, within(ROUNDING));
  }

  /**
   * s = 0.4 over two classes: q = (0.2, 0.8) for label 1. With p = (3/4, 1/4) the loss is 0.2 ln
   * 4/3 + 0.8 ln 4.
   */
  @Test
  void smoothing_spreads_a_share_over_all_classes() {
    ProbeResult result = probe(0.4, HeapTensor.logits(1, 2, LN_3, 0), 1).run();

    assertThat(result.loss())
        .isCloseTo((float) (0.2 * Math.log(4 / 3.0) + 0.8 * Math.log(4)), within(ROUNDING));
    // p - q
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {0.55f, -0.55f}, within(ROUNDING));
  }

  @Test
  void reads_no_teacher() {
    ProbeResult result = probe(0, HeapTensor.logits(1, 2, 0, 0), 0).run();

    assertThat(result.knowledge()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void smoothing_out_of_its_range_is_refused(double smoothing) {
    assertThatThrownBy(() -> new Options(smoothing))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("labelSmoothing: " + smoothing + " is not allowed; allowed: from 0 to below 1");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    ProbeResult result = probe(0, golden.studentLogits(), golden.labels()).run();

    GoldenLosses.Deviation deviation = golden.deviation(result);

    // The expected numbers are float64. Float32 rounds at 6e-8, and some ten such roundings follow
    // each other here; 1e-5 leaves room for other kernels, on a GPU or with oneDNN.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("cross-entropy");
  }
}
