package org.kt4j.detection.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.detection.data.Box;

/**
 * Which detections count as right, as pycocotools decides it. Of each picture, the surest
 * detections of the class are taken, {@value #MOST} at most. Each looks, in order of its score, at
 * the objects that none before it took, and takes the one that it overlaps most if that reaches the
 * threshold, the last one of several; objects that count come before those that do not. A detection
 * that took an object that counts is right; one that took another does not count; one that took
 * none is wrong if its own area is in the range, and does not count otherwise.
 *
 * <p>An object does not count when it is difficult or its area is out of the range. A difficult one
 * stands for a crowd: it can be taken any number of times, and its overlap is the share of the
 * detection that lies in it.
 */
final class CocoMatching {

  /** How many detections of a picture are looked at. */
  static final int MOST = 100;

  private final List<Picture> pictures = new ArrayList<>();

  /**
   * Measures all overlaps once, for every threshold and range.
   *
   * @param pictures of one class
   */
  CocoMatching(List<ClassPicture> pictures) {
    for (ClassPicture picture : pictures) {
      this.pictures.add(new Picture(picture));
    }
  }

  /**
   * Precision over recall.
   *
   * @param threshold the least overlap, such as 0.5
   * @param range of the objects that count
   * @param most detections of a picture, at most {@value #MOST}
   */
  AveragePrecision match(double threshold, AreaRange range, int most) {
    Verdicts verdicts = new Verdicts();
    int objects = 0;
    for (Picture picture : pictures) {
      objects += picture.match(threshold, range, most, verdicts);
    }
    return verdicts.curve(objects);
  }

  private static final class Picture {
    private final List<ClassPicture.Target> objects;
    private final List<Detection> found;
    private final double[][] overlaps; // [detection][object]

    Picture(ClassPicture picture) {
      objects = picture.objects();
      found = picture.found().stream().limit(MOST).toList();
      overlaps = new double[found.size()][objects.size()];
      for (int d = 0; d < found.size(); d++) {
        for (int o = 0; o < objects.size(); o++) {
          overlaps[d][o] = overlap(found.get(d).box(), objects.get(o));
        }
      }
    }

    /** Adds the verdicts on this picture; returns how many objects count. */
    int match(double threshold, AreaRange range, int most, Verdicts verdicts) {
      boolean[] counts = new boolean[objects.size()];
      int counted = 0;
      for (int o = 0; o < counts.length; o++) {
        ClassPicture.Target object = objects.get(o);
        counts[o] = !object.difficult() && range.contains(object.area());
        counted += counts[o] ? 1 : 0;
      }
      boolean[] taken = new boolean[objects.size()];
      for (int d = 0; d < Math.min(most, found.size()); d++) {
        Detection detection = found.get(d);
        int best = best(d, threshold, counts, taken, true);
        if (best < 0) {
          best = best(d, threshold, counts, taken, false);
        }
        if (best >= 0) {
          taken[best] = true;
          if (counts[best]) {
            verdicts.add(detection.score(), true);
          }
        } else if (range.contains(detection.box().area())) {
          verdicts.add(detection.score(), false);
        }
      }
      return counted;
    }

    /** The free object that a detection overlaps most among those that count, or do not; or -1. */
    private int best(
        int detection, double threshold, boolean[] counts, boolean[] taken, boolean counting) {
      int best = -1;
      double most =
          Math.min(threshold, 1 - 1e-10); // as pycocotools: rounding must not cost a match
      for (int o = 0; o < taken.length; o++) {
        boolean free = !taken[o] || objects.get(o).difficult();
        if (counts[o] == counting && free && overlaps[detection][o] >= most) {
          most = overlaps[detection][o];
          best = o;
        }
      }
      return best;
    }

    private static double overlap(Box detection, ClassPicture.Target object) {
      if (!object.difficult()) {
        return detection.iou(object.box());
      }
      Box box = object.box();
      Box shared =
          new Box(
              Math.max(detection.xMin(), box.xMin()),
              Math.max(detection.yMin(), box.yMin()),
              Math.min(detection.xMax(), box.xMax()),
              Math.min(detection.yMax(), box.yMax()));
      return detection.area() > 0 ? shared.area() / detection.area() : 0;
    }
  }
}
