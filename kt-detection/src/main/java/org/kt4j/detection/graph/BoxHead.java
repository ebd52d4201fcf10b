package org.kt4j.detection.graph;

import java.util.List;
import org.kt4j.engine.graph.ClassOutputs;
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

  /** A number for each class and the background. */
  private static final ClassOutputs SCORES = new ClassOutputs(1, 1);

  private static final ClassOutputs BOXES = new ClassOutputs(4, 0);

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
        predicted(tf, variables, "box_predictor.cls_score", vector, SCORES, classes, SMALL_LOGITS);
    Operand<TFloat32> offsets =
        predicted(tf, variables, "box_predictor.bbox_pred", vector, BOXES, classes, SMALL_OFFSETS);
    return new BoxHead(logits, tf.reshape(offsets, tf.array(-1, classes, 4)));
  }

  private static Operand<TFloat32> predicted(
      Ops tf,
      Variables variables,
      String name,
      Operand<TFloat32> x,
      ClassOutputs outputs,
      int classes,
      double deviation) {
    int units = outputs.of(classes);
    Shape shape = Shape.of(x.shape().get(1), units);
    Variable weight = variables.normal(name + ".weight", shape, Variable.Kind.DENSE, deviation);
    Variable bias = variables.filled(name + ".bias", Shape.of(units), Variable.Kind.BIAS, 0f);
    variables.part(Variables.HEAD, List.of(weight, bias));
    variables.outputsOfClasses(weight, outputs);
    variables.outputsOfClasses(bias, outputs);
    return tf.nn.biasAdd(tf.linalg.matMul(x, weight.value()), bias.value());
  }
}
