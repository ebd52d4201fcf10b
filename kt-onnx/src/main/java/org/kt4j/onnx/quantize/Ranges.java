package org.kt4j.onnx.quantize;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Finds the ranges of activations from their values on pictures. */
final class Ranges {

  /** Bins between the smallest and the largest value. */
  private static final int BINS = 1 << 14;

  private Ranges() {}

  /** The smallest and the largest value, and how often others occur. */
  private static final class Values {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    final long[] counts = new long[BINS];
    long all;

    void extend(float[] values) {
      float least = low;
      float most = high;
      for (float value : values) {
        least = value < least ? value : least;
        most = value > most ? value : most;
      }
      low = least;
      high = most;
    }

    void count(float[] values) {
      float perValue = high > low ? (float) (BINS / ((double) high - low)) : 0;
      for (float value : values) {
        counts[Math.min(BINS - 1, (int) ((value - low) * perValue))]++;
      }
      all += values.length;
    }

    /** What some share of the values is below of. */
    float below(double share) {
      long wanted = (long) Math.ceil(share * all);
      long seen = 0;
      int bin = 0;
      while (bin < BINS - 1 && seen + counts[bin] < wanted) {
        seen += counts[bin++];
      }
      return (float) (low + (bin + 1) * ((double) high - low) / BINS);
    }

    /** What some share of the values is above of. */
    float above(double share) {
      long wanted = (long) Math.ceil(share * all);
      long seen = 0;
      int bin = BINS - 1;
      while (bin > 0 && seen + counts[bin] < wanted) {
        seen += counts[bin--];
      }
      return (float) (low + bin * ((double) high - low) / BINS);
    }
  }

  /**
   * Ranges that hold a share of the values.
   *
   * @param percentile in percent; the rest is cut off, half of it at each end. 100 takes the
   *     smallest and the largest value, in one pass
   */
  static Map<String, Range> of(
      Activations activations, Collection<String> tensors, double percentile) {
    Map<String, Values> values = new HashMap<>();
    activations.forEach(
        tensors,
        (tensor, numbers) -> values.computeIfAbsent(tensor, key -> new Values()).extend(numbers));
    if (percentile < 100) {
      activations.forEach(
          tensors,
          (tensor, numbers) -> values.computeIfAbsent(tensor, key -> new Values()).count(numbers));
    }
    double share = 1 - (100 - percentile) / 200;
    Map<String, Range> ranges = new TreeMap<>();
    values.forEach(
        (tensor, seen) ->
            ranges.put(
                tensor,
                percentile < 100
                    ? new Range(seen.above(share), seen.below(share))
                    : new Range(seen.low, seen.high)));
    return ranges;
  }
}
