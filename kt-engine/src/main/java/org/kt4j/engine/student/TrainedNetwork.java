package org.kt4j.engine.student;

import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

/**
 * All that makes a trained network.
 *
 * @param network the architecture
 * @param shape of the pictures that it was trained on
 * @param normalization of its input
 * @param weights of every variable
 * @param classes a name for each logit; empty where they have none
 */
public record TrainedNetwork(
    Network network,
    ImageShape shape,
    Normalization normalization,
    Weights weights,
    List<String> classes) {

  /** Keeps a copy of the classes. */
  public TrainedNetwork {
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
  public FrozenNetwork open() {
    return new FrozenNetwork(shape, teacher());
  }
}
