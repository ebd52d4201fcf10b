package org.kt4j.data;

import java.util.SplittableRandom;

/**
 * Random numbers that are a pure function of a few integers, such as (seed, epoch, index): neither
 * the order of the draws, nor the number of threads, nor a restart can change them.
 */
public final class DrawKey {

  private DrawKey() {}

  /** A generator of its own for this combination of numbers; their order matters. */
  public static SplittableRandom random(long... numbers) {
    long key = 0x9E3779B97F4A7C15L;
    for (long number : numbers) {
      key = mix(key ^ mix(number + 0x9E3779B97F4A7C15L)) + 0x632BE59BD9B4E019L;
    }
    return new SplittableRandom(key);
  }

  /** A uniform number in 0 to {@code bound - 1}, from the generator's documented 64 bits alone. */
  public static int below(SplittableRandom random, int bound) {
    return (int) (((random.nextLong() >>> 33) * bound) >>> 31);
  }

  /** A uniform number in 0 (inclusive) to 1 (exclusive). */
  public static double uniform(SplittableRandom random) {
    return (random.nextLong() >>> 11) * 0x1p-53;
  }

  /** Shuffles in place (Fisher and Yates). */
  public static void shuffle(SplittableRandom random, int[] values) {
    for (int last = values.length - 1; last > 0; last--) {
      int other = below(random, last + 1);
      int kept = values[last];
      values[last] = values[other];
      values[other] = kept;
    }
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
