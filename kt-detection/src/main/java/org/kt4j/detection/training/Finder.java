package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.kt4j.data.ImageShape;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionEvaluator;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.cache.GraphDigest;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.teacher.Fingerprint;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A detector in evaluation mode, part of a graph. */
final class Finder {

  /** Pictures at once. */
  static final int BATCH_SIZE = 8;

  private final ImageGraph graph;
  private final ImageShape shape;
  private final Placeholder<TFloat32> areas;
  private final FasterRcnn.Detections detections;

  /** Adds a detector to a graph, over these variables. */
  Finder(ImageGraph graph, FasterRcnn detector, Variables variables) {
    this.graph = graph;
    this.shape = detector.picture();
    Ops scope = graph.tf().withSubScope("evaluation");
    areas = scope.withName("areas").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
    detections = detector.detections(graph, scope, variables, areas);
  }

  long flopsPerImage() {
    return detections.flopsPerImage();
  }

  long flopsPerRegion() {
    return detections.flopsPerRegion();
  }

  /** A hash of the operations that lead from pictures to what is found, without the weights. */
  String digest() {
    GraphDigest digest = new GraphDigest(graph.graph());
    Fingerprint fingerprint = new Fingerprint();
    for (Operand<?> each :
        List.of(detections.boxes(), detections.scores(), detections.labels(), detections.count())) {
      fingerprint.add(digest.of(each.asOutput()));
    }
    return fingerprint.hex();
  }

  /**
   * What is found in pictures, in pixels of each as it is stored; the surest first.
   *
   * @throws TrainingException when a score or a box is no number
   */
  List<List<Detection>> find(List<PictureScaling.Scaled> pictures) {
    return FoundRow.detections(rows(pictures), pictures);
  }

  /**
   * The same as the graph gives it, a {@link FoundRow} for each picture.
   *
   * @throws TrainingException when a score or a box is no number
   */
  float[] rows(List<PictureScaling.Scaled> pictures) {
    int size = pictures.size();
    byte[] pixels = new byte[size * shape.bytes()];
    float[] sizes = new float[2 * size];
    for (int i = 0; i < size; i++) {
      PictureScaling.Scaled picture = pictures.get(i);
      System.arraycopy(picture.pixels(), 0, pixels, i * shape.bytes(), shape.bytes());
      sizes[2 * i] = picture.height();
      sizes[2 * i + 1] = picture.width();
    }
    try (TUint8 fed = graph.tensor(pixels, size);
        TFloat32 within = TFloat32.tensorOf(Shape.of(size, 2), DataBuffers.of(sizes))) {
      Session.Runner runner =
          graph
              .runner()
              .feed(graph.images(), fed)
              .feed(areas, within)
              .fetch(detections.boxes())
              .fetch(detections.scores())
              .fetch(detections.labels())
              .fetch(detections.count());
      try (Result result = runner.run()) {
        return FoundRow.of(
            ImageGraph.floats((TFloat32) result.get(0)),
            ImageGraph.floats((TFloat32) result.get(1)),
            ImageGraph.floats((TFloat32) result.get(2)),
            (TInt32) result.get(3));
      }
    }
  }

  /**
   * What is found in every picture of a data set by several workers together: each takes the batch
   * of its turn, and all get everything. All call it together.
   */
  List<List<Detection>> findAll(ScaledPictures pictures, Replicas replicas) {
    List<List<Detection>> found = new ArrayList<>();
    replicas.inTurns(
        (pictures.size() + BATCH_SIZE - 1) / BATCH_SIZE,
        batch -> DetectionBytes.of(find(batch(pictures, batch * BATCH_SIZE))),
        each -> found.addAll(DetectionBytes.read(each)));
    return found;
  }

  private static List<PictureScaling.Scaled> batch(ScaledPictures pictures, int first) {
    return IntStream.range(first, Math.min(pictures.size(), first + BATCH_SIZE))
        .mapToObj(pictures::picture)
        .toList();
  }

  /** How good detections are. */
  static DetectionScores scores(ScaledPictures pictures, List<List<Detection>> found) {
    DetectionEvaluator evaluator = new DetectionEvaluator(pictures.data().classes());
    for (int i = 0; i < pictures.size(); i++) {
      evaluator.add(pictures.data().objects(i), found.get(i));
    }
    return evaluator.scores();
  }
}
