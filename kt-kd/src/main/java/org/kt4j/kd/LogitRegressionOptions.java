package org.kt4j.kd;

import org.kt4j.api.Description;

/**
 * The options of {@code logit-regression}.
 *
 * @param standardize whether the logits of each image are standardized first
 */
public record LogitRegressionOptions(
    @Description("first give the logits of each image mean 0 and standard deviation 1")
        boolean standardize) {

  /** The logits as they are. */
  public static LogitRegressionOptions defaults() {
    return new LogitRegressionOptions(false);
  }
}
