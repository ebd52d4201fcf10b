package org.kt4j.engine.training;

import java.util.Iterator;
import org.kt4j.engine.graph.ImageGraph;

/** One phase of a run, ready to be trained. Whoever opened it closes it. */
public interface PhaseTraining extends AutoCloseable {

  /** One step whose pictures are there. */
  @FunctionalInterface
  interface Step {

    /**
     * Runs the step.
     *
     * @param rate the learning rate
     * @param done the number of steps of the run before this one
     */
    StepReport run(double rate, long done);
  }

  /** The graph. */
  ImageGraph graph();

  /** What is learnt in it. */
  Learning learning();

  /** Floating-point operations of the student's forward pass for one picture. */
  long studentFlopsPerImage();

  /**
   * The steps of an epoch; beginning another ends it.
   *
   * @param epoch of the run, from 0
   */
  Iterator<Step> epoch(int epoch);

  /**
   * The student as it is now, on the held-out pictures.
   *
   * @throws TrainingException when its answers are no numbers
   */
  HeldOutScores evaluate();

  @Override
  void close();
}
