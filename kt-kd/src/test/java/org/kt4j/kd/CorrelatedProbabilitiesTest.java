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

class CorrelatedProbabilitiesTest {

  private static final float LN_3 = (float) Math.log(3);

  /** A value of order one that is a sum of a few float32 terms. */
  private static final float ROUNDING = 1e-6f;

  private interface Contract extends TransferContract<DistOptions> {

    @Override
    default DistProvider provider() {
      return new DistProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return CorrelatedProbabilitiesTest.probe(
          method, HeapTensor.normal(1, 4, 5), HeapTensor.normal(2, 4, 5));
    }
  }

  @Nested
  class Default implements Contract {}

  @Nested
  class OfEachPictureAlone implements Contract {
    @Override
    public DistOptions options() {
      return new DistOptions(2, 1, 0);
    }
  }

  /** At T = 4 the 1e-8 in the denominator would be seen where both sides agree. */
  @Nested
  class OfEachClassAlone implements Contract {
    @Override
    public DistOptions options() {
      return new DistOptions(1, 0, 2);
    }
  }

  private static MethodProbe probe(
      KnowledgeTransfer method, HeapTensor teacher, HeapTensor student, int... labels) {
    return MethodProbe.of(method)
        .teacher("logits", teacher)
        .student("logits", student)
        .labels(labels);
  }

  private static ProbeResult run(DistOptions options, HeapTensor teacher, HeapTensor student) {
    return probe(new DistProvider().create(options), teacher, student).run();
  }

  @Test
  void two_pictures_as_in_the_documentation() {
    HeapTensor teacher = HeapTensor.logits(2, 2, LN_3, 0, 0, LN_3);
    HeapTensor student = HeapTensor.logits(2, 2, 0, 0, 0, LN_3);

    assertThat(run(new DistOptions(1, 1, 1), teacher, student).loss())
        .isCloseTo(0.5f, within(ROUNDING));
    assertThat(run(new DistOptions(1, 3, 0), teacher, student).loss())
        .isCloseTo(1.5f, within(3 * ROUNDING));
    assertThat(run(new DistOptions(1, 0, 1), teacher, student).loss())
        .isCloseTo(0, within(ROUNDING));
  }

  /** Logits twice as large at T = 2 have the same probabilities; T^2 = 4. */
  @Test
  void the_loss_grows_with_the_square_of_the_temperature() {
    HeapTensor teacher = HeapTensor.logits(2, 2, 2 * LN_3, 0, 0, 2 * LN_3);
    HeapTensor student = HeapTensor.logits(2, 2, 0, 0, 0, 2 * LN_3);

    assertThat(run(new DistOptions(2, 1, 1), teacher, student).loss())
        .isCloseTo(2, within(4 * ROUNDING));
  }

  /** Probabilities in the order of the teacher's but closer together: (5, 3, 2) of (8, 2, -1). */
  @Test
  void only_how_probabilities_relate_is_seen() {
    HeapTensor teacher =
        HeapTensor.logits(1, 3, (float) Math.log(0.5), (float) Math.log(0.3), (float) Math.log(.2));
    HeapTensor student =
        HeapTensor.logits(
            1,
            3,
            (float) Math.log(1.25 / 3),
            (float) Math.log(0.95 / 3),
            (float) Math.log(0.8 / 3));

    // The student's differ from 1/3 by half of what the teacher's do.
    assertThat(run(new DistOptions(1, 1, 0), teacher, student).loss())
        .isCloseTo(0, within(2 * ROUNDING));
  }

  @Test
  void a_batch_of_one_picture_leaves_out_the_pictures_of_a_class() {
    HeapTensor teacher = HeapTensor.normal(1, 1, 4);
    HeapTensor student = HeapTensor.normal(2, 1, 4);

    ProbeResult alone = run(new DistOptions(1, 0, 1), teacher, student);

    assertThat(alone.loss()).isZero();
    assertThat(alone.gradient("logits").largest()).isZero();
    assertThat(run(new DistOptions(1, 1, 1), teacher, student).loss())
        .isEqualTo(run(new DistOptions(1, 1, 0), teacher, student).loss());
  }

  @Test
  void only_the_part_on_classes_relates_pictures() {
    assertThat(new DistProvider().create(new DistOptions(1, 1, 0)).relatesPictures()).isFalse();
    assertThat(new DistProvider().create(DistOptions.defaults()).relatesPictures()).isTrue();
  }

  @Test
  void weights_outside_their_range_are_refused() {
    assertThatThrownBy(() -> new DistOptions(1, Double.NaN, 1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("interWeight: NaN is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(() -> new DistOptions(1, 0, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "intraWeight: 0.0 is not allowed; allowed: a number above 0, since inter-weight is 0");
  }

  static List<GoldenLosses.Case> atOne() {
    return GoldenLosses.cases("dist-tau1");
  }

  static List<GoldenLosses.Case> atFour() {
    return GoldenLosses.cases("dist-tau4");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("atOne")
  void agrees_with_another_implementation_at_temperature_one(GoldenLosses.Case golden) {
    assertAgrees(golden, new DistOptions(1, 1, 1));
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("atFour")
  void agrees_with_another_implementation_at_temperature_four(GoldenLosses.Case golden) {
    assertAgrees(golden, new DistOptions(4, 1, 1));
  }

  private static void assertAgrees(GoldenLosses.Case golden, DistOptions options) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            probe(
                    new DistProvider().create(options),
                    golden.teacherLogits(),
                    golden.studentLogits(),
                    golden.labels())
                .run());

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
