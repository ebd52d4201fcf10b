package org.kt4j.speed;

import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/** The product of two square float32 variables; not constants, which would be folded. */
final class MatrixProduct implements AutoCloseable {

  private final Graph graph;
  private final Session session;
  private final int size;
  private final Operand<TFloat32> row;
  private final Operand<TFloat32> column;
  private final Operand<TFloat32> product;

  MatrixProduct(int size) {
    this.size = size;
    graph = NativeRuntime.newGraph();
    session = new Session(graph);
    Ops tf = Ops.create(graph);
    Operand<TFloat32> left = variable(tf, "left", 1);
    Operand<TFloat32> right = variable(tf, "right", 2);
    product = tf.linalg.matMul(left, right); // [N, N] x [N, N] -> [N, N]
    row = tf.slice(left, tf.array(0, 0), tf.array(1, size)); // [1, N]
    column = tf.slice(right, tf.array(0, 0), tf.array(size, 1)); // [N, 1]
  }

  private Operand<TFloat32> variable(Ops tf, String name, long seed) {
    VarHandleOp handle =
        tf.varHandleOp(TFloat32.class, Shape.of(size, size), VarHandleOp.sharedName(name));
    Operand<TFloat32> first =
        tf.random.statelessRandomNormal(tf.array(size, size), tf.array(Settings.SEED, seed));
    session.runner().addTarget(tf.assignVariableOp(handle, first)).run().close();
    return tf.readVariableOp(handle, TFloat32.class);
  }

  /** Multiplications and additions. */
  double flops() {
    return 2.0 * size * size * size;
  }

  /** Fetches the product, which copies nothing: a mere target without effects would be pruned. */
  void run() {
    session.runner().fetch(product).run().close();
  }

  /** One element against the same sum in double precision. */
  void check() {
    try (Result result = session.runner().fetch(row).fetch(column).fetch(product).run()) {
      TFloat32 lefts = (TFloat32) result.get(0);
      TFloat32 rights = (TFloat32) result.get(1);
      double sum = 0;
      for (int i = 0; i < size; i++) {
        sum += (double) lefts.getFloat(0, i) * rights.getFloat(i, 0);
      }
      double found = ((TFloat32) result.get(2)).getFloat(0, 0);
      // Rounding of N products of order one, added in any order.
      if (!(Math.abs(found - sum) < 1e-6 * size)) {
        throw new IllegalStateException("the matrix product is " + found + ", not " + sum);
      }
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
