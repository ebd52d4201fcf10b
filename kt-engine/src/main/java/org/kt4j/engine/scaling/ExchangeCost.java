package org.kt4j.engine.scaling;

import java.util.List;

/**
 * What exchanges between two processes of one machine take.
 *
 * @param taken of one number, of the values that were asked for, and of {@value #MANY} numbers
 *     where those are fewer, whose cost for each number would be lost in what any exchange costs
 */
public record ExchangeCost(List<Taken> taken) {

  /** Numbers of an exchange that costs much more than one of one number. */
  static final long MANY = 1_000_000;

  /**
   * What one exchange takes.
   *
   * @param numbers that were exchanged
   * @param seconds the median
   * @param cpuSeconds of one of the processes, the mean
   */
  public record Taken(long numbers, double seconds, double cpuSeconds) {}

  /** Copies the list. */
  public ExchangeCost {
    taken = List.copyOf(taken);
  }

  /** An exchange of one number. */
  public Taken one() {
    return taken.get(0);
  }

  /** An exchange of the values that were asked for. */
  public Taken values() {
    return taken.get(1);
  }

  /** Seconds of a phase; a ring of two has two of them. */
  public double latency() {
    return one().seconds() / 2;
  }

  /** Seconds that a process computes for each number more. */
  public double cpuPerNumber() {
    Taken most = taken.get(taken.size() - 1);
    return Math.max(0, most.cpuSeconds() - one().cpuSeconds()) / most.numbers();
  }
}
