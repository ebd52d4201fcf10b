package org.kt4j.detection.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * RoIAlign (He et al., Mask R-CNN, 2017, section 3): each region's part of the map, in a grid of
 * bins; the value of a bin is the mean of 2 x 2 bilinear samples at regular places in it.
 *
 * <p>A sample at {@code y} pixels reads the map at {@code y / stride - 1/2}, as a cell's value
 * stands at its centre (the "aligned" form). Beyond the outermost centres the map goes on with its
 * border. The samples are taken by {@code CropAndResize}, whose gradient reaches the map.
 */
final class RoiAlign {

  private static final int SAMPLES = 2;

  private RoiAlign() {}

  /**
   * Cuts regions out of maps.
   *
   * @param map {@code [B, H, W, C]} with static H, W and C
   * @param stride pixels from cell to cell
   * @param regions {@code [B, R, 4]} in pixels, within the picture; R is static
   * @param size bins in each direction
   * @return {@code [B * R, size, size, C]}
   */
  static Operand<TFloat32> of(
      Ops tf, Operand<TFloat32> map, int stride, Operand<TFloat32> regions, int size) {
    Shape shape = map.shape();
    long rows = shape.get(1);
    long columns = shape.get(2);
    long count = regions.shape().get(1);
    int samples = SAMPLES * size;
    // The border is doubled, so that samples next to it find what they need.
    Operand<TFloat32> bordered =
        tf.mirrorPad(map, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), "SYMMETRIC");
    List<Operand<TFloat32>> edges =
        List.copyOf(
            tf.unstack(
                    tf.reshape(regions, tf.array(-1, 4)), // [B * R, 4]
                    4L,
                    Unstack.axis(1L))
                .output());
    Operand<TFloat32> boxes =
        tf.stack(
            List.of(
                place(tf, edges.get(0), edges.get(2), 0.5, samples, stride, rows),
                place(tf, edges.get(1), edges.get(3), 0.5, samples, stride, columns),
                place(tf, edges.get(0), edges.get(2), samples - 0.5, samples, stride, rows),
                place(tf, edges.get(1), edges.get(3), samples - 0.5, samples, stride, columns)),
            Stack.axis(1L));
    Operand<TFloat32> crops =
        tf.image.cropAndResize(
            bordered, boxes, pictures(tf, regions, count), tf.array(samples, samples));
    List<Long> window = List.of(1L, (long) SAMPLES, (long) SAMPLES, 1L);
    return tf.nn.avgPool(crops, window, window, "VALID"); // [B * R, size, size, C]
  }

  /**
   * Where a sample is, in the units of CropAndResize: 0 is the centre of the first cell, 1 that of
   * the last.
   *
   * @param sample in units of samples from the region's first edge
   */
  private static Operand<TFloat32> place(
      Ops tf,
      Operand<TFloat32> first,
      Operand<TFloat32> last,
      double sample,
      int samples,
      int stride,
      long cells) {
    Operand<TFloat32> pixels =
        tf.math.add(
            first, tf.math.mul(tf.math.sub(last, first), tf.constant((float) (sample / samples))));
    // 1/2 for the centre of a cell, 1 for the border that was added.
    Operand<TFloat32> index =
        tf.math.add(tf.math.mul(pixels, tf.constant(1f / stride)), tf.constant(0.5f));
    return tf.math.mul(index, tf.constant(1f / (cells + 1)));
  }

  /** The picture of each region: 0, 0, ..., 1, 1, ... */
  private static Operand<TInt32> pictures(Ops tf, Operand<TFloat32> regions, long count) {
    // Of the regions, for the shape of the map would be a use of its channels.
    Operand<TInt32> batch =
        tf.gather(tf.shape(regions, TInt32.class), tf.constant(0), tf.constant(0)); // a scalar
    Operand<TInt32> each = tf.range(tf.constant(0), batch, tf.constant(1)); // [B]
    Operand<TInt32> repeated =
        tf.tile(tf.expandDims(each, tf.constant(1)), tf.array(1, Math.toIntExact(count)));
    return tf.reshape(repeated, tf.array(-1)); // [B * R]
  }
}
