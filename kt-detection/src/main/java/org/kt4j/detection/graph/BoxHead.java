package org.kt4j.detection.graph;

import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What is said of each region.
 *
 * @param logits of background and the classes, {@code [R, K + 1]}
 * @param offsets from the region to the box of each class, {@code [R, K, 4]}
 */
record BoxHead(Operand<TFloat32> logits, Operand<TFloat32> offsets) {

  /** Offsets are divided by these, y, x, height and width, as in the first published code. */
  static final float[] DEVIATIONS = {0.1f, 0.1f, 0.2f, 0.2f};

  private static final double SMALL_LOGITS = 0.01;
  private static final double SMALL_OFFSETS = 0.001;

  /** Turns a region's part of the map into a vector. */
  @FunctionalInterface
  interface Trunk {

    /**
     * Adds it to a graph.
     *
     * @param features {@code [R, P, P, C]}
     * @return {@code [R, D]}
     */
    Operand<TFloat32> of(Layers nn, Operand<TFloat32> features);
  }

  /** Two dense layers. */
  static Trunk dense(int units) {
    return (nn, features) ->
        nn.relu(
            nn.dense(
                "box_head.fc7",
                nn.relu(nn.dense("box_head.fc6", nn.flatten(features), units)),
                units));
  }

  /**
   * Adds the head.
   *
   * @param features {@code [R, P, P, C]}
   * @param classes without background
   */
  static BoxHead of(
      Layers nn, Variables variables, Trunk trunk, Operand<TFloat32> features, int classes) {
    Ops tf = nn.tf();
    Operand<TFloat32> vector = trunk.of(nn, features);
    Operand<TFloat32> logits =
        predicted(tf, variables, "box_predictor.cls_score", vector, classes + 1, SMALL_LOGITS);
    Operand<TFloat32> offsets =
        predicted(tf, variables, "box_predictor.bbox_pred", vector, 4 * classes, SMALL_OFFSETS);
    return new BoxHead(logits, tf.reshape(offsets, tf.array(-1, classes, 4)));
  }

  private static Operand<TFloat32> predicted(
      Ops tf, Variables variables, String name, Operand<TFloat32> x, int units, double deviation) {
    Shape shape = Shape.of(x.shape().get(1), units);
    Variable weight = variables.normal(name + ".weight", shape, Variable.Kind.DENSE, deviation);
    Variable bias = variables.filled(name + ".bias", Shape.of(units), Variable.Kind.BIAS, 0f);
    return tf.nn.biasAdd(tf.linalg.matMul(x, weight.value()), bias.value());
  }
}
