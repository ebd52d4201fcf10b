package org.kt4j.relations;

import org.kt4j.api.LayerPair;
import org.kt4j.api.TapShapes;
import org.tensorflow.ndarray.Shape;

/** What methods on channels need of a pair of layers. */
final class FeatureMaps {

  private FeatureMaps() {}

  /**
   * Checks that both sides of a pair are feature maps, of whatever size. Taps that do not exist are
   * left for the engine to report.
   *
   * @throws IllegalArgumentException when one is none
   */
  static void require(LayerPair pair, TapShapes teacher, TapShapes student) {
    if (!teacher.contains(pair.teacher()) || !student.contains(pair.student())) {
      return;
    }
    Shape known = teacher.shape(pair.teacher());
    Shape asked = student.shape(pair.student());
    if (known.numDimensions() != 4 || asked.numDimensions() != 4) {
      throw new IllegalArgumentException(
          "relates channels of feature maps [B, H, W, C]; the teacher's '"
              + pair.teacher()
              + "' is "
              + known
              + ", the student's '"
              + pair.student()
              + "' is "
              + asked
              + "; fix: name layers that are feature maps");
    }
  }
}
