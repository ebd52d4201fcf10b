package org.kt4j.relations;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A feature map at a smaller size: cell {@code i} of {@code h} is the mean of the rows from {@code
 * floor(i H / h)} to before {@code ceil((i + 1) H / h)}, and the same of the columns. PyTorch calls
 * it adaptive average pooling.
 */
final class AdaptivePool {

  private AdaptivePool() {}

  /**
   * Pools.
   *
   * @param map {@code [B, H, W, C]}
   * @param height {@code H} or less
   * @param width {@code W} or less
   * @return {@code [B, height, width, C]}
   */
  static Operand<TFloat32> of(Ops tf, Operand<TFloat32> map, long height, long width) {
    long high = map.shape().get(1);
    long wide = map.shape().get(2);
    if (high == height && wide == width) {
      return map;
    }
    if (high % height == 0 && wide % width == 0) {
      List<Long> cell = List.of(1L, high / height, wide / width, 1L);
      return tf.nn.avgPool(map, cell, cell, "VALID");
    }
    Operand<TFloat32> rows =
        tf.linalg.einsum(
            List.of(tf.constant(means(high, height)), map),
            "ih,bhwc->biwc"); // [h, H] x [B, H, W, C] -> [B, h, W, C]
    return tf.linalg.einsum(
        List.of(tf.constant(means(wide, width)), rows),
        "jw,biwc->bijc"); // [w, W] x [B, h, W, C] -> [B, h, w, C]
  }

  /** Each row has the share of each of {@code from} cells in one of {@code to} cells. */
  private static float[][] means(long from, long to) {
    float[][] shares = new float[Math.toIntExact(to)][Math.toIntExact(from)];
    for (int i = 0; i < to; i++) {
      long first = i * from / to;
      long end = ((i + 1) * from + to - 1) / to;
      for (long cell = first; cell < end; cell++) {
        shares[i][Math.toIntExact(cell)] = 1f / (end - first);
      }
    }
    return shares;
  }
}
