package org.kt4j.detection.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TFloat32;

/** Arithmetic of boxes in a graph, over the last axis of tensors {@code [..., 4]}. */
final class BoxMath {

  /** A box grows by at most this factor in one regression. */
  private static final double LARGEST_GROWTH = 1000.0 / 16;

  /** Sides are taken to be no shorter, in pixels, where they are divided by. */
  private static final float SHORTEST = 1e-3f;

  private BoxMath() {}

  /** The four coordinates, each without the last axis. */
  private static List<Operand<TFloat32>> parts(Ops tf, Operand<TFloat32> boxes) {
    int axis = boxes.shape().numDimensions() - 1;
    return List.copyOf(tf.unstack(boxes, 4L, Unstack.axis((long) axis)).output());
  }

  /** Centre and size: y, x, height, width. */
  private static List<Operand<TFloat32>> centred(Ops tf, Operand<TFloat32> boxes) {
    List<Operand<TFloat32>> edges = parts(tf, boxes);
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> height = tf.math.sub(edges.get(2), edges.get(0));
    Operand<TFloat32> width = tf.math.sub(edges.get(3), edges.get(1));
    return List.of(
        tf.math.add(edges.get(0), tf.math.mul(height, half)),
        tf.math.add(edges.get(1), tf.math.mul(width, half)),
        tf.math.maximum(height, tf.constant(SHORTEST)),
        tf.math.maximum(width, tf.constant(SHORTEST)));
  }

  /**
   * What regression learns: how to get from a reference to a box.
   *
   * <pre>
   * ty = (y - ya) / ha   tx = (x - xa) / wa   th = log(h / ha)   tw = log(w / wa)
   * </pre>
   *
   * of centres and sizes, each divided by its deviation (Ren et al., equation 2).
   *
   * @param references {@code [..., 4]}
   * @param boxes {@code [..., 4]}
   * @param deviations what the four are divided by
   * @return {@code [..., 4]}: ty, tx, th, tw
   */
  static Operand<TFloat32> encoded(
      Ops tf, Operand<TFloat32> references, Operand<TFloat32> boxes, float[] deviations) {
    List<Operand<TFloat32>> a = centred(tf, references);
    List<Operand<TFloat32>> b = centred(tf, boxes);
    Operand<TFloat32> offsets =
        stacked(
            tf,
            tf.math.div(tf.math.sub(b.get(0), a.get(0)), a.get(2)),
            tf.math.div(tf.math.sub(b.get(1), a.get(1)), a.get(3)),
            tf.math.log(tf.math.div(b.get(2), a.get(2))),
            tf.math.log(tf.math.div(b.get(3), a.get(3))));
    return tf.math.div(offsets, tf.constant(deviations));
  }

  /** The inverse of {@link #encoded}; growth is limited, so that no box is infinite. */
  static Operand<TFloat32> decoded(
      Ops tf, Operand<TFloat32> references, Operand<TFloat32> offsets, float[] deviations) {
    List<Operand<TFloat32>> a = centred(tf, references);
    List<Operand<TFloat32>> t = parts(tf, tf.math.mul(offsets, tf.constant(deviations)));
    Operand<TFloat32> limit = tf.constant((float) Math.log(LARGEST_GROWTH));
    Operand<TFloat32> half = tf.constant(0.5f);
    Operand<TFloat32> y = tf.math.add(a.get(0), tf.math.mul(t.get(0), a.get(2)));
    Operand<TFloat32> x = tf.math.add(a.get(1), tf.math.mul(t.get(1), a.get(3)));
    Operand<TFloat32> halfHeight =
        tf.math.mul(half, tf.math.mul(a.get(2), tf.math.exp(tf.math.minimum(t.get(2), limit))));
    Operand<TFloat32> halfWidth =
        tf.math.mul(half, tf.math.mul(a.get(3), tf.math.exp(tf.math.minimum(t.get(3), limit))));
    return stacked(
        tf,
        tf.math.sub(y, halfHeight),
        tf.math.sub(x, halfWidth),
        tf.math.add(y, halfHeight),
        tf.math.add(x, halfWidth));
  }

  /**
   * Boxes cut off at the border of their picture.
   *
   * @param boxes {@code [B, ..., 4]}
   * @param areas height and width of each picture, {@code [B, 1, ..., 2]} of the same rank
   */
  static Operand<TFloat32> clipped(Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> areas) {
    int axis = boxes.shape().numDimensions() - 1;
    Operand<TFloat32> limits = tf.concat(List.of(areas, areas), tf.constant(axis));
    return tf.math.maximum(tf.math.minimum(boxes, limits), tf.constant(0f));
  }

  /**
   * Intersection over union of each box with each other.
   *
   * @param boxes {@code [N, 4]} or {@code [B, N, 4]}
   * @param others {@code [B, G, 4]}
   * @return {@code [B, N, G]}; 0 where both are empty
   */
  static Operand<TFloat32> iou(Ops tf, Operand<TFloat32> boxes, Operand<TFloat32> others) {
    Operand<TFloat32> rows = tf.expandDims(boxes, tf.constant(-2)); // [(B,) N, 1, 4]
    Operand<TFloat32> columns = tf.expandDims(others, tf.constant(1)); // [B, 1, G, 4]
    List<Operand<TFloat32>> a = parts(tf, rows);
    List<Operand<TFloat32>> b = parts(tf, columns);
    Operand<TFloat32> zero = tf.constant(0f);
    Operand<TFloat32> height =
        tf.math.maximum(
            tf.math.sub(tf.math.minimum(a.get(2), b.get(2)), tf.math.maximum(a.get(0), b.get(0))),
            zero);
    Operand<TFloat32> width =
        tf.math.maximum(
            tf.math.sub(tf.math.minimum(a.get(3), b.get(3)), tf.math.maximum(a.get(1), b.get(1))),
            zero);
    Operand<TFloat32> shared = tf.math.mul(height, width); // [B, N, G]
    Operand<TFloat32> union = tf.math.sub(tf.math.add(area(tf, a), area(tf, b)), shared);
    return tf.math.divNoNan(shared, union);
  }

  private static Operand<TFloat32> area(Ops tf, List<Operand<TFloat32>> edges) {
    return tf.math.mul(
        tf.math.sub(edges.get(2), edges.get(0)), tf.math.sub(edges.get(3), edges.get(1)));
  }

  /**
   * Smooth L1, summed over the last axis: {@code 0.5 d^2 / beta} up to beta, {@code |d| - 0.5 beta}
   * beyond (Girshick, Fast R-CNN, equation 3, where beta is 1).
   *
   * @param differences {@code [..., 4]}
   * @return {@code [...]}
   */
  static Operand<TFloat32> smoothL1(Ops tf, Operand<TFloat32> differences, double beta) {
    Operand<TFloat32> size = tf.math.abs(differences);
    Operand<TFloat32> small = tf.math.minimum(size, tf.constant((float) beta));
    Operand<TFloat32> loss =
        tf.math.add(
            tf.math.mul(tf.math.square(small), tf.constant((float) (0.5 / beta))),
            tf.math.sub(size, small));
    int last = differences.shape().numDimensions() - 1;
    return tf.reduceSum(loss, tf.constant(last));
  }

  private static Operand<TFloat32> stacked(
      Ops tf,
      Operand<TFloat32> first,
      Operand<TFloat32> second,
      Operand<TFloat32> third,
      Operand<TFloat32> fourth) {
    return tf.stack(List.of(first, second, third, fourth), Stack.axis(-1L));
  }
}
