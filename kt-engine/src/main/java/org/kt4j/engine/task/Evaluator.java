package org.kt4j.engine.task;

import java.util.List;
import java.util.function.IntConsumer;

/**
 * A student or a teacher that can be evaluated on pictures. It is open only during the visitor's
 * call.
 */
public interface Evaluator {

  /** The network in words. */
  String source();

  /** The pictures in words. */
  String pictures();

  /** The number of pictures. */
  int count();

  /**
   * Evaluates it.
   *
   * @param done receives the number of pictures that are done
   * @return the scores; the task's metric is the first
   * @throws org.kt4j.engine.run.TrainingException when its answers are no numbers
   */
  List<Fact> evaluate(IntConsumer done);
}
