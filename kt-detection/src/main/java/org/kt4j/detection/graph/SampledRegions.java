package org.kt4j.detection.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The regions of a training step: some of the proposals, and the objects themselves, so that there
 * is something to see in the first steps. At most a quarter of them are objects, or one of fewer
 * than four.
 *
 * @param boxes {@code [B, R, 4]}
 * @param labels {@code [B * R]}: 0 is background
 * @param aims the offsets from region to object, {@code [B * R, 4]}; of no meaning for background
 * @param weights 1, or 0 where a picture had too few regions, {@code [B * R]}
 */
record SampledRegions(
    Operand<TFloat32> boxes,
    Operand<TInt32> labels,
    Operand<TFloat32> aims,
    Operand<TFloat32> weights) {

  /** From this IoU on a region is an object. */
  private static final float OBJECT = 0.5f;

  private static final double SHARE_OF_OBJECTS = 0.25;

  /** Where smooth L1 turns from square to straight, as Fast R-CNN has it. */
  private static final double BETA = 1;

  static SampledRegions of(
      Ops tf,
      RegionProposals.Best proposals,
      GroundTruth truth,
      int number,
      Operand<TInt64> step,
      long seed) {
    Operand<TFloat32> candidates =
        tf.concat(List.of(proposals.boxes(), truth.boxes()), tf.constant(1)); // [B, P + G, 4]
    Operand<TBool> valid =
        tf.concat(
            List.of(proposals.valid(), tf.math.greater(truth.labels(), tf.constant(0))),
            tf.constant(1));
    GroundTruth.Match match = truth.match(tf, candidates);
    Operand<TBool> isObject =
        tf.math.logicalAnd(valid, tf.math.greaterEqual(match.best(), tf.constant(OBJECT)));
    Operand<TBool> isBackground =
        tf.math.logicalAnd(
            valid,
            tf.math.logicalAnd(
                tf.math.less(match.best(), tf.constant(OBJECT)),
                tf.math.less(match.hard(), tf.constant(OBJECT))));
    RandomChoice choice = new RandomChoice(tf, match.best(), Integer.MAX_VALUE, number, step, seed);
    Operand<TInt32> limit =
        tf.math.minimum(
            RandomChoice.count(tf, isObject),
            tf.constant(Math.max(1, (int) (number * SHARE_OF_OBJECTS))));
    Operand<TBool> objects = choice.some(isObject, limit);
    Operand<TBool> background =
        choice.some(
            isBackground, tf.math.sub(tf.constant(number), RandomChoice.count(tf, objects)));

    Operand<TFloat32> chosen =
        tf.math.add(
            tf.math.mul(tf.dtypes.cast(objects, TFloat32.class), tf.constant(2f)),
            tf.dtypes.cast(background, TFloat32.class)); // 2, 1 or 0
    Operand<TInt32> which =
        tf.nn
            .topK(tf.math.add(chosen, choice.draws()), tf.constant(number), TInt32.class)
            .indices(); // [B, R]
    Operand<TFloat32> kind = tf.gather(chosen, which, tf.constant(1), Gather.batchDims(1L));
    Operand<TFloat32> boxes =
        tf.reshape(
            tf.gather(candidates, which, tf.constant(1), Gather.batchDims(1L)),
            tf.array(-1, number, 4));
    Operand<TFloat32> aimed = tf.gather(match.box(), which, tf.constant(1), Gather.batchDims(1L));
    Operand<TInt32> classes = tf.gather(match.label(), which, tf.constant(1), Gather.batchDims(1L));
    Operand<TInt32> labels =
        tf.math.mul(
            classes, tf.dtypes.cast(tf.math.greater(kind, tf.constant(1.5f)), TInt32.class));
    Operand<TFloat32> weights =
        tf.dtypes.cast(tf.math.greater(kind, tf.constant(0.5f)), TFloat32.class);
    return new SampledRegions(
        tf.stopGradient(boxes),
        tf.reshape(labels, tf.array(-1)),
        tf.stopGradient(
            tf.reshape(BoxMath.encoded(tf, boxes, aimed, BoxHead.DEVIATIONS), tf.array(-1, 4))),
        tf.reshape(weights, tf.array(-1)));
  }

  /**
   * The losses.
   *
   * @param classes cross-entropy, the mean over the regions; a scalar
   * @param box smooth L1 of the objects' own boxes, over the number of regions; a scalar
   */
  record Losses(Operand<TFloat32> classes, Operand<TFloat32> box) {}

  Losses losses(Ops tf, BoxHead head, int classes) {
    Operand<TFloat32> number = tf.math.maximum(tf.reduceSum(weights, tf.array(0)), tf.constant(1f));
    Operand<TFloat32> wanted =
        tf.oneHot(labels, tf.constant(classes + 1), tf.constant(1f), tf.constant(0f));
    // One-hot, for C++ knows no gradient of the sparse form.
    Operand<TFloat32> entropy =
        tf.nn.softmaxCrossEntropyWithLogits(head.logits(), wanted).loss(); // [B * R]
    Operand<TFloat32> own =
        tf.oneHot(
            tf.math.sub(labels, tf.constant(1)),
            tf.constant(classes),
            tf.constant(1f),
            tf.constant(0f)); // [B * R, K]; all 0 for background
    Operand<TFloat32> offsets =
        tf.reduceSum(
            tf.math.mul(head.offsets(), tf.expandDims(own, tf.constant(2))), tf.constant(1));
    Operand<TFloat32> isObject =
        tf.dtypes.cast(tf.math.greater(labels, tf.constant(0)), TFloat32.class);
    Operand<TFloat32> distance = BoxMath.smoothL1(tf, tf.math.sub(offsets, aims), BETA);
    return new Losses(
        tf.math.div(tf.reduceSum(tf.math.mul(entropy, weights), tf.array(0)), number),
        tf.math.div(
            tf.reduceSum(tf.math.mul(distance, tf.math.mul(isObject, weights)), tf.array(0)),
            number));
  }
}
