package org.kt4j.detection.training;

import org.kt4j.data.Picture;

import java.util.List;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Weights;

/** A trained detector, ready to detect. Not for use by several threads at once. */
public final class Detector implements AutoCloseable {

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

  @Override
  public void close() {
    scaling.close();
    graph.close();
  }
}
