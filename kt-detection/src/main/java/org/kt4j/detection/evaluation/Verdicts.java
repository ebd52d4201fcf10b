package org.kt4j.detection.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which detections of one class found an object, picture after picture. */
final class Verdicts {

  private final List<Verdict> verdicts = new ArrayList<>();

  /** Adds a detection that counts. */
  void add(double score, boolean hit) {
    verdicts.add(new Verdict(score, hit));
  }

  /** The curve of all, the surest first; equal scores in the order in which they were added. */
  AveragePrecision curve(int objects) {
    List<Verdict> sorted =
        verdicts.stream().sorted(Comparator.comparingDouble(Verdict::score).reversed()).toList();
    boolean[] hits = new boolean[sorted.size()];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = sorted.get(i).hit;
    }
    return new AveragePrecision(hits, objects);
  }

  private record Verdict(double score, boolean hit) {}
}
