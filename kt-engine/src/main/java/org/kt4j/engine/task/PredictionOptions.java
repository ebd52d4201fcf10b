package org.kt4j.engine.task;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How much of its answers a predictor tells.
 *
 * @param top how many at most, the surest first; left to the task when empty
 * @param threshold the smallest probability or score that counts, 0 to 1; left to the task when
 *     empty
 */
public record PredictionOptions(OptionalInt top, OptionalDouble threshold) {

  /** What each task usually tells. */
  public static PredictionOptions usual() {
    return new PredictionOptions(OptionalInt.empty(), OptionalDouble.empty());
  }
}
