package org.kt4j.features;

import org.kt4j.api.Adapt;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code mgd}.
 *
 * @param mask what is masked together
 * @param masked the share that is masked
 * @param adapt when a 1x1 convolution matches the student's channels to the teacher's
 * @param selection which maps are compared; one pair when none is named
 */
public record MgdOptions(
    @Description("channels: whole channels are masked; positions: all channels of a position")
        Mask mask,
    @Description("share of the student's map that is masked in each step, 0 to 0.99") double masked,
    @Description("auto: a 1x1 convolution where the channel counts differ; always: everywhere")
        Adapt adapt,
    @Inline LayerSelection selection) {

  /** What is masked together. */
  public enum Mask {
    /** All positions of a channel. */
    CHANNELS,
    /** All channels of a position. */
    POSITIONS
  }

  /** Checks the ranges. */
  public MgdOptions {
    if (!(masked >= 0 && masked <= 0.99)) {
      throw new InvalidOptionException("masked", masked, "0 to 0.99");
    }
  }

  /** The same with another mask. */
  public MgdOptions with(Mask otherMask, double otherMasked) {
    return new MgdOptions(otherMask, otherMasked, adapt, selection);
  }

  /** The same with a convolution always, or only where it is needed. */
  public MgdOptions with(Adapt other) {
    return new MgdOptions(mask, masked, other, selection);
  }

  /** The same on other layers. */
  public MgdOptions on(LayerSelection other) {
    return new MgdOptions(mask, masked, adapt, other);
  }

  /** The mask of the authors' code for classifiers, on the last layers of equal size. */
  public static MgdOptions defaults() {
    return new MgdOptions(Mask.CHANNELS, 0.15, Adapt.AUTO, LayerSelection.automatic());
  }
}
