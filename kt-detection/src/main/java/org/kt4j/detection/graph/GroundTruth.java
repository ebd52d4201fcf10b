package org.kt4j.detection.graph;

import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The objects of a batch of pictures.
 *
 * @param boxes {@code [B, G, 4]}, padded; G is 1 or more
 * @param labels {@code [B, G]}: 1 or more is a class, 0 padding, -1 something difficult
 */
record GroundTruth(Operand<TFloat32> boxes, Operand<TInt32> labels) {

  /**
   * How boxes lie to the objects.
   *
   * @param best largest IoU with an object, {@code [B, N]}; -1 where there is none
   * @param hard largest IoU with something difficult, {@code [B, N]}; -1 where there is none
   * @param box the object of the largest IoU, {@code [B, N, 4]}
   * @param label its class, {@code [B, N]}
   * @param closest whether no other box is closer to some object, {@code [B, N]}
   */
  record Match(
      Operand<TFloat32> best,
      Operand<TFloat32> hard,
      Operand<TFloat32> box,
      Operand<TInt32> label,
      Operand<TBool> closest) {}

  /**
   * Matches boxes to objects.
   *
   * @param candidates {@code [N, 4]} or {@code [B, N, 4]}
   */
  Match match(Ops tf, Operand<TFloat32> candidates) {
    Operand<TFloat32> iou = BoxMath.iou(tf, candidates, boxes); // [B, N, G]
    Operand<TFloat32> ofObjects = only(tf, iou, tf.math.greater(labels, tf.constant(0)));
    Operand<TFloat32> ofDifficult = only(tf, iou, tf.math.less(labels, tf.constant(0)));
    Operand<TInt32> which = tf.math.argMax(ofObjects, tf.constant(2), TInt32.class); // [B, N]
    Operand<TFloat32> closest =
        tf.reduceMax(ofObjects, tf.constant(1), ReduceMax.keepDims(true)); // [B, 1, G]
    Operand<TBool> isClosest =
        tf.math.logicalAnd(
            tf.math.greaterEqual(ofObjects, closest),
            tf.math.greater(ofObjects, tf.zerosLike(ofObjects)));
    return new Match(
        tf.reduceMax(ofObjects, tf.constant(2)),
        tf.reduceMax(ofDifficult, tf.constant(2)),
        tf.gather(boxes, which, tf.constant(1), Gather.batchDims(1L)),
        tf.gather(labels, which, tf.constant(1), Gather.batchDims(1L)),
        tf.reduceAny(isClosest, tf.constant(2)));
  }

  /** -1 where a column is not of interest. */
  private static Operand<TFloat32> only(Ops tf, Operand<TFloat32> iou, Operand<TBool> columns) {
    Operand<TFloat32> wanted =
        tf.expandDims(tf.dtypes.cast(columns, TFloat32.class), tf.constant(1)); // [B, 1, G]
    return tf.math.add(tf.math.mul(iou, wanted), tf.math.sub(wanted, tf.constant(1f)));
  }
}
