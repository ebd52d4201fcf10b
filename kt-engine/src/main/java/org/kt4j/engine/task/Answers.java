package org.kt4j.engine.task;

import java.util.OptionalDouble;

/** What a model says of all pictures of a part of the data. */
public interface Answers {

  /** How good it is, by the task's metric. */
  double score();

  /**
   * The share of what both say that is the same: pictures of one class, objects that both find.
   *
   * @return empty where answers are numbers, which are never the same
   */
  OptionalDouble agreement(Answers other);

  /** Answers that have a score and no agreement. */
  static Answers ofScore(double score) {
    return new Answers() {
      @Override
      public double score() {
        return score;
      }

      @Override
      public OptionalDouble agreement(Answers other) {
        return OptionalDouble.empty();
      }
    };
  }
}
