package org.kt4j.features;

import java.util.Map;
import org.kt4j.api.Adapt;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.Interpolation;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;

/**
 * The options of {@code ofd}.
 *
 * @param margin what a neuron of the teacher that is not active asks for at least
 * @param layerDecay factor of a layer relative to the next one
 * @param adapt when a 1x1 convolution matches the student's channels to the teacher's
 * @param selection which maps are compared
 */
public record OfdOptions(
    @Description("measured: each channel's mean negative value on training pictures; or none")
        Margin margin,
    @Description("factor of a layer relative to the next one, 0.001 to 1; the last counts 1")
        double layerDecay,
    @Description("auto: a 1x1 convolution where the channel counts differ; always: everywhere")
        Adapt adapt,
    @Inline LayerSelection selection) {

  /** What a neuron of the teacher that is not active asks for at least. */
  public enum Margin {
    /** The mean of its channel's negative values, measured on training pictures. */
    MEASURED,
    /** Its value, however far below zero. */
    NONE
  }

  /** Checks the ranges. */
  public OfdOptions {
    DecayingLayers.check(layerDecay);
  }

  /** The same with another margin and another factor of lower layers. */
  public OfdOptions with(Margin other, double otherLayerDecay) {
    return new OfdOptions(other, otherLayerDecay, adapt, selection);
  }

  /** The same with a convolution always, or only where it is needed. */
  public OfdOptions with(Adapt other) {
    return new OfdOptions(margin, layerDecay, other, selection);
  }

  /** The same on other layers. */
  public OfdOptions on(LayerSelection other) {
    return new OfdOptions(margin, layerDecay, adapt, other);
  }

  /** A measured margin, the authors' factors, layers by size in front of the activation. */
  public static OfdOptions defaults() {
    return new OfdOptions(
        Margin.MEASURED,
        0.5,
        Adapt.AUTO,
        new LayerSelection(Map.of(), Map.of(), TapChoice.BEFORE_ACTIVATION, Interpolation.NONE));
  }
}
