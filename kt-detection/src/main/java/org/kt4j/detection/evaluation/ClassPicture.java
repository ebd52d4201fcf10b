package org.kt4j.detection.evaluation;

import java.util.Comparator;
import java.util.List;
import org.kt4j.detection.data.Box;

/**
 * What there is of one class in one picture, and what was found.
 *
 * @param objects the boxes that count and the difficult ones
 * @param found the detections, the surest first; equal scores in the order in which they were given
 */
record ClassPicture(List<Target> objects, List<Detection> found) {

  static final Comparator<Detection> SUREST_FIRST =
      Comparator.comparingDouble(Detection::score).reversed();

  /** Sorts the detections. */
  ClassPicture {
    objects = List.copyOf(objects);
    found = found.stream().sorted(SUREST_FIRST).toList();
  }

  /** How many objects count. */
  int counted() {
    return (int) objects.stream().filter(object -> !object.difficult()).count();
  }

  /**
   * An object.
   *
   * @param box where it is
   * @param difficult whether finding or missing it does not count
   * @param area by which it is small, medium or large
   */
  record Target(Box box, boolean difficult, double area) {}
}
