package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.kt4j.data.ImageShape;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Tests of layers whose numbers are computed: a graph, its variables, and how they are read. */
abstract class LayersInGraph {

  final ImageGraph graph = new ImageGraph(new ImageShape(1, 1, 1));
  final Ops tf = graph.tf();
  final Variables variables = new Variables(tf, "student", 1);

  @AfterEach
  void close() {
    graph.close();
  }

  /** Pixels beside each other, {@code [1, 1, n, channels]}. */
  Operand<TFloat32> row(float[] values, int channels) {
    return tf.reshape(
        tf.constant(values), tf.constant(Shape.of(1, 1, values.length / channels, channels)));
  }

  void assign(String name, float... values) {
    Map<Variable, float[]> assigned = new HashMap<>();
    assigned.put(variable(name), values);
    graph.assign(assigned);
  }

  Variable variable(String name) {
    return variables.all().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
  }

  float[] run(Operand<TFloat32> operand) {
    try (Result result = graph.runner().fetch(operand).run()) {
      return ImageGraph.floats((TFloat32) result.get(0));
    }
  }

  /** Of the sum of all values. */
  float[] gradient(Operand<TFloat32> y, Operand<TFloat32> x) {
    Output<?>[] slopes = graph.graph().addGradients(y.asOutput(), new Output<?>[] {x.asOutput()});
    return run(slopes[0].expect(TFloat32.class));
  }

  static void assertClose(float[] found, double... expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      // Single precision.
      assertThat((double) found[i]).isCloseTo(expected[i], within(1e-5));
    }
  }
}
