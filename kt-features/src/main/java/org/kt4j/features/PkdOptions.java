package org.kt4j.features;

import org.kt4j.api.Adapt;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code pkd}.
 *
 * @param adapt when a 1x1 convolution matches the student's channels to the teacher's
 * @param selection which maps are compared
 */
public record PkdOptions(
    @Description("auto: a 1x1 convolution where the channel counts differ; always: everywhere")
        Adapt adapt,
    @Inline LayerSelection selection) {

  /** The same with a convolution always, or only where it is needed. */
  public PkdOptions with(Adapt other) {
    return new PkdOptions(other, selection);
  }

  /** The same on other layers. */
  public PkdOptions on(LayerSelection other) {
    return new PkdOptions(adapt, other);
  }

  /** A convolution where it is needed, layers by size. */
  public static PkdOptions defaults() {
    return new PkdOptions(Adapt.AUTO, LayerSelection.automatic());
  }
}
