package org.kt4j.detection.evaluation;

import java.util.List;

/** temporary */
public record DetectionScores(
    double vocArea,
    double voc2007,
    double coco,
    double coco50,
    double coco75,
    double small,
    double medium,
    double large,
    List<ClassScores> classes) {
  /** temporary */
  public record ClassScores(
      String name,
      long objects,
      double vocArea,
      double voc2007,
      double coco,
      List<Double> precision) {}
}
