package com.example.meanmap;

import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/** The options of {@code mean-map}. */
public record MeanMapOptions(
    @Description("multiplies the student's means, above 0") double gain,
    @Description("teacher's tap: student's tap; paired by size when empty")
        Map<String, String> layers) {

  /** Checks the ranges. */
  public MeanMapOptions {
    if (!(gain > 0)) {
      throw new InvalidOptionException("gain", gain, "a number above 0");
    }
    layers = LayerSelection.of(layers).layers();
  }
}
