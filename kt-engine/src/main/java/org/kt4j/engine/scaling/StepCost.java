package org.kt4j.engine.scaling;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a step takes, measured with some numbers of pictures; on straight lines between them.
 *
 * @param measured one or more
 */
public record StepCost(List<Taken> measured) {

  /**
   * A step that was measured.
   *
   * @param pictures in it
   * @param seconds the median
   * @param cpuSeconds of all threads, the mean
   */
  public record Taken(int pictures, double seconds, double cpuSeconds) {}

  /** Copies the list. */
  public StepCost {
    measured = List.copyOf(measured);
  }

  /**
   * The seconds of a step.
   *
   * @param pictures in it, within what was measured
   */
  public double seconds(int pictures) {
    NavigableMap<Integer, Double> known = new TreeMap<>();
    measured.forEach(each -> known.put(each.pictures(), each.seconds()));
    Map.Entry<Integer, Double> below = known.floorEntry(pictures);
    Map.Entry<Integer, Double> above = known.ceilingEntry(pictures);
    if (below == null || above == null) {
      throw new IllegalArgumentException(pictures + " pictures are outside of " + known.keySet());
    }
    int apart = above.getKey() - below.getKey();
    return apart == 0
        ? below.getValue()
        : below.getValue()
            + (above.getValue() - below.getValue()) * (pictures - below.getKey()) / apart;
  }

  /**
   * The sizes of steps to be measured: the smallest, the largest, and the one that is nearest to
   * the middle between them by ratio.
   *
   * @param wanted all sizes that are asked for; one or more
   */
  public static List<Integer> sizes(Collection<Integer> wanted) {
    NavigableSet<Integer> sorted = new TreeSet<>(wanted);
    double middle = Math.sqrt((double) sorted.first() * sorted.last());
    int nearest =
        sorted.stream()
            .min((a, b) -> Double.compare(apart(a, middle), apart(b, middle)))
            .orElseThrow();
    return List.copyOf(
        new TreeSet<>(Arrays.asList(sorted.first(), nearest, sorted.last())).descendingSet());
  }

  private static double apart(int size, double middle) {
    return Math.abs(Math.log(size / middle));
  }
}
