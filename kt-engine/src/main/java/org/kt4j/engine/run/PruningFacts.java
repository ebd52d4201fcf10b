package org.kt4j.engine.run;

import org.jspecify.annotations.Nullable;

/**
 * What reports read of {@code pruning.json}, which lies beside the weights of a pruned network.
 *
 * @param costAfter what is left costs
 * @param after what was measured of it; null where nothing was
 */
public record PruningFacts(Cost costAfter, @Nullable Measured after) {

  /**
   * What a network costs.
   *
   * @param parameters trainable ones
   * @param flops of one picture, a multiplication and an addition counted as two
   */
  public record Cost(long parameters, long flops) {}

  /**
   * What was measured of a network.
   *
   * @param speed of its export
   */
  public record Measured(Speed speed) {}

  /**
   * How fast an export was.
   *
   * @param milliseconds for one picture
   */
  public record Speed(double milliseconds) {}
}
