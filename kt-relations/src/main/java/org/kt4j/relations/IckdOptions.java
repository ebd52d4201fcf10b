package org.kt4j.relations;

import org.kt4j.api.Adapt;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code ickd}.
 *
 * @param adapt when a 1x1 convolution makes the student's channels the teacher's
 * @param batchNorm whether that convolution's output is normalised over the batch
 * @param selection which maps' channels are correlated; the last pair of the layers of equal size
 *     when none is named
 */
public record IckdOptions(
    @Description("auto: a 1x1 convolution where the channel counts differ; always: everywhere")
        Adapt adapt,
    @Description("normalise that convolution's output over the batch") boolean batchNorm,
    @Inline LayerSelection selection) {

  /** The same with another convolution. */
  public IckdOptions with(Adapt otherAdapt, boolean otherBatchNorm) {
    return new IckdOptions(otherAdapt, otherBatchNorm, selection);
  }

  /** The same on other layers. */
  public IckdOptions on(LayerSelection other) {
    return new IckdOptions(adapt, batchNorm, other);
  }

  /** The last layers of equal size, with a convolution where they need one. */
  public static IckdOptions defaults() {
    return new IckdOptions(Adapt.AUTO, false, LayerSelection.automatic());
  }
}
