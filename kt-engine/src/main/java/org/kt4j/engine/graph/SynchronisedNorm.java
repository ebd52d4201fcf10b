package org.kt4j.engine.graph;

import java.util.List;
import org.kt4j.engine.replica.Replicas;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Batch normalisation by the statistics of the rows of all workers, which have equally many.
 *
 * @param y the normalised map
 * @param mean of all rows, {@code [C]}
 * @param unbiasedVariance of all rows, {@code [C]}
 */
public record SynchronisedNorm(
    Output<TFloat32> y, Operand<TFloat32> mean, Operand<TFloat32> unbiasedVariance) {

  /**
   * Around a point that is the same in all workers: both statistics come from sums around it in one
   * exchange, and the variance loses no digits to a mean that is near the point.
   *
   * @param scope where to put the operations
   * @param x {@code [B, H, W, C]}
   * @param around near the mean, {@code [C]}
   * @param scale {@code [C]}
   * @param offset {@code [C]}
   */
  public static SynchronisedNorm around(
      Ops scope,
      Replicas replicas,
      Operand<TFloat32> x,
      Operand<TFloat32> around,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset) {
    int channels = Math.toIntExact(x.shape().get(3));
    Operand<TInt32> positions = scope.constant(new int[] {0, 1, 2});
    Operand<TFloat32> centred = scope.math.sub(x, around);
    Operand<TFloat32> moments =
        replicas.mean(
            scope,
            scope.stack(
                List.of(
                    scope.math.mean(centred, positions),
                    scope.math.mean(scope.math.square(centred), positions))));
    Operand<TFloat32> shift = row(scope, moments, 0, channels);
    Operand<TFloat32> spread =
        scope.math.sub(row(scope, moments, 1, channels), scope.math.square(shift));
    Operand<TFloat32> factor =
        scope.math.mul(
            scope.math.rsqrt(scope.math.add(spread, scope.constant(Layers.BATCH_NORM_EPSILON))),
            scale);
    Operand<TFloat32> y =
        scope.math.add(scope.math.mul(scope.math.sub(centred, shift), factor), offset);
    Operand<TFloat32> rows =
        scope.math.mul(
            scope.dtypes.cast(
                scope.math.div(scope.size(x), scope.constant(channels)), TFloat32.class),
            scope.constant((float) replicas.count()));
    Operand<TFloat32> unbiased =
        scope.math.mul(spread, scope.math.div(rows, scope.math.sub(rows, scope.constant(1f))));
    return new SynchronisedNorm(y.asOutput(), scope.math.add(shift, around), unbiased);
  }

  /**
   * Where no point near the mean is known: one exchange more gives the mean itself.
   *
   * @param scope where to put the operations
   * @param x {@code [B, H, W, C]}
   * @param scale {@code [C]}
   * @param offset {@code [C]}
   */
  public static SynchronisedNorm of(
      Ops scope,
      Replicas replicas,
      Operand<TFloat32> x,
      Operand<TFloat32> scale,
      Operand<TFloat32> offset) {
    Operand<TFloat32> own = scope.math.mean(x, scope.constant(new int[] {0, 1, 2}));
    Operand<TFloat32> mean = scope.stopGradient(replicas.mean(scope, scope.stopGradient(own)));
    return around(scope, replicas, x, mean, scale, offset);
  }

  private static Operand<TFloat32> row(Ops scope, Operand<TFloat32> rows, int row, int columns) {
    return scope.reshape(
        scope.slice(
            rows, scope.constant(new int[] {row, 0}), scope.constant(new int[] {1, columns})),
        scope.constant(new int[] {columns}));
  }
}
