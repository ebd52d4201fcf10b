package org.kt4j.relations;

import org.kt4j.api.Adapt;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code fsp}.
 *
 * @param adapt when a 1x1 convolution makes the student's channels the teacher's
 * @param selection the layers that flow into each other, in this order; all of equal size when none
 *     is named
 */
public record FspOptions(
    @Description("auto: a 1x1 convolution where the channel counts differ; always: everywhere")
        Adapt adapt,
    @Inline LayerSelection selection) {

  /** The same on other layers. */
  public FspOptions on(LayerSelection other) {
    return new FspOptions(adapt, other);
  }

  /** All layers of equal size, with a convolution where they need one. */
  public static FspOptions defaults() {
    return new FspOptions(Adapt.AUTO, LayerSelection.automatic());
  }
}
