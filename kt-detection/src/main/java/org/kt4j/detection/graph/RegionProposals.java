package org.kt4j.detection.graph;

import java.util.List;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.image.CombinedNonMaxSuppression;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The region proposal network: a 3x3 convolution, and for each anchor how likely it holds an object
 * and how to get from it to the object (Ren et al., section 3.1).
 *
 * @param anchors {@code [N, 4]}
 * @param count N
 * @param logits of there being an object, {@code [B, N]}
 * @param offsets from the anchors, {@code [B, N, 4]}
 */
record RegionProposals(
    Operand<TFloat32> anchors, int count, Operand<TFloat32> logits, Operand<TFloat32> offsets) {

  /** The name of the 3x3 convolution. */
  static final String CONVOLUTION = "rpn.conv";

  /** From this IoU on an anchor is an object, up to the other it is background. */
  private static final float OBJECT = 0.7f;

  private static final float BACKGROUND = 0.3f;

  /** Where smooth L1 turns from square to straight; the first published code has 1/9 here. */
  private static final double BETA = 1.0 / 9;

  /** Proposals are no narrower, in pixels. */
  private static final float NARROWEST = 1;

  private static final float[] PLAIN = {1, 1, 1, 1};

  private static final double SMALL = 0.01;

  /**
   * Adds the network.
   *
   * @param map {@code [B, H, W, C]} with static H, W and C
   */
  static RegionProposals of(
      Layers nn,
      Variables variables,
      Operand<TFloat32> map,
      int stride,
      int channels,
      Anchors anchors) {
    Ops tf = nn.tf();
    int rows = Math.toIntExact(map.shape().get(1));
    int columns = Math.toIntExact(map.shape().get(2));
    int perCell = anchors.perCell();
    int count = rows * columns * perCell;
    Operand<TFloat32> hidden = nn.relu(nn.conv(CONVOLUTION, map, Conv.of(channels, 3).withBias()));
    Operand<TFloat32> logits = predicted(tf, variables, "rpn.cls_logits", hidden, perCell);
    Operand<TFloat32> offsets = predicted(tf, variables, "rpn.bbox_pred", hidden, 4 * perCell);
    return new RegionProposals(
        tf.constant(anchors.over(rows, columns, stride)),
        count,
        tf.reshape(logits, tf.array(-1, count)),
        tf.reshape(offsets, tf.array(-1, count, 4)));
  }

  /**
   * A 1x1 convolution that predicts next to nothing at first, so that proposals begin as anchors.
   */
  private static Operand<TFloat32> predicted(
      Ops tf, Variables variables, String name, Operand<TFloat32> x, int filters) {
    long in = x.shape().get(3);
    Variable weight =
        variables.normal(
            name + ".weight", Shape.of(1, 1, in, filters), Variable.Kind.CONVOLUTION, SMALL);
    Variable bias = variables.filled(name + ".bias", Shape.of(filters), Variable.Kind.BIAS, 0f);
    return tf.nn.biasAdd(
        tf.nn.conv2d(x, weight.value(), List.of(1L, 1L, 1L, 1L), "SAME"), bias.value());
  }

  /**
   * The best proposals of each picture.
   *
   * @param boxes {@code [B, P, 4]}, the best first; nothing flows back through them
   * @param valid which of them are not padding, {@code [B, P]}
   */
  record Best(Operand<TFloat32> boxes, Operand<TBool> valid) {}

  /**
   * Decodes, clips, and removes what overlaps something better. Of equal logits the first counts as
   * the better one.
   *
   * @param areas height and width of each picture, {@code [B, 2]}
   * @param before candidates that go into the suppression
   * @param after proposals that come out of it
   * @param overlap largest IoU of two proposals
   */
  Best best(Ops tf, Operand<TFloat32> areas, int before, int after, double overlap) {
    int kept = Math.min(before, count);
    TopK<TFloat32, TInt32> top =
        tf.nn.topK(tf.stopGradient(logits), tf.constant(kept), TInt32.class); // [B, kept]
    Operand<TFloat32> references = tf.gather(anchors, top.indices(), tf.constant(0));
    Operand<TFloat32> offset =
        tf.gather(tf.stopGradient(offsets), top.indices(), tf.constant(1), Gather.batchDims(1L));
    Operand<TFloat32> boxes =
        BoxMath.clipped(
            tf,
            BoxMath.decoded(tf, references, offset, PLAIN),
            tf.expandDims(areas, tf.constant(1)));
    // Places instead of scores: no two are alike, so that the suppression never chooses between
    // equal ones, in which engines differ.
    float[] places = new float[kept];
    for (int i = 0; i < kept; i++) {
      places[i] = kept - i;
    }
    Operand<TFloat32> scores = tf.math.mul(wideEnough(tf, boxes), tf.constant(places)); // [B, kept]
    CombinedNonMaxSuppression suppressed =
        tf.image.combinedNonMaxSuppression(
            tf.expandDims(boxes, tf.constant(2)), // [B, kept, 1, 4]
            tf.expandDims(scores, tf.constant(2)), // [B, kept, 1]
            tf.constant(after),
            tf.constant(after),
            tf.constant((float) overlap),
            tf.constant(0f),
            CombinedNonMaxSuppression.clipBoxes(false));
    return new Best(
        tf.stopGradient(tf.reshape(suppressed.nmsedBoxes(), tf.array(-1, after, 4))),
        tf.math.greater(
            tf.reshape(suppressed.nmsedScores(), tf.array(-1, after)), tf.constant(0f)));
  }

  /** 1 where a box has an area, 0 where the border left nothing of it. */
  private static Operand<TFloat32> wideEnough(Ops tf, Operand<TFloat32> boxes) {
    List<Output<TFloat32>> edges = tf.unstack(boxes, 4L, Unstack.axis(2L)).output();
    Operand<TFloat32> shorter =
        tf.math.minimum(
            tf.math.sub(edges.get(2), edges.get(0)), tf.math.sub(edges.get(3), edges.get(1)));
    return tf.dtypes.cast(tf.math.greaterEqual(shorter, tf.constant(NARROWEST)), TFloat32.class);
  }

  /**
   * The losses.
   *
   * @param objectness cross-entropy of the chosen anchors, their mean; a scalar
   * @param box smooth L1 of the objects among them, over the number of chosen anchors; a scalar
   */
  record Losses(Operand<TFloat32> objectness, Operand<TFloat32> box) {}

  /**
   * Chooses anchors at random, at most half of them objects, and compares them with what is there.
   *
   * @param chosen how many of each picture
   */
  Losses losses(Ops tf, GroundTruth truth, int chosen, Operand<TInt64> step, long seed) {
    GroundTruth.Match match = truth.match(tf, anchors);
    Operand<TBool> isObject =
        tf.math.logicalOr(tf.math.greaterEqual(match.best(), tf.constant(OBJECT)), match.closest());
    Operand<TBool> isBackground =
        tf.math.logicalAnd(
            tf.math.logicalNot(isObject),
            tf.math.logicalAnd(
                tf.math.less(match.best(), tf.constant(BACKGROUND)),
                tf.math.less(match.hard(), tf.constant(BACKGROUND))));
    RandomChoice choice = new RandomChoice(tf, logits, count, chosen, step, seed);
    Operand<TInt32> each = RandomChoice.count(tf, isObject);
    Operand<TBool> objects = choice.some(isObject, tf.math.minimum(each, tf.constant(chosen / 2)));
    Operand<TBool> background =
        choice.some(
            isBackground, tf.math.sub(tf.constant(chosen), RandomChoice.count(tf, objects)));

    Operand<TFloat32> target = tf.dtypes.cast(objects, TFloat32.class);
    Operand<TFloat32> weight =
        tf.math.add(target, tf.dtypes.cast(background, TFloat32.class)); // [B, N]
    Operand<TFloat32> number =
        tf.math.maximum(tf.reduceSum(weight, tf.array(0, 1)), tf.constant(1f));
    // -log sigmoid(x) for an object, -log sigmoid(-x) for background.
    Operand<TFloat32> entropy = tf.math.sub(tf.math.softplus(logits), tf.math.mul(logits, target));
    Operand<TFloat32> aims =
        tf.stopGradient(BoxMath.encoded(tf, broadcast(tf, match), match.box(), PLAIN));
    Operand<TFloat32> distance = BoxMath.smoothL1(tf, tf.math.sub(offsets, aims), BETA);
    return new Losses(
        tf.math.div(tf.reduceSum(tf.math.mul(entropy, weight), tf.array(0, 1)), number),
        tf.math.div(tf.reduceSum(tf.math.mul(distance, target), tf.array(0, 1)), number));
  }

  private Operand<TFloat32> broadcast(Ops tf, GroundTruth.Match match) {
    return tf.math.add(tf.zerosLike(match.box()), anchors); // [B, N, 4]
  }
}
