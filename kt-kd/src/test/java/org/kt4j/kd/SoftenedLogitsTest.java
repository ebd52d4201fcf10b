package org.kt4j.kd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.GradientCheck;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class SoftenedLogitsTest implements TransferContract<KdOptions> {

  private static final float LN_3 = (float) Math.log(3);

  /** A number worked by hand, in a value that is a sum of a few float32 terms. */
  private static final double ROUNDING = 1e-6;

  @Override
  public KdProvider provider() {
    return new KdProvider();
  }

  @Override
  public MethodProbe probe(KnowledgeTransfer method) {
    return probe(method, HeapTensor.normal(1, 3, 5), HeapTensor.normal(2, 3, 5));
  }

  private static MethodProbe probe(
      KnowledgeTransfer method, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method).teacher("logits", teacher).student("logits", student);
  }

  private static MethodProbe probe(double temperature, HeapTensor teacher, HeapTensor student) {
    return probe(new SoftenedLogits(temperature, false), teacher, student);
  }

  @Test
  void one_image_at_temperature_one_as_in_the_documentation() {
    ProbeResult result =
        probe(1, HeapTensor.logits(1, 2, LN_3, 0), HeapTensor.logits(1, 2, 0, 0)).run();

    assertThat(result.loss()).isCloseTo(0.130812f, within(1e-6f));
    // p_S - p_T = (1/2 - 3/4, 1/2 - 1/4)
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {-0.25f, 0.25f}, within((float) ROUNDING));
  }

  /**
   * The second image agrees, so the batch has half the loss of the first. At T = 2 the logits that
   * are twice as large give the same probabilities; T^2 = 4 multiplies the loss and T the gradient.
   */
  @Test
  void two_images_at_temperature_two_are_a_mean_times_four() {
    HeapTensor teacher = HeapTensor.logits(2, 2, 2 * LN_3, 0, 1, 7);
    HeapTensor student = HeapTensor.logits(2, 2, 0, 0, 2, 8);

    ProbeResult result = probe(2, teacher, student).run();

    assertThat(result.loss()).isCloseTo(4 * 0.130812f / 2, within(2e-6f));
    // T (p_S - p_T) / B
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {-0.25f, 0.25f, 0, 0}, within((float) ROUNDING));
  }

  /**
   * The teacher (5, 1) and the student (2, 8) have standard deviations 2 and 3 and become (1, -1)
   * and (-1, 1). With p = (e, 1/e) / (e + 1/e) the divergence at T = 1 is (p_1 - p_2) 2 = 2 tanh 1.
   */
  @Test
  void standardized_logits_are_compared_whatever_their_range() {
    KnowledgeTransfer standardized = new SoftenedLogits(1, true);

    ProbeResult result =
        probe(standardized, HeapTensor.logits(1, 2, 5, 1), HeapTensor.logits(1, 2, 2, 8)).run();

    assertThat(result.loss()).isCloseTo((float) (2 * Math.tanh(1)), within(2e-6f));
    assertThat(result.knowledge("logits").values())
        .containsExactly(new float[] {1, -1}, within((float) ROUNDING));
  }

  @Test
  void standardized_logits_have_the_gradient_of_their_differences() {
    GradientCheck check =
        probe(
                new SoftenedLogits(2, true),
                HeapTensor.normal(1, 3, 5),
                HeapTensor.normal(2, 3, 5).times(3))
            .checkGradient();

    assertThat(check.resolution()).isLessThan(5e-3);
    assertThat(check.largestError()).as(check.place()).isLessThan(1e-2);
  }

  @Test
  void equal_logits_have_no_spread_and_get_no_gradient() {
    ProbeResult result =
        probe(
                new SoftenedLogits(4, true),
                HeapTensor.logits(1, 3, 1, 2, 3),
                HeapTensor.logits(1, 3, 7, 7, 7))
            .run();

    assertThat(result).matches(ProbeResult::isFinite, "is finite");
    assertThat(result.gradient("logits").largest()).isZero();
  }

  @Test
  void the_knowledge_is_the_logits() {
    HeapTensor teacher = HeapTensor.normal(1, 2, 3);

    ProbeResult result = probe(4, teacher, HeapTensor.normal(2, 2, 3)).run();

    assertThat(result.knowledge()).containsOnlyKeys("logits").containsValue(teacher);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 4, 20})
  void equal_logits_have_no_distance(double temperature) {
    HeapTensor logits = HeapTensor.normal(1, 4, 10).times(10);

    ProbeResult result = probe(temperature, logits, logits).run();

    assertThat(result.loss()).isZero();
    assertThat(result.gradient("logits").largest()).isLessThan((float) ROUNDING);
  }

  /** Softmax does not see a constant, so neither does the loss. */
  @Test
  void a_constant_added_to_all_logits_changes_nothing() {
    ProbeResult result =
        probe(4, HeapTensor.logits(1, 3, 1, 2, 3), HeapTensor.logits(1, 3, 11, 12, 13)).run();

    assertThat(result.loss()).isCloseTo(0, within((float) ROUNDING));
  }

  /**
   * As T grows, L goes to half the variance of the difference of the logits, here (1/2)(1/4), and
   * is (1/8)(1 - 1/(8 T^2)) to the next order. Less exact than at T = 1: the loss is T^2 = 400
   * times a sum of differences of logarithms near ln 2, each rounded by 6e-8.
   */
  @Test
  void at_a_high_temperature_it_is_half_the_variance_of_the_difference() {
    ProbeResult result =
        probe(20, HeapTensor.logits(1, 2, 1, 0), HeapTensor.logits(1, 2, 0, 0)).run();

    assertThat(result.loss()).isCloseTo(0.125f, within(1e-4f));
    // T (p_S - p_T) = -20 (1 / (1 + exp(-1/20)) - 1/2)
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {-0.249948f, 0.249948f}, within(1e-5f));
  }

  @Test
  void unequal_class_counts_are_refused() {
    MethodProbe probe = probe(4, HeapTensor.normal(1, 2, 10), HeapTensor.normal(2, 2, 100));

    assertThatThrownBy(probe::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the teacher has 10 classes, the student 100; kd needs the same");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("goldenAtOne")
  void agrees_with_another_implementation_at_temperature_one(GoldenLosses.Case golden) {
    assertAgrees(1, golden);
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("goldenAtFour")
  void agrees_with_another_implementation_at_temperature_four(GoldenLosses.Case golden) {
    assertAgrees(4, golden);
  }

  static List<GoldenLosses.Case> goldenAtOne() {
    return GoldenLosses.cases("kd-T1");
  }

  static List<GoldenLosses.Case> goldenAtFour() {
    return GoldenLosses.cases("kd-T4");
  }

  private static void assertAgrees(double temperature, GoldenLosses.Case golden) {
    ProbeResult result = probe(temperature, golden.teacherLogits(), golden.studentLogits()).run();

    GoldenLosses.Deviation deviation = golden.deviation(result);

    // The expected numbers are float64. Float32 rounds at 6e-8, and some ten such roundings follow
    // each other here; 1e-5 leaves room for other kernels, on a GPU or with oneDNN.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
