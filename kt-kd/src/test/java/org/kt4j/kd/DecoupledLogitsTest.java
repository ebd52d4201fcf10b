package org.kt4j.kd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Nested;
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

class DecoupledLogitsTest {

  private static final float LN_2 = (float) Math.log(2);
  private static final float LN_3 = (float) Math.log(3);

  /** A value of order one that is a sum of a few float32 terms. */
  private static final float ROUNDING = 1e-6f;

  private interface Contract extends TransferContract<DkdOptions> {

    @Override
    default DkdProvider provider() {
      return new DkdProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return DecoupledLogitsTest.probe(
          method, HeapTensor.normal(1, 3, 5), HeapTensor.normal(2, 3, 5), 4, 0, 2);
    }
  }

  @Nested
  class Default implements Contract {}

  @Nested
  class TrueClassAlone implements Contract {
    @Override
    public DkdOptions options() {
      return new DkdOptions(2, 1, 0);
    }
  }

  @Nested
  class OtherClassesAlone implements Contract {
    @Override
    public DkdOptions options() {
      return new DkdOptions(1, 0, 2);
    }
  }

  private static MethodProbe probe(
      KnowledgeTransfer method, HeapTensor teacher, HeapTensor student, int... labels) {
    return MethodProbe.of(method)
        .teacher("logits", teacher)
        .student("logits", student)
        .labels(labels);
  }

  private static ProbeResult run(
      DkdOptions options, HeapTensor teacher, HeapTensor student, int... labels) {
    return probe(new DkdProvider().create(options), teacher, student, labels).run();
  }

  @Test
  void one_picture_as_in_the_documentation() {
    HeapTensor teacher = HeapTensor.logits(1, 3, LN_2, LN_3, 0);
    HeapTensor student = HeapTensor.logits(1, 3, 0, 0, 0);

    assertThat(run(new DkdOptions(1, 1, 1), teacher, student, 0).loss())
        .isCloseTo(0.130812f, within(ROUNDING));
    assertThat(run(new DkdOptions(1, 1, 0), teacher, student, 0).loss())
        .isCloseTo(0, within(ROUNDING));
    assertThat(run(new DkdOptions(1, 1, 8), teacher, student, 0).loss())
        .isCloseTo(8 * 0.130812f, within(8 * ROUNDING));
  }

  /**
   * With two classes there is one other class, and what is left is KD: KL((3/4, 1/4) || (1/2,
   * 1/2)), four times at T = 2 for logits that are twice as large; a second picture that agrees
   * halves it.
   */
  @Test
  void two_classes_are_knowledge_distillation() {
    HeapTensor teacher = HeapTensor.logits(2, 2, 2 * LN_3, 0, 1, 7);
    HeapTensor student = HeapTensor.logits(2, 2, 0, 0, 2, 8);

    assertThat(run(new DkdOptions(2, 1, 8), teacher, student, 0, 1).loss())
        .isCloseTo(4 * 0.130812f / 2, within(2e-6f));
  }

  /** The teacher is undecided, the student gives the others e^-100: -ln 2 + 100/2. */
  @Test
  void a_student_that_is_certain_has_an_exact_loss() {
    ProbeResult result =
        run(
            new DkdOptions(1, 1, 1),
            HeapTensor.logits(1, 2, 0, 0),
            HeapTensor.logits(1, 2, 100, 0),
            0);

    assertThat(result.loss()).isCloseTo(50 - LN_2, within(5e-6f));
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {0.5f, -0.5f}, within(ROUNDING));
  }

  @Test
  void a_single_class_has_no_others_and_no_distance() {
    ProbeResult result =
        run(new DkdOptions(1, 1, 8), HeapTensor.normal(1, 2, 1), HeapTensor.normal(2, 2, 1), 0, 0);

    assertThat(result.loss()).isZero();
    assertThat(result).matches(ProbeResult::isFinite, "is finite");
  }

  @Test
  void factors_outside_their_range_are_refused() {
    assertThatThrownBy(() -> new DkdOptions(0, 1, 1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("temperature: 0.0 is not allowed; allowed: 0.001 to 10000");
    assertThatThrownBy(() -> new DkdOptions(1, -1, 1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("alpha: -1.0 is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(() -> new DkdOptions(1, 0, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("beta: 0.0 is not allowed; allowed: a number above 0, since alpha is 0");
  }

  @Test
  void unequal_class_counts_are_refused() {
    assertThatThrownBy(
            () ->
                run(
                    DkdOptions.defaults(),
                    HeapTensor.normal(1, 1, 10),
                    HeapTensor.normal(2, 1, 100),
                    3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the teacher has 10 classes, the student 100; dkd needs the same");
  }

  static List<GoldenLosses.Case> cifar() {
    return GoldenLosses.cases("dkd-a1-b8-T4");
  }

  static List<GoldenLosses.Case> plain() {
    return GoldenLosses.cases("dkd-a1-b1-T1");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("cifar")
  void agrees_with_another_implementation_at_temperature_four(GoldenLosses.Case golden) {
    assertAgrees(golden, new DkdOptions(4, 1, 8));
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("plain")
  void agrees_with_another_implementation_at_temperature_one(GoldenLosses.Case golden) {
    assertAgrees(golden, new DkdOptions(1, 1, 1));
  }

  private static void assertAgrees(GoldenLosses.Case golden, DkdOptions options) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            probe(
                    new DkdProvider().create(options),
                    golden.teacherLogits(),
                    golden.studentLogits(),
                    golden.labels())
                .run());

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
