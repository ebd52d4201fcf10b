package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.Interpolation;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class LayerFlowTest {

  /** A value of order one that is a sum of a few products of float32 numbers. */
  private static final float ROUNDING = 1e-6f;

  private interface Contract extends TransferContract<FspOptions> {

    @Override
    default FspProvider provider() {
      return new FspProvider();
    }
  }

  @Nested
  class SameChannels implements Contract {

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage1", HeapTensor.normal(1, 2, 4, 2, 2))
          .teacher("stage2", HeapTensor.normal(2, 2, 2, 2, 3))
          .student("stage1", HeapTensor.normal(3, 2, 4, 2, 2))
          .student("stage2", HeapTensor.normal(4, 2, 2, 2, 3));
    }
  }

  /** So few positions that no matrix of channels is built. */
  @Nested
  class FewPositions implements Contract {

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage1", HeapTensor.normal(1, 2, 2, 2, 16))
          .teacher("stage2", HeapTensor.normal(2, 2, 1, 2, 20))
          .student("stage1", HeapTensor.normal(3, 2, 2, 2, 16))
          .student("stage2", HeapTensor.normal(4, 2, 1, 2, 20));
    }
  }

  @Nested
  class ThreeLayersOfOtherChannels implements Contract {

    @Override
    public FspOptions options() {
      return FspOptions.defaults()
          .on(
              new LayerSelection(
                  layers("stage1", "stage2", "stage3"),
                  Map.of("stage3", 0.5),
                  TapChoice.AFTER_ACTIVATION,
                  Interpolation.NONE));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage1", HeapTensor.normal(1, 2, 3, 3, 2))
          .teacher("stage2", HeapTensor.normal(2, 2, 2, 2, 3))
          .teacher("stage3", HeapTensor.normal(3, 2, 1, 2, 2))
          .student("stage1", HeapTensor.normal(4, 2, 5, 3, 2))
          .student("stage2", HeapTensor.normal(5, 2, 3, 2, 2))
          .student("stage3", HeapTensor.normal(6, 2, 2, 2, 3));
    }
  }

  private static Map<String, String> layers(String... taps) {
    Map<String, String> layers = new LinkedHashMap<>();
    for (String tap : taps) {
      layers.put(tap, tap);
    }
    return layers;
  }

  private static KnowledgeTransfer method(String... taps) {
    return new FspProvider().create(FspOptions.defaults().on(LayerSelection.of(layers(taps))));
  }

  private static MethodProbe two(
      HeapTensor teacher1, HeapTensor teacher2, HeapTensor student1, HeapTensor student2) {
    return MethodProbe.of(method("stage1", "stage2"))
        .teacher("stage1", teacher1)
        .teacher("stage2", teacher2)
        .student("stage1", student1)
        .student("stage2", student2);
  }

  @Test
  void one_picture_of_two_positions_as_in_the_documentation() {
    ProbeResult result =
        two(
                HeapTensor.maps(1, 1, 2, 1, 1, 2),
                HeapTensor.maps(1, 1, 2, 1, 3, 1),
                HeapTensor.maps(1, 1, 2, 1, 1, 0),
                HeapTensor.maps(1, 1, 2, 1, 1, 4))
            .run();

    assertThat(result.loss()).isCloseTo(4, within(4 * ROUNDING));
    assertThat(result.knowledge()).containsOnlyKeys("stage2");
    assertThat(result.knowledge("stage2").values()).containsExactly(2.5f);
    // 2 (1/2 - 5/2) Y / 2 and the same of X.
    assertThat(result.gradient("stage1").values())
        .containsExactly(new float[] {-2, -8}, within(ROUNDING));
    assertThat(result.gradient("stage2").values())
        .containsExactly(new float[] {-2, 0}, within(ROUNDING));
  }

  @Test
  void products_of_positions_give_what_the_definition_says() {
    // Three and two positions, 24 and 32 channels.
    HeapTensor teacher1 = HeapTensor.normal(1, 2, 1, 3, 24);
    HeapTensor teacher2 = HeapTensor.normal(2, 2, 1, 3, 32);
    HeapTensor student1 = HeapTensor.normal(3, 2, 2, 1, 24);
    HeapTensor student2 = HeapTensor.normal(4, 2, 2, 1, 32);
    ToDoubleBiFunction<double[], double[]> loss =
        (x, y) -> {
          double sum = 0;
          for (int b = 0; b < 2; b++) {
            double[][] own =
                ByDefinition.product(
                    ByDefinition.rows(x, b, 2, 24), ByDefinition.rows(y, b, 2, 32));
            double[][] known =
                ByDefinition.product(
                    ByDefinition.rows(ByDefinition.doubles(teacher1), b, 3, 24),
                    ByDefinition.rows(ByDefinition.doubles(teacher2), b, 3, 32));
            for (int c = 0; c < 24; c++) {
              for (int d = 0; d < 32; d++) {
                own[c][d] /= 2;
                known[c][d] /= 3;
              }
            }
            sum += ByDefinition.squaredDistance(own, known);
          }
          return sum / (2 * 24 * 32);
        };

    ProbeResult result = two(teacher1, teacher2, student1, student2).run();

    assertThat(result.knowledge()).containsOnlyKeys("stage2.from", "stage2.to");
    double[] x = ByDefinition.doubles(student1);
    double[] y = ByDefinition.doubles(student2);
    assertThat((double) result.loss()).isCloseTo(loss.applyAsDouble(x, y), withinPercentage(1e-4));
    ByDefinition.assertGradient(
        result.gradient("stage1"), student1, moved -> loss.applyAsDouble(moved, y));
    ByDefinition.assertGradient(
        result.gradient("stage2"), student2, moved -> loss.applyAsDouble(x, moved));
  }

  @Test
  void a_network_that_diverges_has_a_finite_loss_without_matrices_too() {
    HeapTensor ones = HeapTensor.normal(1, 1, 1, 2, 16);

    ProbeResult result = two(ones, ones, ones.times(0x1p100f), ones.times(0x1p100f)).run();

    assertThat(result.loss()).isEqualTo(0x1p60f);
    assertThat(result.gradient("stage1").isFinite()).isTrue();
  }

  /**
   * Both flows have matrices of one number: 6 against 1 and 2 against 0; the second counts half.
   */
  @Test
  void flows_are_summed_with_the_weight_of_the_pair_where_they_end() {
    FspOptions options =
        FspOptions.defaults()
            .on(
                new LayerSelection(
                    layers("stage1", "stage2", "stage3"),
                    Map.of("stage3", 0.5),
                    TapChoice.AFTER_ACTIVATION,
                    Interpolation.NONE));
    ProbeResult result =
        MethodProbe.of(new FspProvider().create(options))
            .teacher("stage1", HeapTensor.maps(1, 1, 1, 1, 3))
            .teacher("stage2", HeapTensor.maps(1, 1, 1, 1, 2))
            .teacher("stage3", HeapTensor.maps(1, 1, 1, 1, 1))
            .student("stage1", HeapTensor.maps(1, 1, 1, 1, 1))
            .student("stage2", HeapTensor.maps(1, 1, 1, 1, 1))
            .student("stage3", HeapTensor.maps(1, 1, 1, 1, 0))
            .run();

    assertThat(result.loss()).isCloseTo(25 + 0.5f * 4, within(27 * ROUNDING));
  }

  /** Rows 1 and 2 and columns 1, 2, 3 of one channel; halves and thirds, then overlapping cells. */
  @Test
  void the_larger_map_is_averaged_over_cells() {
    HeapTensor one = HeapTensor.maps(1, 1, 1, 1, 1);
    HeapTensor two = HeapTensor.maps(1, 1, 2, 1, 1, 0);
    HeapTensor grid = HeapTensor.maps(1, 2, 3, 1, 1, 2, 3, 4, 5, 6);

    assertThat(two(grid, one, grid, one).run().knowledge("stage2").values())
        .as("the mean of all six")
        .containsExactly(new float[] {3.5f}, within(4 * ROUNDING));
    // Two cells of three columns: columns 1 and 2, and columns 2 and 3; half of the first.
    assertThat(two(grid, two, grid, two).run().knowledge("stage2").values())
        .containsExactly(new float[] {(1 + 2 + 4 + 5) / 4f / 2}, within(4 * ROUNDING));
    assertThat(two(two, grid, two, grid).run().knowledge("stage2").values())
        .as("whichever of the two is larger")
        .containsExactly(new float[] {(1 + 2 + 4 + 5) / 4f / 2}, within(4 * ROUNDING));
  }

  @Test
  void one_pair_is_no_flow() {
    MethodProbe probe =
        MethodProbe.of(method("stage1"))
            .teacher("stage1", HeapTensor.normal(1, 2, 2, 2, 3))
            .student("stage1", HeapTensor.normal(2, 2, 2, 2, 3));

    assertThatThrownBy(probe::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a flow needs two pairs of layers or more, here is one, of the teacher's 'stage1' and"
                + " the student's 'stage1'; fix: name them in order with layers: {TEACHER-TAP:"
                + " STUDENT-TAP, ...}");
  }

  @Test
  void a_weight_where_no_flow_ends_is_refused() {
    HeapTensor map = HeapTensor.normal(1, 2, 2, 2, 3);
    FspOptions options =
        FspOptions.defaults()
            .on(
                new LayerSelection(
                    layers("stage1", "stage2"),
                    Map.of("stage1", 2.0),
                    TapChoice.AFTER_ACTIVATION,
                    Interpolation.NONE));

    assertThatThrownBy(
            () -> two(map, map, map, map).method(new FspProvider().create(options)).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer-weights has 'stage1', where no flow ends; allowed: the later taps of the"
                + " teacher, [stage2]");
  }

  @Test
  void vectors_are_refused() {
    HeapTensor map = HeapTensor.normal(1, 2, 2, 2, 3);
    HeapTensor vector = HeapTensor.normal(2, 2, 3);

    assertThatThrownBy(() -> two(map, map, map, vector).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("relates channels of feature maps [B, H, W, C]; the teacher's");
  }

  @Test
  void where_channels_differ_a_convolution_is_trained_along() {
    ProbeResult result =
        two(
                HeapTensor.normal(1, 2, 2, 2, 3),
                HeapTensor.normal(2, 2, 2, 2, 4),
                HeapTensor.normal(3, 2, 2, 2, 2),
                HeapTensor.normal(4, 2, 2, 2, 4))
            .run();

    assertThat(result.auxiliaryGradients()).containsOnlyKeys("stage1.match.weight");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("fsp");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            two(golden.teacher(), golden.secondTeacher(), golden.student(), golden.secondStudent())
                .run());

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
