package org.kt4j.engine.task;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Which of its answers a predictor returns.
 *
 * @param top the largest number of answers, those with the highest scores first; the task decides
 *     when empty
 * @param threshold the smallest probability or score, 0 to 1; the task decides when empty
 */
public record PredictionOptions(OptionalInt top, OptionalDouble threshold) {

  /** The defaults of each task. */
  public static PredictionOptions usual() {
    return new PredictionOptions(OptionalInt.empty(), OptionalDouble.empty());
  }
}
