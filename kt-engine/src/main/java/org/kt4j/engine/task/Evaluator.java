package org.kt4j.engine.task;

import java.util.List;
import java.util.function.IntConsumer;

/** A student or a teacher, ready to be tried on pictures; open only while it is visited. */
public interface Evaluator {

  /** What it is, in words. */
  String source();

  /** What it is tried on, in words. */
  String pictures();

  /** How many pictures these are. */
  int count();

  /**
   * Tries it.
   *
   * @param done told how many pictures are done
   * @return the metric of the task first
   * @throws org.kt4j.engine.run.TrainingException when its answers are no numbers
   */
  List<Fact> evaluate(IntConsumer done);
}
