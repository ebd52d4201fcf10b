package org.kt4j.engine.step;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.replica.Replicas;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/** The inner product of each two terms' gradients, as a part of a graph. */
final class GradientProducts {

  private GradientProducts() {}

  /**
   * Adds a backward pass for each term. The gradients are means over the workers.
   *
   * @param weighted the weighted loss of each term
   * @param variables of the student that are learnt
   * @return {@code [T, T]}
   */
  static Operand<TFloat32> of(
      ImageGraph graph, List<Operand<TFloat32>> weighted, List<Variable> variables) {
    Ops tf = graph.tf().withSubScope("term-gradients");
    int terms = weighted.size();
    List<List<Operand<TFloat32>>> rows = new ArrayList<>(); // of each variable, [n] of each term
    variables.forEach(variable -> rows.add(new ArrayList<>()));
    Output<?>[] values = variables.stream().map(Variable::value).toArray(Output<?>[]::new);
    Operand<TFloat32> nothing = nothing(tf, variables);
    for (Operand<TFloat32> loss : weighted) {
      Output<?>[] given = graph.graph().addGradients(tf.math.add(loss, nothing).asOutput(), values);
      for (int v = 0; v < given.length; v++) {
        int size = Math.toIntExact(variables.get(v).shape().size());
        rows.get(v).add(tf.reshape(given[v].expect(TFloat32.class), tf.array(size)));
      }
    }
    List<Operand<TFloat32>> products = new ArrayList<>();
    for (List<Operand<TFloat32>> each : averaged(graph.replication().replicas(), tf, rows)) {
      Operand<TFloat32> stacked = tf.stack(each); // [T, n]
      products.add(tf.linalg.matMul(stacked, stacked, MatMul.transposeB(true))); // [T, n] x [n, T]
    }
    return products.isEmpty()
        ? tf.fill(tf.constant(Shape.of(terms, terms)), tf.constant(0f))
        : tf.math.addN(products);
  }

  /** Zero with a slope of zero in every variable: a term may have none at all in some of them. */
  private static Operand<TFloat32> nothing(Ops tf, List<Variable> variables) {
    List<Operand<TFloat32>> sums = new ArrayList<>(List.of(tf.constant(0f)));
    for (Variable variable : variables) {
      Operand<TFloat32> flat = tf.reshape(variable.value(), tf.array(-1));
      sums.add(tf.math.mul(tf.reduceSum(flat, tf.array(0)), tf.constant(0f)));
    }
    return tf.math.addN(sums);
  }

  private static List<List<Operand<TFloat32>>> averaged(
      Replicas replicas, Ops tf, List<List<Operand<TFloat32>>> rows) {
    if (replicas.alone()) {
      return rows;
    }
    List<Operand<TFloat32>> means =
        replicas.means(tf, rows.stream().flatMap(List::stream).toList());
    List<List<Operand<TFloat32>>> averaged = new ArrayList<>();
    int taken = 0;
    for (List<Operand<TFloat32>> each : rows) {
      averaged.add(means.subList(taken, taken + each.size()));
      taken += each.size();
    }
    return averaged;
  }
}
