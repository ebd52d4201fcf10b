package org.kt4j.comparison.figures;

import org.jspecify.annotations.Nullable;
import org.kt4j.api.InvalidOptionException;

/**
 * How much is looked at and shown.
 *
 * @param layer {@code TEACHERTAP=STUDENTTAP}; the last pair of equal height and width when null
 * @param pictures how many are looked at; all when there are fewer
 * @param neurons how many of the teacher's get a heat map
 * @param top pictures of each
 * @param seed of the embedding
 */
public record FigureOptions(@Nullable String layer, int pictures, int neurons, int top, long seed) {

  /** Checks the ranges. */
  public FigureOptions {
    require("top", top, 1, 20);
    require("neurons", neurons, 1, 100);
    require("pictures", pictures, top, 1_000_000);
  }

  private static void require(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidOptionException(option, value, least + " to " + most);
    }
  }
}
