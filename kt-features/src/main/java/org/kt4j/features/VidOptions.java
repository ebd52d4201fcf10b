package org.kt4j.features;

import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code vid}.
 *
 * @param initialVariance of every channel before the first step
 * @param selection which maps are compared
 */
public record VidOptions(
    @Description("variance of each channel before the first step, 0.001 to 1000")
        double initialVariance,
    @Inline LayerSelection selection) {

  /** Checks the ranges. */
  public VidOptions {
    if (!(initialVariance >= 0.001 && initialVariance <= 1000)) {
      throw new InvalidOptionException("initialVariance", initialVariance, "0.001 to 1000");
    }
  }

  /** The same with another variance to begin with. */
  public VidOptions with(double otherInitialVariance) {
    return new VidOptions(otherInitialVariance, selection);
  }

  /** The same on other layers. */
  public VidOptions on(LayerSelection other) {
    return new VidOptions(initialVariance, other);
  }

  /** The variance of the authors' code, layers by size. */
  public static VidOptions defaults() {
    return new VidOptions(5, LayerSelection.automatic());
  }
}
