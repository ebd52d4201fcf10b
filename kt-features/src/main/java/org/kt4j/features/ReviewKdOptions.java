package org.kt4j.features;

import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;

/**
 * The options of {@code reviewkd}.
 *
 * @param channels of the maps that are fused, at most; the deepest layer's if those are fewer
 * @param selection which maps are compared, from the lowest layer to the deepest; when none is
 *     named, {@code pooled} beside the layers of equal size
 */
public record ReviewKdOptions(
    @Description(
            "channels of the fused maps at most, 1 to 65536; fewer if the deepest layer has fewer")
        int channels,
    @Inline LayerSelection selection) {

  /** Checks the ranges. */
  public ReviewKdOptions {
    if (channels < 1 || channels > 65_536) {
      throw new InvalidOptionException("channels", channels, "1 to 65536");
    }
  }

  /** The same with another number of fused channels. */
  public ReviewKdOptions with(int otherChannels) {
    return new ReviewKdOptions(otherChannels, selection);
  }

  /** The same on other layers. */
  public ReviewKdOptions on(LayerSelection other) {
    return new ReviewKdOptions(channels, other);
  }

  /** At most 512 channels as in the authors' code, layers by size in front of the activation. */
  public static ReviewKdOptions defaults() {
    return new ReviewKdOptions(
        512,
        new LayerSelection(Map.of(), Map.of(), TapChoice.BEFORE_ACTIVATION, Interpolation.NONE));
  }
}
