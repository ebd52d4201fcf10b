package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Binarization;
import org.kt4j.engine.graph.BinaryWeight;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class PackedWeightsTest {

  @TempDir private Path folder;

  /** A convolution of two filters of 3 x 1 x 3 = 9 weights, and its bias. */
  private static final Weights TRAINED =
      new Weights(
          "by hand",
          Map.of(
              "conv.weight",
              new Weights.Array(
                  Shape.of(2, 1, 3, 3),
                  new float[] {
                    0.5f, -1, 0.25f, 0, -0.25f, 0.5f, 1, -0.5f, 0.5f, // sum of sizes 4.5
                    -1, -1, -1, -1, -1, -1, -1, -1, 1
                  }),
              "conv.bias",
              new Weights.Array(Shape.of(2), new float[] {3, -4})));

  private static List<BinaryWeight> binary(Binarization.Scheme scheme) {
    try (ImageGraph graph = new ImageGraph(new ImageShape(3, 3, 1))) {
      Layers nn =
          Layers.evaluation(graph.tf(), new Variables(graph.tf(), "student", 1))
              .binary(
                  new Binarization(scheme, Binarization.Ends.SIGNS, Binarization.Shortcuts.BLOCK),
                  Set.of());
      nn.conv(
          "conv", graph.tf().dtypes.cast(graph.images(), TFloat32.class), Conv.of(2, 3).withBias());
      return nn.binaryWeights();
    }
  }

  @Test
  void a_weight_is_a_bit_and_a_filter_begins_with_a_byte() throws IOException {
    Path file = folder.resolve("packed.npz");

    NpzFile.write(PackedWeights.packed(TRAINED, binary(Binarization.Scheme.XNOR)), file);

    Weights packed = NpzFile.read(file);
    assertThat(packed.arrays())
        .containsOnlyKeys(
            "conv.bias", "conv.weight.bits", "conv.weight.shape", "conv.weight.scale");
    Weights.Array bits = array(packed, "conv.weight.bits");
    assertThat(bits.type()).isEqualTo("uint8");
    assertThat(bits.shape()).isEqualTo(Shape.of(2, 2));
    // 1 0 1 1 0 1 1 0 | 1, for 0 counts as positive; and eight zeros and a one.
    assertThat(bits.values()).containsExactly(0b10110110, 0b10000000, 0, 0b10000000);
    assertThat(array(packed, "conv.weight.shape").type()).isEqualTo("int32");
    assertThat(array(packed, "conv.weight.shape").values()).containsExactly(2, 1, 3, 3);
    assertThat(array(packed, "conv.weight.scale").values()).containsExactly(0.5f, 1);
    assertThat(array(packed, "conv.bias").values()).containsExactly(3, -4);

    Weights read = PackedWeights.read(file);
    assertThat(read.arrays()).containsOnlyKeys("conv.bias", "conv.weight");
    assertThat(array(read, "conv.weight").shape()).isEqualTo(Shape.of(2, 1, 3, 3));
    assertThat(array(read, "conv.weight").values())
        .containsExactly(
            0.5f, -0.5f, 0.5f, 0.5f, -0.5f, 0.5f, 0.5f, -0.5f, 0.5f, -1, -1, -1, -1, -1, -1, -1, -1,
            1);
  }

  @Test
  void signs_without_a_scale_have_none() {
    Weights packed = PackedWeights.packed(TRAINED, binary(Binarization.Scheme.BNN));

    assertThat(packed.arrays())
        .containsOnlyKeys("conv.bias", "conv.weight.bits", "conv.weight.shape");
    assertThat(array(PackedWeights.unpacked(packed), "conv.weight").values())
        .containsExactly(1, -1, 1, 1, -1, 1, 1, -1, 1, -1, -1, -1, -1, -1, -1, -1, -1, 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "shape|'conv.weight.shape' is missing or has fewer than two axes",
        "bits|'conv.weight.bits' is uint8 of the shape [2]; allowed: uint8 of [2, 2] by"
            + " conv.weight.shape",
        "scale|'conv.weight.scale' has the shape [1]; allowed: [2]"
      })
  void what_is_packed_in_another_way_is_told(String part, String told) {
    Map<String, Weights.Array> arrays =
        new LinkedHashMap<>(
            PackedWeights.packed(TRAINED, binary(Binarization.Scheme.XNOR)).arrays());
    switch (part) {
      case "shape" -> arrays.remove("conv.weight.shape");
      case "bits" ->
          arrays.put("conv.weight.bits", new Weights.Array(Shape.of(2), new float[2], "uint8"));
      default -> arrays.put("conv.weight.scale", new Weights.Array(Shape.of(1), new float[] {1}));
    }

    assertThatThrownBy(() -> PackedWeights.unpacked(new Weights("some.npz", arrays)))
        .isInstanceOf(WeightsException.class)
        .hasMessage("some.npz: the array " + told + "; fix: export the run again");
  }

  private static Weights.Array array(Weights weights, String name) {
    Weights.Array array = weights.arrays().get(name);
    assertThat(array).as(name).isNotNull();
    return Objects.requireNonNull(array);
  }
}
