package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.LayerPair;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.tensorflow.ndarray.Shape;

/**
 * The pairs of layers that were named; else the last one of the layers of equal size, which is the
 * one that the published codes read.
 */
final class LastPair {

  private LastPair() {}

  /**
   * The pairs.
   *
   * @throws IllegalArgumentException when no sizes agree and none are named, or a weight belongs to
   *     another pair
   */
  static List<LayerPair> orNamed(LayerSelection selection, TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = selection.pairs(teacher, student);
    if (!selection.layers().isEmpty()) {
      return pairs;
    }
    LayerPair last = pairs.get(pairs.size() - 1);
    for (String tap : selection.layerWeights().keySet()) {
      if (!tap.equals(last.teacher())) {
        throw new IllegalArgumentException(
            "layer-weights has '"
                + tap
                + "'; without layers the last pair alone is read, whose teacher's tap is '"
                + last.teacher()
                + "'; fix: name the pairs with layers: {TEACHER-TAP: STUDENT-TAP}");
      }
    }
    return List.of(last);
  }

  /** The taps that pairs read. */
  static Taps taps(List<LayerPair> pairs) {
    return new Taps(
        pairs.stream().map(LayerPair::teacher).toList(),
        pairs.stream().map(LayerPair::student).toList());
  }

  /**
   * Checks that both sides of a pair are feature maps, of whatever size. Taps that do not exist are
   * left for the engine to report.
   *
   * @throws IllegalArgumentException when one is none
   */
  static void requireMaps(LayerPair pair, TapShapes teacher, TapShapes student) {
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
