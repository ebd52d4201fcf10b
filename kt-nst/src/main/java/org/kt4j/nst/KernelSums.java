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
 * are made. Both the subtraction of {@code h_i y_i} and the division by the length are done on the
 * small matrices.
 *
 * <p>Knowledge: the teacher's patterns, {@code HW x C_T} numbers an image, and their own mean
 * kernel, unless that depends on the student through the width of the kernel.
 *
 * @param kernel of the cosine
 * @param known {@code C_T}
 * @param asked {@code C_S}
 */
record KernelSums(CosineKernel kernel, int known, int asked) implements SquaredMmd {

  /** Pairs of channels of one image in memory at a time; 256 KiB in float32. */
  static final int BLOCK = 1 << 16;

  private static final String PATTERNS = "patterns";
  private static final String LIVE = "live";
  private static final String OWN = "own";

  /** Patterns and which of them are live, {@code [B, HW, C]} and {@code [B, C]}. */
  private record Side(Operand<TFloat32> patterns, Operand<TFloat32> live, int channels) {}

  @Override
  public Map<String, Operand<TFloat32>> teach(Ops tf, SelectivityPatterns teacher) {
    Side side = new Side(teacher.patterns(tf), teacher.live(tf), known);
    Map<String, Operand<TFloat32>> taught = new LinkedHashMap<>();
    taught.put(PATTERNS, side.patterns());
    taught.put(LIVE, side.live());
    if (!kernel.adapts()) {
      taught.put(OWN, ownMean(tf, kernel, side));
    }
    return taught;
  }

  @Override
  public Discrepancy of(
      Ops tf, SelectivityPatterns student, Map<String, Operand<TFloat32>> taught) {
    Side x = new Side(required(taught, PATTERNS), required(taught, LIVE), known);
    Side y = new Side(student.patterns(tf), student.live(tf), asked);
    CosineKernel adapted = kernel.adapts() ? kernel.adaptedTo(tf, distance(tf, x, y)) : kernel;
    Operand<TFloat32> values = taught.get(OWN);
    if (values == null) {
      values = ownMean(tf, adapted, x);
    }
    float same = 1f / asked / asked;
    float cross = -2f / asked / known;
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    Ops scope = tf.withControlDependencies(values);
    int step = step(Math.max(known, asked), asked);
    for (int from = 0; from < asked; from += step) {
      int size = Math.min(step, asked - from);
      Block own = block(scope, adapted, y, from, size, y);
      Block other = block(scope, adapted, y, from, size, x);
      values =
          scope.math.add(
              values,
              scope.math.add(
                  scope.math.mul(own.sum(scope), scope.constant(same)),
                  scope.math.mul(other.sum(scope), scope.constant(cross))));
      // k(u_ij) counts twice in the sum over all pairs, as ij and as ji.
      Operand<TFloat32> a = scope.math.mul(own.slopes(), scope.constant(2 * same));
      Operand<TFloat32> b = scope.math.mul(other.slopes(), scope.constant(cross));
      Operand<TFloat32> h = // [B, P, 1]
          scope.expandDims(
              scope.math.add(
                  scope.reduceSum(scope.math.mul(a, own.cosines()), scope.array(2)),
                  scope.reduceSum(scope.math.mul(b, other.cosines()), scope.array(2))),
              scope.constant(2));
      Operand<TFloat32> inverse =
          scope.linalg.transpose(
              slice(scope, student.inverseLengths(), from, size),
              scope.array(0, 2, 1)); // [B, 1, C] -> [B, P, 1]
      Operand<TFloat32> onOwn =
          scope.math.mul(
              scope.math.sub(a, scope.math.mul(identity(scope, from, size), h)),
              inverse); // [B, P, C_S]
      Operand<TFloat32> gradient =
          scope.math.add(
              spread(scope, y, onOwn), spread(scope, x, scope.math.mul(b, inverse))); // [B, HW, P]
      gradients.add(gradient);
      scope = tf.withControlDependencies(gradient, values);
    }
    Operand<TFloat32> gradient =
        gradients.size() == 1 ? gradients.get(0) : tf.concat(gradients, tf.constant(2));
    return new Discrepancy(values, gradient);
  }

  /** The mean of the kernel over all pairs of one side's patterns, {@code [B]}. */
  private static Operand<TFloat32> ownMean(Ops tf, CosineKernel kernel, Side side) {
    Operand<TFloat32> sum = null;
    Ops scope = tf;
    int step = step(side.channels(), side.channels());
    for (int from = 0; from < side.channels(); from += step) {
      int size = Math.min(step, side.channels() - from);
      Operand<TFloat32> part = block(scope, kernel, side, from, size, side).sum(scope);
      sum = sum == null ? part : scope.math.add(sum, part);
      scope = tf.withControlDependencies(sum);
    }
    if (sum == null) {
      throw new IllegalStateException("a map has one channel or more");
    }
    return tf.math.mul(sum, tf.constant(1f / side.channels() / side.channels()));
  }

  /** {@code ||x_i - y_j||^2}, the mean over all pairs, {@code [B]}. */
  private static Operand<TFloat32> distance(Ops tf, Side x, Side y) {
    Operand<TFloat32> product =
        tf.reduceSum(
            tf.math.mul(
                tf.math.mean(x.patterns(), tf.array(2)), tf.math.mean(y.patterns(), tf.array(2))),
            tf.array(1)); // [B, HW] -> [B]
    return tf.math.sub(
        tf.math.add(tf.math.mean(x.live(), tf.array(1)), tf.math.mean(y.live(), tf.array(1))),
        tf.math.mul(product, tf.constant(2f)));
  }

  /** Some channels of one side against all of another. */
  private record Block(
      Operand<TFloat32> cosines, Operand<TFloat32> values, Operand<TFloat32> slopes) {

    Operand<TFloat32> sum(Ops tf) {
      return tf.reduceSum(values, tf.array(1, 2)); // [B, P, Q] -> [B]
    }
  }

  private static Block block(
      Ops tf, CosineKernel kernel, Side rows, int from, int size, Side columns) {
    Operand<TFloat32> some =
        size == rows.channels() ? rows.patterns() : slice(tf, rows.patterns(), from, size);
    Operand<TFloat32> cosines =
        tf.linalg.einsum(
            List.of(some, columns.patterns()), "bnp,bnq->bpq"); // [B, P, HW] x [B, HW, Q]
    Operand<TFloat32> live = tf.slice(rows.live(), tf.array(0, from), tf.array(-1, size)); // [B, P]
    Operand<TFloat32> offsets =
        tf.math.mul(
            tf.math.add(
                tf.expandDims(live, tf.constant(2)), tf.expandDims(columns.live(), tf.constant(1))),
            tf.constant(0.5f)); // [B, P, 1] + [B, 1, Q]
    CosineKernel.Evaluated evaluated = kernel.at(tf, cosines, offsets);
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
        tf.constant(asked),
        tf.constant(1f),
        tf.constant(0f));
  }

  private static Operand<TFloat32> slice(Ops tf, Operand<TFloat32> map, int from, int size) {
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
