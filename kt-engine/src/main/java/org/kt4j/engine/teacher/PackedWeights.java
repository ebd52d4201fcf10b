package org.kt4j.engine.teacher;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.kt4j.engine.graph.BinaryWeight;
import org.tensorflow.ndarray.Shape;

/**
 * The weights of a network of signs, one bit each. For a weight {@code NAME} whose shape in
 * PyTorch's order is {@code [out, ...]}, with n numbers in each of the {@code out} filters:
 *
 * <pre>
 * NAME.bits   uint8    [out, ceil(n / 8)]  row-major within the filter, the first in the highest
 *                                          bit; 1 for +1 and 0 for -1; what is left over is 0
 * NAME.shape  int32    [axes]              the shape that it has unpacked
 * NAME.scale  float32  [out]               XNOR alone: what the signs of the filter are times
 * </pre>
 *
 * <p>The weight is {@code (2 bit - 1) scale}. Everything else of the network is float32 under its
 * own name.
 */
public final class PackedWeights {

  /** The name of the file in an export. */
  public static final String FILE = "weights-binary.npz";

  private static final String BITS = ".bits";
  private static final String SHAPE = ".shape";
  private static final String SCALE = ".scale";

  private PackedWeights() {}

  /**
   * The scale of each filter: the mean of the sizes of its weights.
   *
   * @param weight in PyTorch's order, {@code [out, ...]}
   */
  public static float[] scales(Weights.Array weight) {
    int filters = Math.toIntExact(weight.shape().get(0));
    float[] values = weight.values();
    int each = values.length / filters;
    float[] scales = new float[filters];
    for (int f = 0; f < filters; f++) {
      double sum = 0;
      for (int i = 0; i < each; i++) {
        sum += Math.abs(values[f * each + i]);
      }
      scales[f] = (float) (sum / each);
    }
    return scales;
  }

  /** The sign that a weight has in the network: that of 0 is 1. */
  public static float sign(float weight) {
    return weight >= 0 ? 1 : -1;
  }

  /**
   * Packs weights.
   *
   * @param trained all of a network, under the names of its variables
   * @param binary those that are signs
   */
  public static Weights packed(Weights trained, Collection<BinaryWeight> binary) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>(trained.arrays());
    for (BinaryWeight weight : binary) {
      String name = weight.variable().name();
      Weights.Array array = arrays.remove(name);
      if (array == null) {
        throw new IllegalArgumentException("there is no weight '" + name + "'");
      }
      arrays.put(name + BITS, bits(array));
      long[] axes = array.shape().asArray();
      float[] sizes = new float[axes.length];
      for (int a = 0; a < axes.length; a++) {
        sizes[a] = axes[a];
      }
      arrays.put(name + SHAPE, new Weights.Array(Shape.of(axes.length), sizes, NpyNumbers.INT32));
      if (weight.scale() != null) {
        float[] scales = scales(array);
        arrays.put(name + SCALE, new Weights.Array(Shape.of(scales.length), scales));
      }
    }
    return new Weights(trained.source(), arrays);
  }

  /**
   * The trained numbers, beside which the scales of those are stored that are signs in the network:
   * {@code NAME.scale}, 1 in BNN. So a network in floats does not take them for its own, see {@link
   * Weights#of}, and they are as good to begin with as others, see {@link Weights#fitting}.
   *
   * @param trained all of a network, under the names of its variables
   * @param binary those that are signs
   */
  public static Weights withScales(Weights trained, Collection<BinaryWeight> binary) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>(trained.arrays());
    for (BinaryWeight weight : binary) {
      String name = weight.variable().name();
      Weights.Array array = trained.arrays().get(name);
      if (array != null) {
        float[] scales = scales(array);
        if (weight.scale() == null) {
          Arrays.fill(scales, 1);
        }
        arrays.put(name + SCALE, new Weights.Array(Shape.of(scales.length), scales));
      }
    }
    return new Weights(trained.source(), arrays);
  }

  /** Whether an array lies beside the weights of a student of signs, by its name. */
  static boolean isOfSigns(String name) {
    return Stream.of(BITS, SHAPE, SCALE).anyMatch(part -> name.endsWith(".weight" + part));
  }

  private static Weights.Array bits(Weights.Array array) {
    int filters = Math.toIntExact(array.shape().get(0));
    float[] trained = array.values();
    int each = trained.length / filters;
    int row = bytes(each);
    int[] packed = new int[filters * row];
    for (int f = 0; f < filters; f++) {
      for (int i = 0; i < each; i++) {
        if (sign(trained[f * each + i]) > 0) {
          packed[f * row + i / Byte.SIZE] |= highest(i);
        }
      }
    }
    float[] values = new float[packed.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = packed[i];
    }
    return new Weights.Array(Shape.of(filters, row), values, NpyNumbers.UINT8);
  }

  private static int bytes(int bits) {
    return (bits + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** The bit of a place, the first in the highest. */
  private static int highest(int place) {
    return 1 << (Byte.SIZE - 1 - place % Byte.SIZE);
  }

  /**
   * Reads a file as {@link #packed} made it.
   *
   * @return the weights as the network computes with them: signs times their scale
   * @throws WeightsException when it is missing or damaged, or packed in another way
   */
  public static Weights read(Path file) {
    return unpacked(NpzFile.read(file));
  }

  /**
   * Unpacks weights.
   *
   * @throws WeightsException when they are packed in another way
   */
  static Weights unpacked(Weights packed) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    for (Map.Entry<String, Weights.Array> entry : packed.arrays().entrySet()) {
      String name = entry.getKey();
      if (name.endsWith(BITS)) {
        String weight = name.substring(0, name.length() - BITS.length());
        arrays.put(weight, unpacked(packed, weight, entry.getValue()));
      } else if (!isPart(name, packed.arrays().keySet())) {
        arrays.put(name, entry.getValue());
      }
    }
    return new Weights(packed.source(), arrays);
  }

  private static boolean isPart(String name, Set<String> all) {
    int dot = name.lastIndexOf('.');
    return dot > 0
        && Set.of(SHAPE, SCALE).contains(name.substring(dot))
        && all.contains(name.substring(0, dot) + BITS);
  }

  private static Weights.Array unpacked(Weights packed, String name, Weights.Array bits) {
    Weights.Array sizes = packed.arrays().get(name + SHAPE);
    Weights.Array scales = packed.arrays().get(name + SCALE);
    if (sizes == null || sizes.values().length < 2) {
      throw wrong(packed, name + SHAPE, "is missing or has fewer than two axes");
    }
    long[] axes = new long[sizes.values().length];
    long all = 1;
    for (int a = 0; a < axes.length; a++) {
      axes[a] = (long) sizes.values()[a];
      if (axes[a] < 1 || axes[a] > Integer.MAX_VALUE / all) {
        throw wrong(packed, name + SHAPE, "has the size " + axes[a]);
      }
      all *= axes[a];
    }
    int filters = (int) axes[0];
    int each = (int) (all / filters);
    int row = bytes(each);
    if (!bits.type().equals(NpyNumbers.UINT8) || !bits.shape().equals(Shape.of(filters, row))) {
      throw wrong(
          packed,
          name + BITS,
          "is "
              + bits.type()
              + " of the shape "
              + bits.shape()
              + "; allowed: uint8 of "
              + Shape.of(filters, row)
              + " by "
              + name
              + SHAPE);
    }
    if (scales != null && !scales.shape().equals(Shape.of(filters))) {
      throw wrong(
          packed,
          name + SCALE,
          "has the shape " + scales.shape() + "; allowed: " + Shape.of(filters));
    }
    float[] values = new float[filters * each];
    for (int f = 0; f < filters; f++) {
      float scale = scales == null ? 1 : scales.values()[f];
      for (int i = 0; i < each; i++) {
        int octet = (int) bits.values()[f * row + i / Byte.SIZE];
        values[f * each + i] = (octet & highest(i)) == 0 ? -scale : scale;
      }
    }
    return new Weights.Array(Shape.of(axes), values);
  }

  private static WeightsException wrong(Weights packed, String array, String problem) {
    return new WeightsException(
        packed.source(),
        "the array '" + array + "' " + problem + "; fix: export the run again",
        null);
  }
}
