package org.kt4j.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * Packs values into vectors before they are exchanged: many small exchanges wait for each other,
 * and one large one is slow.
 */
final class Buckets {

  /** Numbers in one vector; a value that is larger has one of its own. */
  static final long LARGEST = 3_000_000;

  private Buckets() {}

  /**
   * Exchanges values.
   *
   * @param values of static shapes
   * @param exchange of a vector
   * @return as given, in their order and shapes
   */
  static List<Operand<TFloat32>> exchanged(
      Ops tf, List<? extends Operand<TFloat32>> values, UnaryOperator<Operand<TFloat32>> exchange) {
    List<Operand<TFloat32>> exchanged = new ArrayList<>();
    int from = 0;
    while (from < values.size()) {
      int to = from + 1;
      long size = values.get(from).shape().size();
      while (to < values.size() && size + values.get(to).shape().size() <= LARGEST) {
        size += values.get(to).shape().size();
        to++;
      }
      exchanged.addAll(together(tf, values.subList(from, to), exchange));
      from = to;
    }
    return exchanged;
  }

  private static List<Operand<TFloat32>> together(
      Ops tf, List<? extends Operand<TFloat32>> values, UnaryOperator<Operand<TFloat32>> exchange) {
    List<Operand<TFloat32>> flat = new ArrayList<>();
    long[] sizes = new long[values.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = values.get(i).shape().size();
      if (sizes[i] < 0) {
        throw new IllegalArgumentException(
            "a value whose shape is not static: " + values.get(i).asOutput());
      }
      flat.add(tf.reshape(values.get(i), tf.constant(new long[] {sizes[i]})));
    }
    if (flat.size() == 1) {
      return List.of(
          tf.reshape(exchange.apply(flat.get(0)), tf.constant(values.get(0).shape().asArray())));
    }
    Operand<TInt64> parts = tf.constant(sizes);
    List<org.tensorflow.Output<TFloat32>> split =
        tf.splitV(
                exchange.apply(tf.concat(flat, tf.constant(0))),
                parts,
                tf.constant(0),
                (long) sizes.length)
            .output();
    List<Operand<TFloat32>> shaped = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      shaped.add(tf.reshape(split.get(i), tf.constant(values.get(i).shape().asArray())));
    }
    return shaped;
  }
}
