package org.kt4j.features;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerPair;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;

/**
 * Pairs of layers of which each counts by a factor less than the next one, as where the sum over a
 * map grows with its size: {@code w_l decay^(n - 1 - l)} for {@code l} from 0 to {@code n - 1}.
 */
final class DecayingLayers {

  private DecayingLayers() {}

  /**
   * Checks the factor.
   *
   * @throws InvalidOptionException when it is out of its range
   */
  static void check(double decay) {
    if (!(decay >= 0.001 && decay <= 1)) {
      throw new InvalidOptionException("layerDecay", decay, "0.001 to 1; 1 counts layers alike");
    }
  }

  /** The pairs of a selection in their order, weighted. */
  static List<LayerPair> pairs(
      LayerSelection selection, double decay, TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = selection.pairs(teacher, student);
    List<LayerPair> weighted = new ArrayList<>();
    for (int l = 0; l < pairs.size(); l++) {
      LayerPair pair = pairs.get(l);
      double weight = pair.weight() * Math.pow(decay, pairs.size() - 1 - l);
      weighted.add(new LayerPair(pair.teacher(), pair.student(), weight, pair.interpolation()));
    }
    return List.copyOf(weighted);
  }
}
