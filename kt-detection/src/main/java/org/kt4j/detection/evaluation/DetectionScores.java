package org.kt4j.detection.evaluation;

import java.util.List;

/**
 * How good detections are. Every figure is an average precision or an average recall, from 0 to 1,
 * higher is better, and NaN where there is no object to find.
 *
 * @param vocArea PASCAL VOC from 2010 on: area under precision over recall at an overlap of 0.5,
 *     mean over the classes that have objects
 * @param voc2007 PASCAL VOC until 2009: mean over 11 recalls at an overlap of 0.5, mean over the
 *     classes that have objects
 * @param coco COCO's AP: mean over 101 recalls, overlaps of 0.5, 0.55, ..., 0.95, and the classes
 *     that have objects
 * @param coco50 COCO's AP at an overlap of 0.5
 * @param coco75 COCO's AP at an overlap of 0.75
 * @param small COCO's AP of objects up to 32² square pixels of the stored picture
 * @param medium COCO's AP of objects from 32² to 96² square pixels
 * @param large COCO's AP of objects from 96² square pixels on
 * @param recall COCO's AR
 * @param classes each class by itself, in order of the labels
 */
public record DetectionScores(
    double vocArea,
    double voc2007,
    double coco,
    double coco50,
    double coco75,
    double small,
    double medium,
    double large,
    Recall recall,
    List<ClassScores> classes) {

  /** Freezes the list. */
  public DetectionScores {
    classes = List.copyOf(classes);
  }

  /**
   * COCO's AR: the share of the objects that are found, mean over overlaps of 0.5, 0.55, ..., 0.95,
   * and the classes that have objects.
   *
   * @param surest with the surest detection of each class in a picture
   * @param tenSurest with the ten surest
   * @param hundredSurest with the hundred surest
   * @param small of objects up to 32² square pixels, with the hundred surest
   * @param medium of objects from 32² to 96² square pixels
   * @param large of objects from 96² square pixels on
   */
  public record Recall(
      double surest,
      double tenSurest,
      double hundredSurest,
      double small,
      double medium,
      double large) {}

  /**
   * One class.
   *
   * @param name of the class
   * @param objects that count: those that are not difficult
   * @param vocArea PASCAL VOC from 2010 on
   * @param voc2007 PASCAL VOC until 2009
   * @param coco COCO's AP, mean over the overlaps
   * @param recall COCO's AR with the hundred surest detections of a picture
   * @param precision at 101 recalls, 0.00, 0.01, ..., 1.00, matched as in PASCAL VOC at an overlap
   *     of 0.5: the highest at this recall or beyond; 0 where a recall is not reached
   */
  public record ClassScores(
      String name,
      int objects,
      double vocArea,
      double voc2007,
      double coco,
      double recall,
      List<Double> precision) {

    /** Freezes the list. */
    public ClassScores {
      precision = List.copyOf(precision);
    }
  }
}
