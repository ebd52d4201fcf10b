package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.Adapt;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class ChannelCorrelationTest {

  private static final String TAP = "stage3";

  /** A value of order one that is a sum of a few products of float32 numbers. */
  private static final float ROUNDING = 1e-6f;

  private interface Contract extends TransferContract<IckdOptions> {

    @Override
    default IckdProvider provider() {
      return new IckdProvider();
    }
  }

  /** More positions than channels: the knowledge is the correlations. */
  @Nested
  class SameChannels implements Contract {

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 3, 2, 4))
          .student(TAP, HeapTensor.normal(2, 2, 3, 2, 4));
    }
  }

  /** Fewer positions than channels: the knowledge is the map. */
  @Nested
  class OtherSizesAndChannels implements Contract {

    @Override
    public IckdOptions options() {
      return IckdOptions.defaults().on(LayerSelection.of(Map.of(TAP, TAP)));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 2, 2, 5))
          .student(TAP, HeapTensor.normal(2, 2, 3, 3, 4));
    }
  }

  /** So few positions that no matrix of channels is built. */
  @Nested
  class FewPositions implements Contract {

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 1, 3, 24))
          .student(TAP, HeapTensor.normal(2, 2, 1, 3, 24));
    }
  }

  @Nested
  class NormalisedConvolution implements Contract {

    @Override
    public IckdOptions options() {
      return IckdOptions.defaults().with(Adapt.ALWAYS, true);
    }

    /** A convolution of random first values stands between the two. */
    @Override
    public boolean isDistance() {
      return false;
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 2, 3, 3))
          .student(TAP, HeapTensor.normal(2, 2, 2, 3, 3));
    }
  }

  private static MethodProbe probe(IckdOptions options, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(new IckdProvider().create(options))
        .teacher(TAP, teacher)
        .student(TAP, student);
  }

  private static ProbeResult run(HeapTensor teacher, HeapTensor student) {
    return probe(IckdOptions.defaults().on(LayerSelection.of(Map.of(TAP, TAP))), teacher, student)
        .run();
  }

  @Test
  void one_picture_of_two_channels_as_in_the_documentation() {
    ProbeResult result =
        run(HeapTensor.maps(1, 1, 2, 2, 1, 0, 0, 1), HeapTensor.maps(1, 2, 1, 2, 1, 1, 0, 0));

    assertThat(result.loss()).isCloseTo((float) (2 - Math.sqrt(2)), within(ROUNDING));
    assertThat(result.knowledge(TAP).values()).containsExactly(1, 0, 0, 1);
  }

  @Test
  void two_pictures_are_a_mean_whatever_their_scale() {
    ProbeResult result =
        run(
            HeapTensor.maps(2, 1, 2, 2, 1, 0, 0, 1, 3, 4, 3, 4),
            HeapTensor.maps(2, 1, 2, 2, 5, 5, 0, 0, 0x1p60f, 0x1p60f, 0x1p60f, 0x1p60f));

    // The second picture's channels go together on both sides, if not equally: (9, 12) and (12,
    // 16) are (3, 4)/5, against (1, 1)/sqrt(2): 2 - 2 (7/5)/sqrt(2), twice, over two channels.
    double second = 2 - 1.4 * Math.sqrt(2);
    double first = 2 - Math.sqrt(2);
    assertThat(result.loss()).isCloseTo((float) ((first + second) / 2), within(ROUNDING));
  }

  @Test
  void a_dead_channel_goes_together_with_none_and_gets_no_gradient() {
    ProbeResult result =
        run(HeapTensor.maps(1, 1, 2, 2, 1, 0, 0, 1), HeapTensor.maps(1, 1, 2, 2, 2, 0, 1, 0));

    // Rows (1, 0), (0, 1) against (1, 0), (0, 0).
    assertThat(result.loss()).isCloseTo(0.5f, within(ROUNDING));
    assertThat(result.gradient(TAP).values()[1]).isZero();
  }

  /** More than a difference gives to the row of a dead channel, and less than any live one has. */
  private static final double DEAD = 1e-4;

  private static double[][] correlations(double[][] map) {
    double[][] correlations = ByDefinition.product(map, map);
    for (double[] row : correlations) {
      double length = Math.sqrt(Arrays.stream(row).map(x -> x * x).sum());
      for (int d = 0; d < row.length; d++) {
        row[d] = length < DEAD ? 0 : row[d] / length;
      }
    }
    return correlations;
  }

  @Test
  void products_of_positions_give_what_the_definition_says() {
    // Three and two positions, 24 channels; some are weak, and one is dead.
    HeapTensor teacher = HeapTensor.normal(1, 2, 1, 3, 24).withoutChannel(4);
    HeapTensor student = HeapTensor.normal(2, 2, 2, 1, 24).withoutChannel(7);
    for (int i = 3; i < student.values().length; i += 24) {
      student = student.with(i, 1e-3f * student.values()[i]);
    }
    double[] known = ByDefinition.doubles(teacher);
    ToDoubleFunction<double[]> loss =
        own -> {
          double sum = 0;
          for (int b = 0; b < 2; b++) {
            sum +=
                ByDefinition.squaredDistance(
                    correlations(ByDefinition.rows(own, b, 2, 24)),
                    correlations(ByDefinition.rows(known, b, 3, 24)));
          }
          return sum / 2 / 24;
        };

    ProbeResult result = run(teacher, student);

    assertThat(PositionProducts.areCheaper(3, 24, 24)).isTrue();
    assertThat(result.knowledge(TAP).shape().asArray()).containsExactly(2, 3, 24);
    assertThat((double) result.loss())
        .isCloseTo(loss.applyAsDouble(ByDefinition.doubles(student)), withinPercentage(1e-4));
    ByDefinition.assertGradient(result.gradient(TAP), student, loss);
  }

  @Test
  void where_channels_differ_a_convolution_is_trained_along() {
    ProbeResult result = run(HeapTensor.normal(1, 2, 2, 2, 5), HeapTensor.normal(2, 2, 2, 2, 3));

    assertThat(result.auxiliaryGradients()).containsOnlyKeys("stage3.match.weight");
    assertThat(result.knowledge(TAP).shape().asArray())
        .as("the map, with 20 numbers a picture, not 25")
        .containsExactly(2, 4, 5);
  }

  @Test
  void equal_channels_need_no_convolution_but_may_have_one() {
    HeapTensor map = HeapTensor.normal(1, 2, 2, 2, 3);

    assertThat(run(map, map).auxiliaryGradients()).isEmpty();
    assertThat(
            probe(IckdOptions.defaults().with(Adapt.ALWAYS, true), map, map)
                .run()
                .auxiliaryGradients())
        .containsOnlyKeys("stage3.match.weight", "stage3.match.scale", "stage3.match.bias");
  }

  @Test
  void vectors_have_no_positions_to_correlate_over() {
    MethodProbe probe =
        MethodProbe.of(
                new IckdProvider()
                    .create(
                        IckdOptions.defaults().on(LayerSelection.of(Map.of("pooled", "pooled")))))
            .teacher("pooled", HeapTensor.normal(1, 2, 3))
            .student("pooled", HeapTensor.normal(2, 2, 3));

    assertThatThrownBy(probe::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "relates channels of feature maps [B, H, W, C]; the teacher's 'pooled' is [-1, 3], the"
                + " student's 'pooled' is [-1, 3]; fix: name layers that are feature maps");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("ickd");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    ProbeResult result = run(golden.teacher(), golden.student());
    // That implementation divides by the batch once more.
    float share = 1f / golden.teacher().shape().get(0);

    GoldenLosses.Deviation deviation =
        golden.deviation(
            new ProbeResult(
                result.loss() * share,
                Map.of(TAP, result.gradient(TAP).times(share)),
                Map.of(),
                Map.of(),
                false));

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
