package org.kt4j.engine.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceMax;
import org.tensorflow.op.core.ReduceMin;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Adds the operations that round to a graph; see {@link Quantization}.
 *
 * @param tf where they go
 * @param learning whether gradients flow through them; otherwise they are the plain form that an
 *     export is read by
 */
record Rounding(Ops tf, boolean learning) {

  /** Only so that a filter of zeros is not divided by 0. */
  private static final float NOT_ZERO = 0x1p-100f;

  /** Scale and zero point of a tensor, and its levels. */
  private record Grid(
      String name, Operand<TFloat32> scale, Operand<TFloat32> zero, float lowest, float highest) {}

  /**
   * Weights on the levels of their channels.
   *
   * @param name of the weights
   * @param weights {@code [kH, kW, in, C]}, {@code [kH, kW, C, 1]} or {@code [in, C]}
   * @param axes all but the channels'
   * @param levels the largest level
   */
  Operand<TFloat32> weights(
      String name, Operand<TFloat32> weights, List<Integer> axes, int levels) {
    String rounded = name + ".quantized";
    Ops named = tf.withName(rounded + ".largest");
    Operand<TFloat32> largest =
        named.reduceMax(
            tf.math.abs(stopped(weights)),
            tf.constant(axes.stream().mapToInt(Integer::intValue).toArray()),
            ReduceMax.keepDims(false));
    Operand<TFloat32> scale =
        tf.withName(rounded + ".scale")
            .math
            .maximum(
                tf.math.realDiv(largest, tf.constant((float) levels)),
                tf.constant(learning ? NOT_ZERO : Quantization.SMALLEST_SCALE));
    if (!learning) {
      Operand<TFloat32> zero = tf.withName(rounded + ".zero-point").constant(0f);
      return plain(weights, new Grid(rounded, scale, zero, -levels, levels));
    }
    Operand<TFloat32> level = tf.math.round(tf.math.realDiv(weights, scale));
    return straightThrough(rounded, weights, tf.math.mul(level, scale));
  }

  /**
   * An activation on its levels.
   *
   * @param name of the activation
   * @param x of any shape
   * @param range its least and its largest value, {@code [2]}
   * @param nonNegative whether it is never below 0
   * @param levels the largest level
   */
  Operand<TFloat32> activation(
      String name, Operand<TFloat32> x, Operand<TFloat32> range, boolean nonNegative, int levels) {
    String rounded = name + ".quantized";
    Grid grid = grid(rounded, stopped(range), nonNegative, levels);
    if (!learning) {
      return plain(x, grid);
    }
    // The same numbers as in the plain form, in fewer operations.
    Operand<TFloat32> clipped =
        tf.clipByValue(x, edge(grid, grid.lowest()), edge(grid, grid.highest()));
    Operand<TFloat32> level = tf.math.round(tf.math.realDiv(clipped, grid.scale()));
    return straightThrough(grid.name(), clipped, tf.math.mul(level, grid.scale()));
  }

  /** The value of a level. */
  private Operand<TFloat32> edge(Grid grid, float level) {
    return stopped(tf.math.mul(tf.math.sub(tf.constant(level), grid.zero()), grid.scale()));
  }

  private Grid grid(String name, Operand<TFloat32> range, boolean nonNegative, int levels) {
    List<Output<TFloat32>> ends = tf.unstack(range, 2L, Unstack.axis(0L)).output();
    Operand<TFloat32> most = tf.math.maximum(ends.get(1), tf.constant(0f));
    if (nonNegative) {
      Operand<TFloat32> zero = tf.withName(name + ".zero-point").constant(0f);
      Operand<TFloat32> scale = tf.math.realDiv(most, tf.constant((float) levels));
      return new Grid(name, atLeast(name, scale), zero, 0, levels);
    }
    Operand<TFloat32> below = tf.math.maximum(tf.math.neg(ends.get(0)), tf.constant(0f));
    Operand<TFloat32> step = tf.math.realDiv(tf.math.add(most, below), tf.constant((float) levels));
    Operand<TFloat32> zero =
        tf.withName(name + ".zero-point")
            .math
            .round(
                tf.math.realDiv(
                    below, tf.math.maximum(step, tf.constant(Quantization.SMALLEST_SCALE))));
    // Both ends are reached with this zero point. The plain step would leave one out, and puts
    // pixels from 0 to 255 around a mean of 1/2 all halfway between two of 256 levels.
    Operand<TFloat32> one = tf.constant(1f);
    Operand<TFloat32> above = tf.math.sub(tf.constant((float) levels), zero);
    Operand<TFloat32> scale =
        tf.math.maximum(
            tf.math.realDiv(most, tf.math.maximum(above, one)),
            tf.math.realDiv(below, tf.math.maximum(zero, one)));
    return new Grid(name, atLeast(name, scale), zero, 0, levels);
  }

  private Operand<TFloat32> atLeast(String name, Operand<TFloat32> scale) {
    return tf.withName(name + ".scale")
        .math
        .maximum(scale, tf.constant(Quantization.SMALLEST_SCALE));
  }

  private Operand<TFloat32> plain(Operand<TFloat32> x, Grid grid) {
    String name = grid.name();
    Operand<TFloat32> divided = tf.withName(name + ".divided").math.realDiv(x, grid.scale());
    Operand<TFloat32> rounded = tf.withName(name + ".rounded").math.round(divided);
    Operand<TFloat32> shifted = tf.withName(name + ".shifted").math.add(rounded, grid.zero());
    Operand<TFloat32> level =
        tf.withName(name + ".level")
            .clipByValue(
                shifted,
                tf.withName(name + ".lowest").constant(grid.lowest()),
                tf.withName(name + ".highest").constant(grid.highest()));
    Operand<TFloat32> centred = tf.withName(name + ".centred").math.sub(level, grid.zero());
    return tf.withName(name).math.mul(centred, grid.scale());
  }

  /** The value of one and the gradient of the other: what is added is 0. */
  private Operand<TFloat32> straightThrough(
      String name, Operand<TFloat32> smooth, Operand<TFloat32> rounded) {
    return tf.withName(name)
        .math
        .add(stopped(rounded), tf.math.sub(smooth, tf.stopGradient(smooth)));
  }

  private Operand<TFloat32> stopped(Operand<TFloat32> x) {
    return learning ? tf.stopGradient(x) : x;
  }

  /**
   * A range with a batch in it.
   *
   * @param range before, {@code [2]}; empty, its ends the same, before the first batch
   * @param x the batch
   * @param nonNegative whether it is never below 0
   * @param frozen whether the range stays as it is, a scalar
   */
  Operand<TFloat32> moved(
      Operand<TFloat32> range, Operand<TFloat32> x, boolean nonNegative, Operand<TBool> frozen) {
    Operand<TFloat32> seen = tf.reshape(tf.stopGradient(x), tf.array(-1)); // [N]
    Operand<TFloat32> most = tf.reduceMax(seen, tf.constant(0), ReduceMax.keepDims(false));
    Operand<TFloat32> least =
        nonNegative
            ? tf.constant(0f)
            : tf.reduceMin(seen, tf.constant(0), ReduceMin.keepDims(false));
    Operand<TFloat32> batch = tf.stack(List.of(least, most)); // [2]
    List<Output<TFloat32>> ends = tf.unstack(range, 2L, Unstack.axis(0L)).output();
    Operand<TFloat32> share =
        tf.select(
            tf.math.greaterEqual(ends.get(0), ends.get(1)),
            tf.constant(1f),
            tf.select(frozen, tf.constant(0f), tf.constant(Quantization.RANGE_MOMENTUM)));
    return tf.math.add(range, tf.math.mul(share, tf.math.sub(batch, range)));
  }
}
