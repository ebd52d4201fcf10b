package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionEvaluator;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Weights;

/** A trained detector, ready to detect. Not for use by several threads at once. */
public final class Detector implements AutoCloseable {

  /** Pictures at once. */
  private static final int BATCH_SIZE = 8;

  private final ImageGraph graph;
  private final Finder finder;
  private final PictureScaling scaling;

  /**
   * Loads a detector.
   *
   * @param detector the architecture
   * @param normalization of its input
   * @param weights of every variable
   * @throws org.kt4j.engine.teacher.WeightsException when they belong to another detector
   */
  public Detector(FasterRcnn detector, Normalization normalization, Weights weights) {
    graph = new ImageGraph(detector.picture());
    scaling = new PictureScaling(detector.picture(), normalization);
    try {
      Variables variables = new Variables(graph.tf(), "student", 0);
      finder = new Finder(graph, detector, variables);
      graph.assign(weights.complete(variables));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  Finder finder() {
    return finder;
  }

  /**
   * Finds objects in pictures of any size.
   *
   * @return for each picture what was found, the surest first, in pixels of the picture
   */
  public List<List<Detection>> detect(List<Picture> pictures) {
    return finder.find(pictures.stream().map(scaling::scaled).toList());
  }

  /**
   * Evaluates the detector on pictures.
   *
   * @param done receives the number of pictures that are done
   */
  public DetectionScores evaluate(DetectionDataset pictures, IntConsumer done) {
    DetectionEvaluator evaluator = new DetectionEvaluator(pictures.classes());
    for (int first = 0; first < pictures.size(); first += BATCH_SIZE) {
      int last = Math.min(pictures.size(), first + BATCH_SIZE);
      List<Picture> batch = new ArrayList<>();
      for (int i = first; i < last; i++) {
        batch.add(pictures.pixels(i));
      }
      List<List<Detection>> found = detect(batch);
      for (int i = first; i < last; i++) {
        evaluator.add(pictures.objects(i), found.get(i - first));
      }
      done.accept(last);
    }
    return evaluator.scores();
  }

  @Override
  public void close() {
    scaling.close();
    graph.close();
  }
}
