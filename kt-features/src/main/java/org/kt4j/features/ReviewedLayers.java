package org.kt4j.features;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.api.Interpolation;
import org.kt4j.api.LayerPair;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.tensorflow.ndarray.Shape;

/** The layers of a review, from the lowest to the deepest. */
final class ReviewedLayers {

  private ReviewedLayers() {}

  /** The pairs that were named, else those of equal size and {@code pooled}, where both have it. */
  static List<LayerPair> of(LayerSelection selection, TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = selection.pairs(teacher, student);
    if (!selection.layers().isEmpty()
        || !teacher.contains(Taps.POOLED)
        || !student.contains(Taps.POOLED)) {
      return pairs;
    }
    List<LayerPair> all = new ArrayList<>(pairs);
    all.add(new LayerPair(Taps.POOLED, Taps.POOLED, 1, Interpolation.NONE));
    return List.copyOf(all);
  }

  /**
   * Checks them. Taps that do not exist are left for the engine to report.
   *
   * @throws IllegalArgumentException when two layers of a pair cannot be compared, or a layer is
   *     larger than the one in front of it
   */
  static void check(List<LayerPair> pairs, TapShapes teacher, TapShapes student) {
    LayerPair lower = null;
    for (LayerPair pair : pairs) {
      if (!teacher.contains(pair.teacher()) || !student.contains(pair.student())) {
        return;
      }
      if (teacher.shape(pair.teacher()).numDimensions() != 2
          || student.shape(pair.student()).numDimensions() != 2) {
        pair.requireComparable(teacher, student);
      }
      if (lower != null) {
        requireOrder(lower, pair, student);
      }
      lower = pair;
    }
  }

  private static void requireOrder(LayerPair lower, LayerPair deeper, TapShapes student) {
    Shape first = student.shape(lower.student());
    Shape second = student.shape(deeper.student());
    if (side(first, 1) < side(second, 1) || side(first, 2) < side(second, 2)) {
      throw new IllegalArgumentException(
          "each layer is fused into the one named before it, which must be at least as large; the"
              + " student's '"
              + lower.student()
              + "' is "
              + first
              + ", behind it comes '"
              + deeper.student()
              + "' "
              + second
              + "; fix: name layers from the lowest to the deepest");
    }
  }

  /** Height or width; 1 of a layer without positions. */
  private static long side(Shape shape, int axis) {
    return shape.numDimensions() == 4 ? shape.get(axis) : 1;
  }
}
