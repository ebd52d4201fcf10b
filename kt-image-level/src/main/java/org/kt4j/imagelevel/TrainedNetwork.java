package org.kt4j.imagelevel;

import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

/**
 * A trained network: its architecture, input and weights.
 *
 * @param network the architecture
 * @param shape of the pictures that it was trained on
 * @param normalization of its input
 * @param weights of every variable
 * @param classes a name for each logit; may be empty
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

  /** The network as a teacher, with its taps. */
  public Teacher teacher() {
    return new NetworkTeacher(weights.source(), network, shape, normalization, () -> weights);
  }

  /**
   * Opens the network; the caller closes it.
   *
   * @throws WeightsException when the weights are those of another network
   */
  public FrozenNetwork open() {
    return new FrozenNetwork(shape, teacher());
  }
}
