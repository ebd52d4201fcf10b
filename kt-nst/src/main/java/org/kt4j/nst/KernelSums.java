package org.kt4j.nst;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Any kernel of the cosine, summed over the pairs of channels.
 *
 * <pre>
 * u_ij  = y_i . y_j,   v_ij = y_i . x_j
 * A_ij  = (2/C_S^2) k'(u_ij),   B_ij = -(2/(C_S C_T)) k'(v_ij)
 * g_i   = sum_j A_ij y_j + sum_j B_ij x_j                             dMMD^2/dy_i
 * h_i   = sum_j A_ij u_ij + sum_j B_ij v_ij                           y_i . g_i
 * dMMD^2/df_i = (g_i - h_i y_i) / ||f_i||
 * </pre>
 *
 * <p>The channels are taken block by block, so that no more than {@value #BLOCK} pairs of an image
 * are in memory at a time, whatever the channels: a block's matrices are gone when the next one's
 * are made. The subtraction of {@code h_i y_i} and the division by the length are done on the
 * matrices or on the map, whichever is smaller. Of the mean over one side's own pairs only one half
 * is computed.
 *
 * <p>Knowledge: the teacher's patterns, {@code HW x C_T} numbers an image, and their own mean
 * kernel, unless that depends on the student through the width of the kernel.
 *
 * @param kernel of the cosine
 * @param teacherChannels {@code C_T}
 * @param studentChannels {@code C_S}
 */
record KernelSums(CosineKernel kernel, int teacherChannels, int studentChannels)
    implements SquaredMmd {

  /** Pairs of channels of one image in memory at a time; 512 KiB in float32. */
  static final int BLOCK = 1 << 17;

  private static final String PATTERNS = "patterns";
  private static final String LIVE = "live";
  private static final String OWN = "own";

  /**
   * The patterns of one side.
   *
   * @param patterns {@code [B, HW, C]}
   * @param halves half of each pattern's squared length, {@code [B, C]}: 1/2, or 0 of a dead
   *     channel
   * @param channels {@code C}
   */
  private record Side(Operand<TFloat32> patterns, Operand<TFloat32> halves, int channels) {

    static Side of(Ops tf, Operand<TFloat32> patterns, Operand<TFloat32> live, int channels) {
      return new Side(patterns, tf.math.mul(live, tf.constant(0.5f)), channels);
    }

    /** Some of the channels. */
    Side slice(Ops tf, int from, int size) {
      return size == channels
          ? this
          : new Side(
              sliced(tf, patterns, from, size),
              tf.slice(halves, tf.array(0, from), tf.array(-1, size)), // [B, P]
              size);
    }
  }

  @Override
  public Map<String, Operand<TFloat32>> teach(Ops tf, SelectivityPatterns teacher) {
    Operand<TFloat32> live = teacher.live(tf);
    Side side = Side.of(tf, teacher.patterns(tf), live, teacherChannels);
    Map<String, Operand<TFloat32>> taught = new LinkedHashMap<>();
    taught.put(PATTERNS, side.patterns());
    taught.put(LIVE, live);
    if (!kernel.adapts()) {
      taught.put(OWN, ownMean(tf, kernel, side));
    }
    return taught;
  }

  @Override
  public Discrepancy of(
      Ops tf, SelectivityPatterns student, Map<String, Operand<TFloat32>> taught) {
    Side x = Side.of(tf, required(taught, PATTERNS), required(taught, LIVE), teacherChannels);
    Side y = Side.of(tf, student.patterns(tf), student.live(tf), studentChannels);
    CosineKernel adapted = kernel.adapts() ? kernel.adaptedTo(tf, distance(tf, x, y)) : kernel;
    Operand<TFloat32> values = taught.get(OWN);
    if (values == null) {
      values = ownMean(tf, adapted, x);
    }
    double same = 1.0 / studentChannels / studentChannels;
    double cross = -2.0 / studentChannels / teacherChannels;
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    Ops scope = tf.withControlDependencies(values);
    int step = step(Math.max(teacherChannels, studentChannels), studentChannels);
    for (int from = 0; from < studentChannels; from += step) {
      int size = Math.min(step, studentChannels - from);
      Side some = y.slice(scope, from, size);
      // k(u_ij) counts twice in the sum over all pairs, as ij and as ji.
      Block own = block(scope, adapted, some, y, 2 * same);
      Block other = block(scope, adapted, some, x, cross);
      values =
          scope.math.add(values, scope.math.add(own.sum(scope, same), other.sum(scope, cross)));
      Operand<TFloat32> along =
          scope.math.add(own.slopesAlong(scope), other.slopesAlong(scope)); // [B, P]
      Operand<TFloat32> inverse = sliced(scope, student.inverseLengths(), from, size); // [B, 1, P]
      Operand<TFloat32> gradient =
          studentChannels > positions(y)
              ? onMap(scope, some, y, x, own, other, along, inverse)
              : onMatrices(scope, from, some, y, x, own, other, along, inverse); // [B, HW, P]
      gradients.add(gradient);
      scope = tf.withControlDependencies(gradient, values);
    }
    Operand<TFloat32> gradient =
        gradients.size() == 1 ? gradients.get(0) : tf.concat(gradients, tf.constant(2));
    return new Discrepancy(values, gradient);
  }

  /** {@code (g - h y) / ||f||} with the subtraction and the division on {@code [B, HW, P]}. */
  private static Operand<TFloat32> onMap(
      Ops tf,
      Side some,
      Side y,
      Side x,
      Block own,
      Block other,
      Operand<TFloat32> along,
      Operand<TFloat32> inverse) {
    Operand<TFloat32> towards =
        tf.math.add(spread(tf, y, own.slopes()), spread(tf, x, other.slopes()));
    Operand<TFloat32> across =
        tf.math.sub(towards, tf.math.mul(some.patterns(), tf.expandDims(along, tf.constant(1))));
    return tf.math.mul(across, inverse);
  }

  /** The same with the subtraction and the division on {@code [B, P, C_S]}, before the products. */
  private Operand<TFloat32> onMatrices(
      Ops tf,
      int from,
      Side some,
      Side y,
      Side x,
      Block own,
      Block other,
      Operand<TFloat32> along,
      Operand<TFloat32> inverse) {
    Operand<TFloat32> column = tf.linalg.transpose(inverse, tf.array(0, 2, 1)); // [B, P, 1]
    Operand<TFloat32> diagonal =
        tf.math.mul(
            identity(tf, from, some.channels()),
            tf.expandDims(along, tf.constant(2))); // [B, P, C_S]
    return tf.math.add(
        spread(tf, y, tf.math.mul(tf.math.sub(own.slopes(), diagonal), column)),
        spread(tf, x, tf.math.mul(other.slopes(), column)));
  }

  private static long positions(Side side) {
    return side.patterns().shape().get(1);
  }

  /** The mean of the kernel over all pairs of one side's patterns, {@code [B]}. */
  private static Operand<TFloat32> ownMean(Ops tf, CosineKernel kernel, Side side) {
    int channels = side.channels();
    double share = 1.0 / channels / channels;
    Operand<TFloat32> sum = tf.constant(0f);
    Ops scope = tf;
    int step = step(channels, channels);
    for (int from = 0; from < channels; from += step) {
      int size = Math.min(step, channels - from);
      int rest = channels - from - size;
      Side some = side.slice(scope, from, size);
      sum = scope.math.add(sum, block(scope, kernel, some, some, 1).sum(scope, share));
      if (rest > 0) {
        // Pairs with the channels to come, as ij and as ji.
        Side others = side.slice(scope, from + size, rest);
        sum = scope.math.add(sum, block(scope, kernel, some, others, 1).sum(scope, 2 * share));
      }
      scope = tf.withControlDependencies(sum);
    }
    return sum;
  }

  /** {@code ||x_i - y_j||^2}, the mean over all pairs, {@code [B]}. */
  private static Operand<TFloat32> distance(Ops tf, Side x, Side y) {
    Operand<TFloat32> product =
        tf.reduceSum(
            tf.math.mul(
                tf.math.mean(x.patterns(), tf.array(2)), tf.math.mean(y.patterns(), tf.array(2))),
            tf.array(1)); // [B, HW] -> [B]
    Operand<TFloat32> halves =
        tf.math.add(tf.math.mean(x.halves(), tf.array(1)), tf.math.mean(y.halves(), tf.array(1)));
    return tf.math.mul(tf.math.sub(halves, product), tf.constant(2f));
  }

  /** Channels of one side against channels of another. */
  private record Block(
      Operand<TFloat32> cosines, Operand<TFloat32> values, Operand<TFloat32> slopes) {

    /** {@code factor sum_ij k}, {@code [B]}. */
    Operand<TFloat32> sum(Ops tf, double factor) {
      return tf.math.mul(
          tf.reduceSum(values, tf.array(1, 2)), tf.constant((float) factor)); // [B, P, Q] -> [B]
    }

    /** {@code sum_j k'_ij u_ij}, {@code [B, P]}. */
    Operand<TFloat32> slopesAlong(Ops tf) {
      return tf.reduceSum(tf.math.mul(slopes, cosines), tf.array(2));
    }
  }

  private static Block block(Ops tf, CosineKernel kernel, Side rows, Side columns, double factor) {
    Operand<TFloat32> cosines =
        tf.linalg.einsum(
            List.of(rows.patterns(), columns.patterns()),
            "bnp,bnq->bpq"); // [B, P, HW] x [B, HW, Q]
    CosineKernel.Evaluated evaluated =
        kernel.at(
            tf,
            cosines,
            tf.expandDims(rows.halves(), tf.constant(2)), // [B, P, 1]
            tf.expandDims(columns.halves(), tf.constant(1)), // [B, 1, Q]
            factor);
    return new Block(cosines, evaluated.values(), evaluated.slopes());
  }

  /** {@code sum_j M_ij z_j}: [B, HW, Q] x [B, Q, P] -> [B, HW, P]. */
  private static Operand<TFloat32> spread(Ops tf, Side z, Operand<TFloat32> matrix) {
    return tf.linalg.einsum(List.of(z.patterns(), matrix), "bnq,bpq->bnp");
  }

  /** Rows {@code from} to {@code from + size} of the identity, {@code [P, C_S]}. */
  private Operand<TFloat32> identity(Ops tf, int from, int size) {
    return tf.oneHot(
        tf.range(tf.constant(from), tf.constant(from + size), tf.constant(1)),
        tf.constant(studentChannels),
        tf.constant(1f),
        tf.constant(0f));
  }

  private static Operand<TFloat32> sliced(Ops tf, Operand<TFloat32> map, int from, int size) {
    return tf.slice(map, tf.array(0, 0, from), tf.array(-1, -1, size)); // [B, N, C] -> [B, N, P]
  }

  private static int step(int columns, int rows) {
    return Math.min(rows, Math.max(1, BLOCK / columns));
  }

  private static Operand<TFloat32> required(Map<String, Operand<TFloat32>> taught, String name) {
    @Nullable Operand<TFloat32> tensor = taught.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no knowledge '" + name + "'");
    }
    return tensor;
  }
}
