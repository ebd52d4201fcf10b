package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class RelationalTransferTest {

  private static final String TAP = "pooled";

  /** A float32 number of order 0.1. */
  private static final float ROUNDING = 1e-7f;

  private interface Contract extends TransferContract<RkdOptions> {

    @Override
    default RkdProvider provider() {
      return new RkdProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 4, 6))
          .student(TAP, HeapTensor.normal(2, 4, 5));
    }
  }

  @Nested
  class DistancesAndAngles implements Contract {}

  @Nested
  class DistancesAlone implements Contract {
    @Override
    public RkdOptions options() {
      return RkdOptions.defaults().with(1, 0);
    }
  }

  @Nested
  class AnglesAlone implements Contract {
    @Override
    public RkdOptions options() {
      return RkdOptions.defaults().with(0, 1);
    }
  }

  @Nested
  class FeaturesOfLengthOne implements Contract {
    @Override
    public RkdOptions options() {
      return new RkdOptions(25, 50, true, Map.of("stage3", "stage3"));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage3", HeapTensor.normal(1, 3, 2, 2, 4))
          .student("stage3", HeapTensor.normal(2, 3, 1, 2, 5));
    }
  }

  private static KnowledgeTransfer method(double distances, double angles, String tap) {
    return new RkdProvider().create(new RkdOptions(distances, angles, false, Map.of(tap, tap)));
  }

  private static ProbeResult run(
      double distances, double angles, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method(distances, angles, TAP))
        .teacher(TAP, teacher)
        .student(TAP, student)
        .run();
  }

  @Test
  void three_pictures_as_in_the_documentation() {
    HeapTensor teacher = HeapTensor.logits(3, 1, 0, 1, 2);
    HeapTensor student = HeapTensor.logits(3, 1, 0, 0, 1);

    assertThat(run(1, 0, teacher, student).loss()).isCloseTo(1 / 8f, within(ROUNDING));
    assertThat(run(0, 1, teacher, student).loss()).isCloseTo(1 / 9f, within(ROUNDING));
    assertThat(run(25, 50, teacher, student).loss())
        .isCloseTo(25 / 8f + 50 / 9f, within(100 * ROUNDING));
  }

  /**
   * The teacher's three pictures are a triangle of equal sides, the student's a right angle at the
   * first with legs of 3 and 4: cosines 1/2 against 0, 3/5 and 4/5, each twice.
   */
  @Test
  void angles_are_those_of_the_triangles() {
    ProbeResult result =
        run(
            0,
            1,
            HeapTensor.logits(3, 3, 5, 0, 0, 0, 5, 0, 0, 0, 5),
            HeapTensor.logits(3, 2, 7, 7, 10, 7, 7, 11));

    double squares = 0.5 * 0.5 + 0.1 * 0.1 + 0.3 * 0.3;
    assertThat(result.loss()).isCloseTo((float) (squares / 27), within(ROUNDING));
  }

  /** A student of one hundred times the distance between two of its pictures: above one, linear. */
  @Test
  void a_large_difference_counts_by_its_magnitude() {
    ProbeResult result =
        run(
            1,
            0,
            HeapTensor.logits(3, 2, 0, 0, 1, 0, 0.5f, 0.8660254f),
            HeapTensor.logits(3, 2, 0, 0, 0, 0, 0, 0));

    // The teacher's distances are its mean, the student's are zero: all six differ by one.
    assertThat(result.loss()).isCloseTo(6 * 0.5f / 9, within(ROUNDING));
    assertThat(result).matches(ProbeResult::isFinite, "is finite");
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "0, 1", "25, 50"})
  void a_batch_of_one_picture_has_nothing_to_relate(double distances, double angles) {
    ProbeResult result =
        run(distances, angles, HeapTensor.normal(1, 1, 3), HeapTensor.normal(2, 1, 4));

    assertThat(result.loss()).isZero();
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  @Test
  void equal_pictures_ask_for_no_change_and_are_finite() {
    HeapTensor student = HeapTensor.logits(3, 2, 0.1f, 0.7f, 0.1f, 0.7f, 0.3f, 0.2f);

    assertThat(run(25, 50, HeapTensor.normal(1, 3, 3), student))
        .matches(ProbeResult::isFinite, "is finite");
    assertThat(run(25, 50, student, student).gradient(TAP).largest()).isZero();
  }

  /** The distances are small beside the features, as in float32 they would be rounding. */
  @Test
  void what_all_pictures_have_in_common_is_not_seen() {
    HeapTensor teacher = HeapTensor.logits(3, 2, 1, 2, 3, 5, 4, 4);
    HeapTensor near = HeapTensor.logits(3, 2, 0, 0, 1, 0, 0, 3);
    HeapTensor far = HeapTensor.logits(3, 2, 8192, 8192, 8193, 8192, 8192, 8195);

    assertThat(run(25, 50, teacher, far).loss())
        .isCloseTo(run(25, 50, teacher, near).loss(), within(10 * ROUNDING));
  }

  @Test
  void features_of_length_one_are_compared_whatever_their_length() {
    KnowledgeTransfer normalized =
        new RkdProvider().create(new RkdOptions(25, 50, true, Map.of(TAP, TAP)));
    HeapTensor teacher = HeapTensor.logits(3, 2, 1, 0, 0, 2, -3, 0);
    HeapTensor student = HeapTensor.logits(3, 2, 4, 0, 0, 1, -1, 0);

    ProbeResult result =
        MethodProbe.of(normalized).teacher(TAP, teacher).student(TAP, student).run();

    assertThat(result.loss()).isCloseTo(0, within(ROUNDING));
    assertThat(run(25, 50, teacher, student).loss()).isGreaterThan(0.1f);
  }

  /** Seven pictures of 60 and 50 numbers: differences of features would be 7 x 7 x 50. */
  @Test
  void no_tensor_is_larger_than_the_features_and_the_cube_of_the_batch() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> teacher =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(7, 60)));
      Operand<TFloat32> student =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(7, 50)));

      Operand<TFloat32> loss =
          new RelationalTransfer(RkdOptions.defaults()).apart(tf, student, teacher);
      graph.addGradients(loss.asOutput(), new Output<?>[] {student.asOutput()});

      long largest = 0;
      for (GraphOperation operation : (Iterable<GraphOperation>) graph::operations) {
        for (int i = 0; i < operation.numOutputs(); i++) {
          largest = Math.max(largest, operation.output(i).shape().size());
        }
      }
      assertThat(largest).isEqualTo(7 * 60);
    }
  }

  @Test
  void weights_outside_their_range_are_refused() {
    assertThatThrownBy(() -> RkdOptions.defaults().with(-1, 1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("distanceWeight: -1.0 is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(() -> RkdOptions.defaults().with(1, Double.NaN))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("angleWeight: NaN is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(() -> RkdOptions.defaults().with(0, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "angleWeight: 0.0 is not allowed; allowed: a number above 0, since distance-weight is"
                + " 0");
  }

  static List<GoldenLosses.Case> distances() {
    return GoldenLosses.cases("rkd-distance-pooled");
  }

  static List<GoldenLosses.Case> angles() {
    return GoldenLosses.cases("rkd-angle-pooled");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("distances")
  void distances_agree_with_another_implementation(GoldenLosses.Case golden) {
    assertAgrees(golden, method(1, 0, "stage3"));
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("angles")
  void angles_agree_with_another_implementation(GoldenLosses.Case golden) {
    assertAgrees(golden, method(0, 1, "stage3"));
  }

  private static void assertAgrees(GoldenLosses.Case golden, KnowledgeTransfer method) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            MethodProbe.of(method)
                .teacher("stage3", golden.teacher())
                .student("stage3", golden.student())
                .run());

    // Expected in float64; the means over the positions and the angles are float32.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
