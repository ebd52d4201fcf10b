package org.kt4j.relations;

import org.kt4j.api.Inline;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code sp}.
 *
 * @param selection which maps the similarities are computed of; the last pair of the layers of
 *     equal size when none is named
 */
public record SpOptions(@Inline LayerSelection selection) {

  /** The last layers of equal size, as in the published codes. */
  public static SpOptions defaults() {
    return new SpOptions(LayerSelection.automatic());
  }
}
