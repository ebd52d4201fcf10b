package org.kt4j.features;

import java.util.List;
import org.kt4j.api.LayerPair;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;

/** The layers of a method that its authors use on the last map of a network. */
final class LastLayer {

  private LastLayer() {}

  /** The pairs that were named, else the last of those of equal size. */
  static List<LayerPair> pairs(LayerSelection selection, TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = selection.pairs(teacher, student);
    return selection.layers().isEmpty() ? List.of(pairs.get(pairs.size() - 1)) : pairs;
  }
}
