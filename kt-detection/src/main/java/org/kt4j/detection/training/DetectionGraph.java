package org.kt4j.detection.training;

import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.StepReport;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * The graph of one phase of a detector: the training step, and the detector in evaluation mode over
 * the same variables.
 */
final class DetectionGraph implements AutoCloseable {

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
  StepReport step(DetectionBatch batch, double rate, long done) {
    try (TUint8 pixels = graph.tensor(batch.images(), batch.size());
        TFloat32 boxes = TFloat32.tensorOf(StdArrays.ndCopyOf(batch.boxes()));
        TInt32 labels = TInt32.tensorOf(StdArrays.ndCopyOf(batch.labels()));
        TFloat32 areas =
            TFloat32.tensorOf(Shape.of(batch.size(), 2), DataBuffers.of(batch.areas()))) {
      return distillation.step(
          new DistillationStep.Pictures(pixels, batch.indices(), batch.view()),
          runner ->
              runner
                  .feed(FasterRcnn.BOXES, boxes)
                  .feed(FasterRcnn.LABELS, labels)
                  .feed(FasterRcnn.AREAS, areas),
          rate,
          done);
    }
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
