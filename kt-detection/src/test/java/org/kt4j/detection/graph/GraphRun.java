package org.kt4j.detection.graph;

import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A graph of constants, and the numbers that come out of it, row-major. */
final class GraphRun implements AutoCloseable {

  private final Graph graph = NativeRuntime.newGraph();
  private final Session session = new Session(graph);
  private final Ops tf = Ops.create(graph);

  Ops tf() {
    return tf;
  }

  Graph graph() {
    return graph;
  }

  Session session() {
    return session;
  }

  float[] floats(Operand<TFloat32> wanted) {
    try (Result result = session.runner().fetch(wanted).run()) {
      return ImageGraph.floats((TFloat32) result.get(0));
    }
  }

  int[] ints(Operand<TInt32> wanted) {
    float[] numbers = floats(tf.dtypes.cast(wanted, TFloat32.class));
    int[] whole = new int[numbers.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = Math.round(numbers[i]);
    }
    return whole;
  }

  /** 1 is true. */
  int[] bits(Operand<TBool> wanted) {
    return ints(tf.dtypes.cast(wanted, TInt32.class));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
