package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;

class SparseArraysTest {

  @TempDir private Path folder;

  private static Weights.Array array(float... values) {
    return new Weights.Array(Shape.of(values.length), values);
  }

  @Test
  void bits_are_in_the_order_of_packbits_with_the_lowest_first() {
    float[] values = {0, 1.5f, 0, 0, -2, 0, 0, 0, 3, 0};

    // NumPy 2: packbits([0, 1, 0, 0, 1, 0, 0, 0, 1, 0], bitorder='little') is [18, 1].
    assertThat(SparseArrays.bitmask(values)).containsExactly(18, 1);
    assertThat(SparseArrays.nonzero(values)).containsExactly(1.5f, -2, 3);
  }

  @Test
  void a_file_without_zeros_is_read_as_it_was_and_is_smaller() throws IOException {
    Random random = new Random(1);
    float[] many = new float[200 * 10 * 9];
    for (int i = 0; i < many.length; i++) {
      many[i] = random.nextInt(10) == 0 ? (float) random.nextGaussian() : 0;
    }
    Weights weights =
        new Weights(
            "here",
            Map.of(
                "conv1.weight",
                new Weights.Array(Shape.of(200, 10, 3, 3), many),
                "conv1.bias",
                array(0, 1, 0)));
    Path dense = folder.resolve("dense.npz");
    Path sparse = folder.resolve("sparse.npz");

    NpzFile.write(weights, dense);
    NpzFile.writeSparse(weights, sparse);

    Weights read = NpzFile.read(sparse);
    assertThat(read.arrays()).containsOnlyKeys("conv1.weight", "conv1.bias");
    Weights.Array conv = read.arrays().get("conv1.weight");
    assertThat(conv).isNotNull();
    if (conv != null) {
      assertThat(conv.shape()).isEqualTo(Shape.of(200, 10, 3, 3));
      assertThat(conv.values()).containsExactly(many);
    }
    // zlib of Python makes 8.0 kB of the bits and numbers, and 10.0 kB of all 72 kB.
    assertThat(Files.size(sparse)).isBetween(7_500L, 9_500L);
    assertThat(Files.size(dense)).isGreaterThan(9_800L);
  }

  @Test
  void a_file_can_be_all_zeros() throws IOException {
    Weights weights = new Weights("here", Map.of("fc.weight", array(new float[1000])));
    Path file = folder.resolve("zeros.npz");

    NpzFile.writeSparse(weights, file);

    Weights.Array read = NpzFile.read(file).arrays().get("fc.weight");
    assertThat(read).isNotNull();
    if (read != null) {
      assertThat(read.values()).containsExactly(new float[1000]);
    }
  }

  @Test
  void an_array_called_like_a_part_is_an_array() {
    Map<String, Weights.Array> arrays = Map.of("a.shape", array(1, 2), "b.nonzero", array(3));

    assertThat(SparseArrays.whole("here", arrays)).isEqualTo(arrays);
  }

  private static Map<String, Weights.Array> parts(
      Weights.Array bits, Weights.Array numbers, Weights.Array shape) {
    Map<String, Weights.Array> parts = new LinkedHashMap<>();
    parts.put("w.bitmask", bits);
    parts.put("w.nonzero", numbers);
    parts.put("w.shape", shape);
    return parts;
  }

  @Test
  void parts_that_do_not_belong_together_are_told() {
    assertTold(
        parts(array(3), array(1), array(4)),
        "w.bitmask has 2 bits that are 1, and w.nonzero has 1 numbers");
    assertTold(
        parts(array(3), array(1, 2), array(3, 4)),
        "w.bitmask has 1 bytes, which are not one bit for each number of the shape [3, 4]");
    assertTold(parts(array(1), array(1), array(-4)), "w.shape holds -4.0, which is no size");
    // A bit behind the last number.
    assertTold(
        parts(array(9), array(1, 2), array(3)), "w.bitmask has a bit that is 1 behind the last");
    Map<String, Weights.Array> lacking = parts(array(1), array(1), array(3));
    lacking.remove("w.nonzero");
    assertTold(lacking, "w.nonzero is missing beside w.bitmask");
  }

  private static void assertTold(Map<String, Weights.Array> arrays, String why) {
    assertThatThrownBy(() -> SparseArrays.whole("x.npz", arrays))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("x.npz")
        .hasMessageContaining("the array 'w' without its zeros: " + why);
  }
}
