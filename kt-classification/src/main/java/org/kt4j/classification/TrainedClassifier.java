package org.kt4j.classification;

import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.network.Network;

/**
 * All that makes a classifier.
 *
 * @param network the architecture
 * @param shape of the pictures that it was trained on
 * @param normalization of its input
 * @param weights of every variable
 * @param classes a name for each logit
 */
public record TrainedClassifier(
    Network network,
    ImageShape shape,
    Normalization normalization,
    Weights weights,
    List<String> classes) {

  /** Keeps a copy of the classes. */
  public TrainedClassifier {
    classes = List.copyOf(classes);
  }

  /** Itself with its taps. */
  public Teacher teacher() {
    return new NetworkTeacher(weights.source(), network, shape, normalization, () -> weights);
  }

  /**
   * Itself, running; the caller closes it.
   *
   * @throws WeightsException when the weights are those of another network
   */
  public FrozenClassifier open() {
    return new FrozenClassifier(shape, teacher());
  }
}
