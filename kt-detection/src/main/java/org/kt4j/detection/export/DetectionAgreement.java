package org.kt4j.detection.export;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.graph.FasterRcnnOptions;

/**
 * How far two detectors agree on pictures.
 *
 * @param pictures that both saw
 * @param detections that both found
 * @param box largest distance of two sides of the same box, in pixels
 * @param score largest difference of two scores
 * @param alone detections that only one of them found, or the other further away than the tolerance
 *     allows, but for those at the limit of what is reported: rounding decides about them
 */
public record DetectionAgreement(
    int pictures, int detections, double box, double score, int alone) {

  static final DetectionAgreement NOTHING = new DetectionAgreement(0, 0, 0, 0, 0);

  /** Of what two detectors with the same options found in one picture. */
  static DetectionAgreement of(
      List<Detection> expected,
      List<Detection> found,
      FasterRcnnOptions options,
      DetectionTolerance tolerance) {
    List<Detection> left = new ArrayList<>(found);
    double box = 0;
    double score = 0;
    int both = 0;
    int alone = 0;
    for (Detection each : expected) {
      Optional<Detection> nearest =
          left.stream()
              .filter(other -> other.label() == each.label())
              .filter(other -> distance(each, other) <= tolerance.box())
              .min(Comparator.comparingDouble(other -> distance(each, other)));
      if (nearest.isPresent()) {
        Detection other = nearest.get();
        left.remove(other);
        both++;
        box = Math.max(box, distance(each, other));
        score = Math.max(score, Math.abs(each.score() - other.score()));
      } else if (!marginal(each, expected, options, tolerance)) {
        alone++;
      }
    }
    alone +=
        (int) left.stream().filter(other -> !marginal(other, found, options, tolerance)).count();
    return new DetectionAgreement(1, both, box, score, alone);
  }

  /** Whether a slightly smaller score would have kept it from being reported. */
  private static boolean marginal(
      Detection each,
      List<Detection> all,
      FasterRcnnOptions options,
      DetectionTolerance tolerance) {
    double last =
        all.size() < options.detections()
            ? options.scoreThreshold()
            : all.get(all.size() - 1).score();
    return each.score() - last <= tolerance.score();
  }

  private static double distance(Detection one, Detection other) {
    Box a = one.box();
    Box b = other.box();
    return Math.max(
        Math.max(Math.abs(a.xMin() - b.xMin()), Math.abs(a.yMin() - b.yMin())),
        Math.max(Math.abs(a.xMax() - b.xMax()), Math.abs(a.yMax() - b.yMax())));
  }

  boolean within(DetectionTolerance tolerance) {
    return alone <= tolerance.alone() * (detections + alone)
        && box <= tolerance.box()
        && score <= tolerance.score();
  }

  DetectionAgreement and(DetectionAgreement other) {
    return new DetectionAgreement(
        pictures + other.pictures,
        detections + other.detections,
        Math.max(box, other.box),
        Math.max(score, other.score),
        alone + other.alone);
  }

  /** In words. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "boxes within %.4f pixels, scores within %.6f%s",
        box,
        score,
        alone == 0 ? "" : ", " + alone + " found by one only");
  }
}
