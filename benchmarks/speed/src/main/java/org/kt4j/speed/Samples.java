package org.kt4j.speed;

import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * One number from each round. Arithmetic goes round by round, so that a ratio compares what was
 * measured side by side.
 *
 * @param perRound at least one
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record Samples(double[] perRound) {

  double median() {
    return quantile(0.5);
  }

  /** By linear interpolation between the two nearest. */
  double quantile(double share) {
    double[] sorted = perRound.clone();
    Arrays.sort(sorted);
    double at = share * (sorted.length - 1);
    int below = (int) at;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }

  Samples map(DoubleUnaryOperator each) {
    return new Samples(Arrays.stream(perRound).map(each).toArray());
  }

  Samples plus(Samples other) {
    return with(other, Double::sum);
  }

  Samples over(Samples other) {
    return with(other, (a, b) -> a / b);
  }

  private Samples with(Samples other, DoubleBinaryOperator both) {
    return new Samples(
        IntStream.range(0, perRound.length)
            .mapToDouble(i -> both.applyAsDouble(perRound[i], other.perRound[i]))
            .toArray());
  }
}
