package org.kt4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.ndarray.Shape;

class ReviewKdTest {

  private interface Contract extends TransferContract<ReviewKdOptions> {

    @Override
    default ReviewKdProvider provider() {
      return new ReviewKdProvider();
    }

    /** Convolutions of random first values stand between two equal maps. */
    @Override
    default boolean isDistance() {
      return false;
    }
  }

  @Nested
  class LayersBySizeAndThePooledOne implements Contract {
    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage2.pre-relu", HeapTensor.normal(1, 4, 4, 2, 3))
          .teacher("stage3.pre-relu", HeapTensor.normal(2, 4, 2, 1, 2))
          .teacher("pooled", HeapTensor.normal(3, 4, 2))
          .student("stage2.pre-relu", HeapTensor.normal(4, 4, 4, 2, 2))
          .student("stage3.pre-relu", HeapTensor.normal(5, 4, 2, 1, 2))
          .student("pooled", HeapTensor.normal(6, 4, 2));
    }
  }

  @Nested
  class NamedLayersOfOtherSizes implements Contract {
    @Override
    public ReviewKdOptions options() {
      Map<String, String> layers = new LinkedHashMap<>();
      layers.put("stage2", "stage1");
      layers.put("stage3", "stage3");
      return ReviewKdOptions.defaults()
          .with(2)
          .on(
              new LayerSelection(
                  layers,
                  Map.of("stage2", 0.5),
                  TapChoice.AFTER_ACTIVATION,
                  Interpolation.STUDENT));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage2", HeapTensor.normal(1, 3, 3, 3, 2))
          .teacher("stage3", HeapTensor.normal(2, 3, 2, 2, 3))
          .student("stage1", HeapTensor.normal(4, 3, 4, 4, 2))
          .student("stage3", HeapTensor.normal(5, 3, 2, 2, 3));
    }
  }

  private static KnowledgeTransfer method(String... layers) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String layer : layers) {
      pairs.put(layer, layer);
    }
    return new ReviewKdProvider().create(ReviewKdOptions.defaults().on(LayerSelection.of(pairs)));
  }

  private static HeapTensor middle(float value) {
    return HeapTensor.of(Shape.of(3, 3, 1, 1), 0, 0, 0, 0, value, 0, 0, 0, 0);
  }

  @Test
  void one_position_as_in_the_documentation() {
    ProbeResult result =
        MethodProbe.of(method("pooled"))
            .teacher("pooled", HeapTensor.logits(2, 1, 0, 1))
            .student("pooled", HeapTensor.logits(2, 1, 1, 3))
            .auxiliary("pooled.reduce.weight", HeapTensor.of(Shape.of(1, 1, 1, 1), 1))
            .auxiliary("pooled.output.weight", middle(1))
            .run();

    // Each normalisation adds 1e-5 to a variance of 1.
    assertThat(result.loss()).isCloseTo(0.5f, within(3e-5f));
  }

  /** BN of a constant is its bias, so o = 0: ((2^2 + 0) / 2 + .5 * 1^2) / 1.5, d = (2, 0). */
  @Test
  void a_map_is_compared_at_several_sizes() {
    ProbeResult result =
        MethodProbe.of(method("map"))
            .teacher("map", HeapTensor.maps(1, 2, 1, 1, 2, 0))
            .student("map", HeapTensor.maps(1, 2, 1, 1, 5, 5))
            .run();

    assertThat(result.loss()).isCloseTo(2.5f / 1.5f, within(1e-6f));
  }

  /**
   * Three layers of 5x5, 3x3 and 1x1, which neither divide each other nor are divided by the sizes
   * of the hierarchical distance, against a forward pass in float64 with NumPy and, for the
   * gradients, its central differences.
   */
  @Test
  void given_weights_agree_with_another_implementation() {
    MethodProbe probe =
        MethodProbe.of(method("low", "high", "pooled"))
            .teacher("low", Eighths.of(3, 6, 2, 5, 5, 3))
            .teacher("high", Eighths.of(5, 2, 2, 3, 3, 2))
            .teacher("pooled", Eighths.of(7, 5, 2, 2))
            .student("low", Eighths.of(5, 1, 2, 5, 5, 2))
            .student("high", Eighths.of(7, 2, 2, 3, 3, 4))
            .student("pooled", Eighths.of(3, 4, 2, 3));
    int level = 0;
    for (String layer : List.of("low", "high", "pooled")) {
      int inputs = List.of(2, 4, 3).get(level);
      int outputs = List.of(3, 2, 2).get(level);
      probe =
          probe
              .auxiliary(layer + ".reduce.weight", Eighths.of(3 + level, 1, 1, 1, inputs, 3))
              .auxiliary(layer + ".reduce.scale", Eighths.of(5, 9 + level, 3))
              .auxiliary(layer + ".reduce.bias", Eighths.of(4, 3 + level, 3))
              .auxiliary(layer + ".output.weight", Eighths.of(5 + level, 2, 3, 3, 3, outputs))
              .auxiliary(layer + ".output.scale", Eighths.of(6, 11 + level, outputs))
              .auxiliary(layer + ".output.bias", Eighths.of(3, 5 + level, outputs));
      if (level < 2) {
        probe =
            probe
                .auxiliary(layer + ".attention.weight", Eighths.of(7, 3 + level, 1, 1, 6, 2))
                .auxiliary(layer + ".attention.bias", Eighths.of(3, 7 + level, 2));
      }
      level++;
    }

    ProbeResult result = probe.run();

    // Float32 rounds at 6e-8, some twenty times in a row; batch normalisation enlarges it.
    assertThat(result.loss()).isCloseTo(1.3894193f, within(1e-6f));
    assertThat(result.gradient("pooled").values())
        .containsExactly(
            new float[] {-0.0006345f, -0.0012735f, -0.00191f, 0.0006345f, 0.0012735f, 0.00191f},
            within(5e-7f));
    assertThat(Arrays.copyOf(result.gradient("high").values(), 4))
        .containsExactly(
            new float[] {0.0019191f, 0.0024177f, -0.0024106f, 0.0006821f}, within(5e-7f));
    assertThat(Arrays.copyOf(result.gradient("low").values(), 4))
        .containsExactly(
            new float[] {-0.0006703f, 0.0026444f, 0.0005192f, 0.0005056f}, within(5e-7f));
    assertThat(result.auxiliaryGradient("high.attention.bias").values())
        .containsExactly(new float[] {-0.0052906f, 0.0038327f}, within(5e-7f));
    assertThat(result.auxiliaryGradient("low.attention.weight").values())
        .containsExactly(
            new float[] {
              -0.0035067f, -0.0005742f, 0.0060682f, 0.0137744f, -0.0067936f, -0.009886f,
              -0.0028549f, -0.0058913f, -0.0008892f, -0.0213095f, 0.008171f, 0.0123938f
            },
            within(5e-7f));
    assertThat(result.auxiliaryGradient("low.output.scale").values())
        .containsExactly(new float[] {0.1281124f, -0.4660872f, -0.1039408f}, within(5e-7f));
    assertThat(result.auxiliaryGradient("high.reduce.bias").values())
        .containsExactly(new float[] {-0.0087442f, 0.0564947f, 0.0188503f}, within(5e-7f));
  }

  /** Where the batch normalisation of peers fails. */
  @Test
  void a_batch_of_one_picture_is_finite() {
    ProbeResult result =
        MethodProbe.of(method("map", "pooled"))
            .teacher("map", HeapTensor.normal(1, 1, 2, 2, 3))
            .teacher("pooled", HeapTensor.normal(2, 1, 3))
            .student("map", HeapTensor.normal(3, 1, 2, 2, 2))
            .student("pooled", HeapTensor.normal(4, 1, 2))
            .run();

    assertThat(result).matches(ProbeResult::isFinite);
  }

  @Test
  void the_pooled_layer_is_reviewed_beside_the_layers_of_equal_size() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("stage1.pre-relu", Shape.of(-1, 4, 4, 8));
    shapes.put("stage1", Shape.of(-1, 4, 4, 8));
    shapes.put("pooled", Shape.of(-1, 8));
    TapShapes network = TapShapes.of(shapes);

    assertThat(new ReviewKdProvider().create(ReviewKdOptions.defaults()).taps(network, network))
        .isEqualTo(
            new Taps(List.of("stage1.pre-relu", "pooled"), List.of("stage1.pre-relu", "pooled")));
  }

  @Test
  void layers_in_another_order_are_refused() {
    TapShapes network =
        TapShapes.of(
            Map.of(
                "low", Shape.of(-1, 8, 8, 4),
                "high", Shape.of(-1, 4, 4, 8),
                "pooled", Shape.of(-1, 8)));

    assertThatThrownBy(() -> method("high", "low").taps(network, network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "each layer is fused into the one named before it, which must be at least as large; the"
                + " student's 'high' is [-1, 4, 4, 8], behind it comes 'low' [-1, 8, 8, 4]; fix:"
                + " name layers from the lowest to the deepest");
    assertThatThrownBy(() -> method("pooled", "high").taps(network, network))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the student's 'pooled' is [-1, 8], behind it comes 'high'");
  }

  @Test
  void layers_that_cannot_be_compared_are_refused() {
    TapShapes map = TapShapes.of(Map.of("a", Shape.of(-1, 4, 4, 8)));
    TapShapes vector = TapShapes.of(Map.of("a", Shape.of(-1, 8)));
    TapShapes large = TapShapes.of(Map.of("a", Shape.of(-1, 8, 8, 8)));

    assertThatThrownBy(() -> method("a").taps(map, vector))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("compares feature maps");
    assertThatThrownBy(() -> method("a").taps(map, large))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width");
    assertThatThrownBy(() -> ReviewKdOptions.defaults().with(0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("channels: 0 is not allowed; allowed: 1 to 65536");
  }
}
