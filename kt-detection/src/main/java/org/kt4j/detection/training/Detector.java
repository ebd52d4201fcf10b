package org.kt4j.detection.training;

import java.util.List;
import java.util.Map;
import org.kt4j.detection.data.Pixels;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

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
   * @throws WeightsException when they belong to another detector
   */
  public Detector(FasterRcnn detector, Normalization normalization, Weights weights) {
    graph = new ImageGraph(detector.picture());
    scaling = new PictureScaling(detector.picture(), normalization);
    try {
      Variables variables = new Variables(graph.tf(), "student", 0);
      finder = new Finder(graph, detector, variables);
      graph.assign(complete(weights, variables));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * The value of each of a detector's variables, in TensorFlow's order; that there are other
   * weights does not matter.
   *
   * @throws WeightsException when a variable has none
   */
  public static Map<Variable, float[]> complete(Weights weights, Variables variables) {
    Map<Variable, float[]> known = weights.fitting(variables);
    List<String> missing =
        variables.all().stream()
            .filter(variable -> !known.containsKey(variable))
            .map(variable -> variable.name() + " is missing or has another shape")
            .toList();
    if (!missing.isEmpty()) {
      throw new WeightsException(weights.source(), missing);
    }
    return known;
  }

  Finder finder() {
    return finder;
  }

  /**
   * Finds objects in pictures of any size.
   *
   * @return for each picture what was found, the surest first, in pixels of the picture
   */
  public List<List<Detection>> detect(List<Pixels> pictures) {
    return finder.find(pictures.stream().map(scaling::scaled).toList());
  }

  @Override
  public void close() {
    scaling.close();
    graph.close();
  }
}
