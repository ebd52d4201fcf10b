package org.kt4j.engine.scaling;

import java.util.List;

/**
 * What an exchange between two processes of one machine takes.
 *
 * @param sizes the numbers of each value
 * @param one an exchange of one number
 * @param all an exchange of all values
 */
public record ExchangeCost(List<Long> sizes, Taken one, Taken all) {

  /**
   * What one exchange takes.
   *
   * @param seconds the median
   * @param cpuSeconds of one of the processes, the mean
   */
  public record Taken(double seconds, double cpuSeconds) {}

  /** Copies the list. */
  public ExchangeCost {
    sizes = List.copyOf(sizes);
  }

  /** Of all values. */
  public long numbers() {
    return sizes.stream().mapToLong(Long::longValue).sum();
  }

  /** Seconds of a phase; a ring of two has two of them. */
  public double latency() {
    return one.seconds() / 2;
  }

  /** Seconds that a process computes for each number more. */
  public double cpuPerNumber() {
    return Math.max(0, all.cpuSeconds() - one.cpuSeconds()) / numbers();
  }
}
