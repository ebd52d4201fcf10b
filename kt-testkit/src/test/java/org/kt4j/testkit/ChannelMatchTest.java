package org.kt4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kt4j.api.Adapt;
import org.kt4j.api.ChannelMatch;
import org.kt4j.api.ChannelMatch.End;
import org.kt4j.api.Interpolation;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ChannelMatchTest {

  private static final HeapTensor TEACHER = HeapTensor.maps(2, 1, 1, 1, 10, 1);
  private static final HeapTensor STUDENT = HeapTensor.maps(2, 1, 1, 2, 1, 2, 3, 4);
  private static final HeapTensor WEIGHT = HeapTensor.maps(1, 1, 2, 1, 1, 2);

  /** The mean over the batch of the matched map times the teacher's. */
  private record Products(ChannelMatch match, LayerPair pair) implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      return new Taps(List.of(pair.teacher()), List.of(pair.student()));
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return Knowledge.of("map", pair.teacherMap(tf, teacher));
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      Operand<TFloat32> matched = match.of(tf, student, pair); // [B, H, W, C_T]
      Operand<TFloat32> products = tf.math.mul(matched, knowledge.get("map"));
      return tf.math.mean(tf.reduceSum(products, tf.array(1, 2, 3)), tf.array(0)); // []
    }
  }

  private static MethodProbe probe(Adapt adapt, End end, HeapTensor teacher, HeapTensor student) {
    LayerPair pair = new LayerPair("high", "low", 1, Interpolation.STUDENT);
    return MethodProbe.of(new Products(new ChannelMatch(adapt, end), pair))
        .teacher("high", teacher)
        .student("low", student);
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void a_map_with_as_many_channels_is_itself_without_variables(End end) {
    ProbeResult result = probe(Adapt.AUTO, end, STUDENT, STUDENT).run();

    assertThat(result.loss()).isEqualTo(15); // (1 + 4 + 9 + 16) / 2
    assertThat(result.auxiliaryGradients()).isEmpty();
  }

  @Test
  void a_map_with_other_channels_is_convolved() {
    ProbeResult result =
        probe(Adapt.AUTO, End.NOTHING, TEACHER, STUDENT)
            .auxiliary("high.match.weight", WEIGHT)
            .run();

    // 1 + 2 * 2 = 5 and 3 + 2 * 4 = 11.
    assertThat(result.loss()).isEqualTo(30.5f); // (5 * 10 + 11 * 1) / 2
    assertThat(result.gradient("low")).isEqualTo(HeapTensor.maps(2, 1, 1, 2, 5, 10, 0.5f, 1));
    assertThat(result.auxiliaryGradients()).containsOnlyKeys("high.match.weight");
  }

  @Test
  void a_map_with_as_many_channels_is_convolved_too_where_it_always_is() {
    ProbeResult result =
        probe(Adapt.ALWAYS, End.NOTHING, TEACHER, TEACHER)
            .auxiliary("high.match.weight", HeapTensor.maps(1, 1, 1, 1, 3))
            .run();

    assertThat(result.loss()).isEqualTo(151.5f); // 3 (10 * 10 + 1 * 1) / 2
  }

  @Test
  void a_bias_follows() {
    ProbeResult result =
        probe(Adapt.AUTO, End.BIAS, TEACHER, STUDENT)
            .auxiliary("high.match.weight", WEIGHT)
            .auxiliary("high.match.bias", HeapTensor.of(Shape.of(1), 100))
            .run();

    assertThat(result.loss()).isEqualTo(580.5f); // (105 * 10 + 111 * 1) / 2
    assertThat(result.auxiliaryGradient("high.match.bias").values()).containsExactly(5.5f);
  }

  @Test
  void batch_normalisation_follows_by_the_statistics_of_the_batch() {
    ProbeResult result =
        probe(Adapt.AUTO, End.BATCH_NORM, TEACHER, STUDENT)
            .auxiliary("high.match.weight", WEIGHT)
            .auxiliary("high.match.scale", HeapTensor.of(Shape.of(1), 2))
            .auxiliary("high.match.bias", HeapTensor.of(Shape.of(1), 100))
            .run();

    // 5 and 11 have mean 8 and variance 9: -1 and 1, but for 1e-5 beside the variance. So 98 and
    // 102.
    assertThat(result.loss()).isCloseTo(541, within(1e-3f)); // (98 * 10 + 102 * 1) / 2
    assertThat(result.auxiliaryGradients())
        .containsOnlyKeys("high.match.weight", "high.match.scale", "high.match.bias");
  }

  @Test
  void a_map_is_resized_before_it_is_convolved() {
    HeapTensor wide = HeapTensor.maps(2, 1, 2, 1, 10, 10, 1, 1);

    ProbeResult result =
        probe(Adapt.AUTO, End.NOTHING, wide, STUDENT).auxiliary("high.match.weight", WEIGHT).run();

    assertThat(result.loss()).isEqualTo(61); // twice 30.5
  }
}
