package org.kt4j.engine.task;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.StepReport;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The graph and the batches of one phase. The caller of {@link PreparedRun#open} closes it. */
public interface PhaseTraining extends AutoCloseable {

  /** One step with its batch. */
  interface Step {

    /**
     * Runs the step.
     *
     * @param rate the learning rate
     * @param done the number of steps of the run before this one
     */
    StepReport run(double rate, long done);

    /**
     * The gradients of the weighted terms on this batch; nothing is updated.
     *
     * @param done the number of steps of the run before
     */
    TermGradients gradients(long done);
  }

  /** What can be done with a batch. */
  interface BatchStep<B> {

    /** As {@link Step#run}. */
    StepReport step(B batch, double rate, long done);

    /** As {@link Step#gradients}. */
    TermGradients gradients(B batch, long done);
  }

  /** One step for each batch; a batch is fetched when its step is asked for. */
  static <B> Iterator<Step> steps(Iterator<B> batches, BatchStep<B> step) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return batches.hasNext();
      }

      @Override
      public Step next() {
        B batch = batches.next();
        return new Step() {
          @Override
          public StepReport run(double rate, long done) {
            return step.step(batch, rate, done);
          }

          @Override
          public TermGradients gradients(long done) {
            return step.gradients(batch, done);
          }
        };
      }
    };
  }

  /** The graph. */
  ImageGraph graph();

  /** The distillation step in the graph. */
  DistillationStep distillation();

  /** Floating-point operations of the student's forward pass for one picture. */
  long studentFlopsPerImage();

  /** The same for one picture of a training step, if that computes less or more. */
  default long trainingFlopsPerImage() {
    return studentFlopsPerImage();
  }

  /** The student's logits in evaluation, {@code [B, K]}; null where it has none. */
  default @Nullable Operand<TFloat32> logits() {
    return null;
  }

  /**
   * The steps of an epoch. They end when another epoch is begun.
   *
   * @param epoch of the run, from 0
   */
  Iterator<Step> epoch(int epoch);

  /**
   * Evaluates the student's current weights on the held-out pictures.
   *
   * @throws TrainingException when its answers are no numbers
   */
  HeldOutScores evaluate();

  @Override
  void close();
}
