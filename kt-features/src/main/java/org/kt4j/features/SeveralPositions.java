package org.kt4j.features;

import java.util.List;
import org.kt4j.api.Interpolation;
import org.kt4j.api.LayerPair;
import org.kt4j.api.TapShapes;
import org.tensorflow.ndarray.Shape;

/** What a method needs that compares how a map is spread over its positions. */
final class SeveralPositions {

  private SeveralPositions() {}

  /**
   * Checks that each pair is compared on two positions or more. Taps that do not exist are left for
   * the engine to report.
   *
   * @throws IllegalArgumentException when a pair is compared on one position
   */
  static void require(List<LayerPair> pairs, TapShapes teachers, TapShapes students) {
    for (LayerPair pair : pairs) {
      if (teachers.contains(pair.teacher()) && students.contains(pair.student())) {
        Shape known = teachers.shape(pair.teacher());
        Shape asked = students.shape(pair.student());
        Shape compared = pair.interpolation() == Interpolation.TEACHER ? asked : known;
        if (compared.get(1) * compared.get(2) == 1) {
          throw new IllegalArgumentException(
              "compares how a map is spread over its positions, and one position leaves nothing to"
                  + " compare; the teacher's '"
                  + pair.teacher()
                  + "' is "
                  + known
                  + ", the student's '"
                  + pair.student()
                  + "' is "
                  + asked
                  + "; fix: name layers with larger maps");
        }
      }
    }
  }
}
