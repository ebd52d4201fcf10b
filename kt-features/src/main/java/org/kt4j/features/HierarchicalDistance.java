package org.kt4j.features;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The squared distance of two maps at several sizes, called hierarchical context loss by its
 * authors.
 *
 * <pre>
 * D = (mean d^2 + 1/2 mean d_4^2 + 1/4 mean d_2^2 + 1/8 mean d_1^2) / (1 + 1/2 + 1/4 + 1/8)
 * </pre>
 *
 * where {@code d} is the difference and {@code d_l} its average in {@code l x l} windows. Sizes
 * that are not below the map's height are left out, and the next one counts in their place.
 */
final class HierarchicalDistance {

  private static final List<Integer> SIZES = List.of(4, 2, 1);

  /** Keeps squares of huge activations in the range of float32, without rounding. */
  private static final float GUARD = 0x1p-16f;

  private HierarchicalDistance() {}

  /**
   * Computes it.
   *
   * @param difference {@code [B, H, W, C]}
   * @return a scalar
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> difference) {
    Shape shape = difference.shape();
    int height = Math.toIntExact(shape.get(1));
    int width = Math.toIntExact(shape.get(2));
    Operand<TFloat32> guarded = tf.math.mul(difference, tf.constant(GUARD));
    Operand<TFloat32> rows =
        tf.reshape(
            guarded, tf.array(-1, height * width, Math.toIntExact(shape.get(3)))); // -> [B, HW, C]
    Operand<TFloat32> sum = meanSquare(tf, rows);
    float weight = 1;
    float total = 1;
    for (int size : SIZES) {
      if (size < height) {
        weight /= 2;
        total += weight;
        Operand<TFloat32> windows = tf.constant(windows(size, height, width)); // [l^2, HW]
        Operand<TFloat32> averages =
            tf.linalg.einsum(List.of(windows, rows), "pn,bnc->bpc"); // [B, l^2, C]
        sum = tf.math.add(sum, tf.math.mul(meanSquare(tf, averages), tf.constant(weight)));
      }
    }
    return tf.math.mul(sum, tf.constant(1 / total / GUARD / GUARD));
  }

  private static Operand<TFloat32> meanSquare(Ops tf, Operand<TFloat32> rows) {
    return tf.math.mean(tf.math.square(rows), tf.array(0, 1, 2));
  }

  /**
   * A row for each window, with what each position contributes to its average. Windows begin and
   * end at fractions of the map, rounded outwards, so those of a map that they do not divide
   * overlap.
   */
  private static float[][] windows(int size, int height, int width) {
    float[][] windows = new float[size * size][height * width];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        int top = i * height / size;
        int bottom = ((i + 1) * height + size - 1) / size;
        int left = j * width / size;
        int right = ((j + 1) * width + size - 1) / size;
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            windows[i * size + j][y * width + x] = 1f / ((bottom - top) * (right - left));
          }
        }
      }
    }
    return windows;
  }
}
