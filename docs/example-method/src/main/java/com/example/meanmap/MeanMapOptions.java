package com.example.meanmap;

import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code mean-map}: {@code gain}, {@code layers}, {@code layer-weights} and so on.
 */
public record MeanMapOptions(
    @Description("multiplies the student's means, 1e-6 to 1e6") double gain,
    @Inline LayerSelection selection) {

  /** Checks the range. */
  public MeanMapOptions {
    if (!(gain >= 1e-6 && gain <= 1e6)) {
      throw new InvalidOptionException("gain", gain, "1e-6 to 1e6");
    }
  }
}
