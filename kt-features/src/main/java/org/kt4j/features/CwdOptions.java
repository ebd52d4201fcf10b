package org.kt4j.features;

import org.kt4j.api.Adapt;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code cwd}.
 *
 * @param temperature that softens the distribution of a channel over the positions
 * @param adapt when a 1x1 convolution matches the student's channels to the teacher's
 * @param selection which maps are compared
 */
public record CwdOptions(
    @Description("softens each channel's distribution over the positions, 0.001 to 10000")
        double temperature,
    @Description("auto: a 1x1 convolution where the channel counts differ; always: everywhere")
        Adapt adapt,
    @Inline LayerSelection selection) {

  /** Checks the ranges. */
  public CwdOptions {
    if (!(temperature >= 0.001 && temperature <= 10_000)) {
      throw new InvalidOptionException("temperature", temperature, "0.001 to 10000");
    }
  }

  /** The same at another temperature. */
  public CwdOptions with(double otherTemperature) {
    return new CwdOptions(otherTemperature, adapt, selection);
  }

  /** The same with a convolution always, or only where it is needed. */
  public CwdOptions with(Adapt other) {
    return new CwdOptions(temperature, other, selection);
  }

  /** The same on other layers. */
  public CwdOptions on(LayerSelection other) {
    return new CwdOptions(temperature, adapt, other);
  }

  /** The temperature of the authors' code, layers by size. */
  public static CwdOptions defaults() {
    return new CwdOptions(4, Adapt.AUTO, LayerSelection.automatic());
  }
}
