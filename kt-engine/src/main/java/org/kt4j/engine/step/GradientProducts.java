package org.kt4j.engine.step;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
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
   * @param slopes the outputs that a loss has a slope in
   * @return {@code [T, T]}
   */
  static Operand<TFloat32> of(
      ImageGraph graph,
      List<Operand<TFloat32>> weighted,
      Collection<Variable> variables,
      Function<Operand<TFloat32>, Set<Output<?>>> slopes) {
    Ops tf = graph.tf().withSubScope("term-gradients");
    int terms = weighted.size();
    List<List<Operand<TFloat32>>> rows = new ArrayList<>(); // of each variable, [n] of each term
    List<Variable> ordered = List.copyOf(variables);
    ordered.forEach(variable -> rows.add(new ArrayList<>()));
    for (Operand<TFloat32> loss : weighted) {
      Set<Output<?>> reached = slopes.apply(loss);
      List<Variable> learnt =
          ordered.stream().filter(variable -> reached.contains(variable.value())).toList();
      Output<?>[] values = learnt.stream().map(Variable::value).toArray(Output<?>[]::new);
      Output<?>[] given =
          learnt.isEmpty() ? values : graph.graph().addGradients(loss.asOutput(), values);
      for (int v = 0; v < ordered.size(); v++) {
        Variable variable = ordered.get(v);
        int place = learnt.indexOf(variable);
        int size = Math.toIntExact(variable.shape().size());
        rows.get(v)
            .add(
                place < 0
                    ? tf.fill(tf.array(size), tf.constant(0f))
                    : tf.reshape(given[place].expect(TFloat32.class), tf.array(size)));
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
