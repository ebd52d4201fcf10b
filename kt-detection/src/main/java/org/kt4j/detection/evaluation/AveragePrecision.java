package org.kt4j.detection.evaluation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Precision over recall of one class, and its averages.
 *
 * <p>With detections from the surest to the least sure, recall after the first {@code n} is the
 * share of the objects that they found, precision the share of them that found one. The precision
 * at a recall {@code r} is the highest one at any recall from {@code r} on; 0 where no recall
 * reaches {@code r}. All numbers are NaN where there is no object.
 */
final class AveragePrecision {

  private static final int LEVELS = 101;

  private final int objects;
  private final int[] found; // objects found after each detection
  private final double[] precision; // the highest from each detection on

  /**
   * A curve.
   *
   * @param hits whether each detection found an object, from the surest to the least sure; those
   *     that do not count are left out
   * @param objects that there are to find
   */
  AveragePrecision(boolean[] hits, int objects) {
    this.objects = objects;
    this.found = new int[hits.length];
    this.precision = new double[hits.length];
    int sum = 0;
    for (int i = 0; i < hits.length; i++) {
      sum += hits[i] ? 1 : 0;
      found[i] = sum;
      precision[i] = sum / (i + 1.0);
    }
    for (int i = hits.length - 2; i >= 0; i--) {
      precision[i] = Math.max(precision[i], precision[i + 1]);
    }
  }

  /** Whether there is an object, and so a number. */
  boolean isDefined() {
    return objects > 0;
  }

  /** The share of the objects that were found at all. */
  double recall() {
    int all = found.length == 0 ? 0 : found[found.length - 1];
    return isDefined() ? (double) all / objects : Double.NaN;
  }

  /** PASCAL VOC until 2009: the mean precision at recall 0, 0.1, ..., 1. */
  double elevenPoint() {
    double sum = 0;
    int at = 0;
    for (int tenth = 0; tenth <= 10; tenth++) {
      // In whole numbers: 3 of 10 objects reach a recall of 0.3.
      while (at < found.length && 10L * found[at] < (long) tenth * objects) {
        at++;
      }
      sum += at < found.length ? precision[at] : 0;
    }
    return isDefined() ? sum / 11 : Double.NaN;
  }

  /** PASCAL VOC from 2010 on: the area under the curve. */
  double area() {
    double sum = 0;
    int before = 0;
    for (int i = 0; i < found.length; i++) {
      sum += (found[i] - before) * precision[i];
      before = found[i];
    }
    return isDefined() ? sum / objects : Double.NaN;
  }

  /**
   * The precision at recall 0, 0.01, ..., 1. Recalls are compared in double arithmetic, as
   * pycocotools does.
   *
   * @return 101 numbers
   */
  List<Double> levels() {
    return IntStream.range(0, LEVELS).mapToObj(this::level).toList();
  }

  /** COCO: the mean precision at recall 0, 0.01, ..., 1. */
  double mean() {
    return IntStream.range(0, LEVELS).mapToDouble(this::level).sum() / LEVELS;
  }

  private double level(int hundredth) {
    if (!isDefined()) {
      return Double.NaN;
    }
    double recall = hundredth * 0.01;
    int low = 0;
    int high = found.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if ((double) found[middle] / objects < recall) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < found.length ? precision[low] : 0;
  }
}
