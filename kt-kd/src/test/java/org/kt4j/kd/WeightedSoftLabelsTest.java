package org.kt4j.kd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class WeightedSoftLabelsTest implements TransferContract<WsldOptions> {

  private static final float LN_3 = (float) Math.log(3);

  /** A value of order one that is a sum of a few float32 terms. */
  private static final float ROUNDING = 1e-6f;

  @Override
  public WsldProvider provider() {
    return new WsldProvider();
  }

  /**
   * The teacher is certain of the labels, so that every weight is 1. Elsewhere differences would
   * see the student change its weights, which the gradient leaves out.
   */
  @Override
  public MethodProbe probe(KnowledgeTransfer method) {
    HeapTensor teacher = HeapTensor.normal(1, 3, 5).with(4, 30).with(5, 30).with(12, 30);
    return probe(method, teacher, HeapTensor.normal(2, 3, 5), 4, 0, 2);
  }

  /** A cross-entropy is that of the teacher itself where both agree. */
  @Override
  public boolean isDistance() {
    return false;
  }

  private static MethodProbe probe(
      KnowledgeTransfer method, HeapTensor teacher, HeapTensor student, int... labels) {
    return MethodProbe.of(method)
        .teacher("logits", teacher)
        .student("logits", student)
        .labels(labels);
  }

  private static ProbeResult run(
      double temperature, HeapTensor teacher, HeapTensor student, int... labels) {
    return probe(new WsldProvider().create(new WsldOptions(temperature)), teacher, student, labels)
        .run();
  }

  @Test
  void one_picture_as_in_the_documentation() {
    ProbeResult result = run(1, HeapTensor.logits(1, 2, LN_3, 0), HeapTensor.logits(1, 2, 0, 0), 0);

    assertThat(result.loss()).isCloseTo(0.630856f, within(ROUNDING));
    // w (p_S - p_T): the weight counts as a constant.
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {-0.25f * 0.910133f, 0.25f * 0.910133f}, within(ROUNDING));
  }

  @Test
  void a_picture_that_the_student_knows_and_the_teacher_does_not_has_no_weight() {
    ProbeResult result = run(2, HeapTensor.logits(1, 2, 0, 30), HeapTensor.logits(1, 2, 30, 0), 0);

    // c_S = 1e-13 rounds to 0 in float32, so w = 0.
    assertThat(result.loss()).isZero();
    assertThat(result.gradient("logits").largest()).isZero();
  }

  @Test
  void a_certain_teacher_gives_a_picture_its_whole_weight() {
    ProbeResult result = run(1, HeapTensor.logits(1, 2, 200, 0), HeapTensor.logits(1, 2, 0, 0), 0);

    assertThat(result.loss()).isCloseTo((float) Math.log(2), within(ROUNDING));
  }

  @Test
  void unequal_class_counts_are_refused() {
    assertThatThrownBy(() -> run(1, HeapTensor.normal(1, 1, 10), HeapTensor.normal(2, 1, 100), 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the teacher has 10 classes, the student 100; wsld needs the same");
  }

  @Test
  void a_temperature_outside_its_range_is_refused() {
    assertThatThrownBy(() -> new WsldOptions(-1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("temperature: -1.0 is not allowed; allowed: 0.001 to 10000");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("wsld-tau2");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    assertAgrees(golden, new WsldOptions(2));
  }

  private static void assertAgrees(GoldenLosses.Case golden, WsldOptions options) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            probe(
                    new WsldProvider().create(options),
                    golden.teacherLogits(),
                    golden.studentLogits(),
                    golden.labels())
                .run());

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
