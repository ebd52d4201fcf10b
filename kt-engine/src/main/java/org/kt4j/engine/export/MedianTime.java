package org.kt4j.engine.export;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** How long a call takes: the median of some, after a warm-up. */
public final class MedianTime {

  private static final int WARM_UP = 5;
  private static final int MOST_CALLS = 50;
  private static final double MOST_SECONDS = 1;

  private MedianTime() {}

  /**
   * Measures for about a second.
   *
   * @param call given its number, counted from 0, anew after the warm-up
   * @return milliseconds
   */
  public static double milliseconds(IntConsumer call) {
    for (int i = 0; i < WARM_UP; i++) {
      call.accept(i);
    }
    double[] milliseconds = new double[MOST_CALLS];
    double seconds = 0;
    int calls = 0;
    while (calls < MOST_CALLS && (calls == 0 || seconds < MOST_SECONDS)) {
      long began = System.nanoTime();
      call.accept(calls);
      double took = (System.nanoTime() - began) / 1e9;
      milliseconds[calls++] = 1000 * took;
      seconds += took;
    }
    double[] sorted = Arrays.copyOf(milliseconds, calls);
    Arrays.sort(sorted);
    return sorted[calls / 2];
  }
}
