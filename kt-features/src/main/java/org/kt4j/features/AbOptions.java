package org.kt4j.features;

import java.util.Map;
import org.kt4j.api.Adapt;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;

/**
 * The options of {@code ab}.
 *
 * @param margin by which a neuron of the student has to be on its side
 * @param layerDecay factor of a layer relative to the next one
 * @param adapt when a 1x1 convolution matches the student's channels to the teacher's
 * @param selection which maps are compared
 */
public record AbOptions(
    @Description("how far on its side of zero each neuron has to be, 0.001 to 1000") double margin,
    @Description("factor of a layer relative to the next one, 0.001 to 1; the last counts 1")
        double layerDecay,
    @Description("auto: a 1x1 convolution where the channel counts differ; always: everywhere")
        Adapt adapt,
    @Inline LayerSelection selection) {

  /** Checks the ranges. */
  public AbOptions {
    if (!(margin >= 0.001 && margin <= 1000)) {
      throw new InvalidOptionException("margin", margin, "0.001 to 1000");
    }
    DecayingLayers.check(layerDecay);
  }

  /** The same with another margin and another factor of lower layers. */
  public AbOptions with(double otherMargin, double otherLayerDecay) {
    return new AbOptions(otherMargin, otherLayerDecay, adapt, selection);
  }

  /** The same with a convolution always, or only where it is needed. */
  public AbOptions with(Adapt other) {
    return new AbOptions(margin, layerDecay, other, selection);
  }

  /** The same on other layers. */
  public AbOptions on(LayerSelection other) {
    return new AbOptions(margin, layerDecay, adapt, other);
  }

  /** The margin and factors of the authors' code, layers by size in front of the activation. */
  public static AbOptions defaults() {
    return new AbOptions(
        1,
        0.5,
        Adapt.AUTO,
        new LayerSelection(Map.of(), Map.of(), TapChoice.BEFORE_ACTIVATION, Interpolation.NONE));
  }
}
