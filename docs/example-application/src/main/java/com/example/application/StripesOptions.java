package com.example.application;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/** The options of {@code stripes}. */
public record StripesOptions(@Description("training pictures, 8 to 10000") int train) {

  /** Checks the range. */
  public StripesOptions {
    if (train < 8 || train > 10_000) {
      throw new InvalidOptionException("train", train, "8 to 10000");
    }
  }
}
