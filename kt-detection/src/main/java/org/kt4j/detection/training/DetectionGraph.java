package org.kt4j.detection.training;

import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.StepReport;
import org.kt4j.engine.task.PhaseTraining;

/**
 * The graph of one phase of a detector: the training step, and the detector in evaluation mode over
 * the same variables.
 */
final class DetectionGraph implements PhaseTraining.BatchStep<DetectionBatch>, AutoCloseable {

  private final ImageGraph graph;
  private final DistillationStep distillation;
  private final Finder finder;

  /** Builds the graph and gives every variable its first value; the teachers' are their weights. */
  DetectionGraph(FasterRcnn detector, DistillationStep.Blueprint blueprint, long seed) {
    graph = new ImageGraph(detector.picture(), blueprint.replication());
    try {
      distillation = new DistillationStep(graph, detector.studentGraph(seed), blueprint, seed);
      finder = new Finder(graph, detector, distillation.student());
      distillation.initialize();
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** One training step: a single run of the session. */
  @Override
  public StepReport step(DetectionBatch batch, double rate, long done) {
    return distillation.step(input(batch), rate, done);
  }

  @Override
  public TermGradients gradients(DetectionBatch batch, long done) {
    return distillation.gradients(input(batch), done);
  }

  private static DistillationStep.Input input(DetectionBatch batch) {
    return new DistillationStep.Input(
        batch.images(), batch.size(), batch.indices(), batch.view(), batch::into);
  }

  ImageGraph graph() {
    return graph;
  }

  DistillationStep distillation() {
    return distillation;
  }

  Finder finder() {
    return finder;
  }

  @Override
  public void close() {
    graph.close();
  }
}
