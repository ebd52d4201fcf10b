package org.kt4j.engine.teacher;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;

/**
 * A network that knows: what it is, how its pictures are normalised, and its weights.
 *
 * @param network the architecture
 * @param normalization of its input; it need not be the student's
 * @param weights every variable's value
 * @param source where the weights come from, for messages
 */
public record Teacher(
    Network network, Normalization normalization, Weights weights, String source) {

  /**
   * A network with its first values: it knows nothing, but computes as much as one that does.
   *
   * @param shape of its pictures
   * @param seed of the values
   */
  public static Teacher untrained(
      Network network, Normalization normalization, ImageShape shape, long seed) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    try (ImageGraph graph = new ImageGraph(shape)) {
      Variables variables = new Variables(graph.tf(), "untrained", seed);
      network.build(
          Layers.evaluation(graph.tf(), variables), graph.normalised(graph.tf(), normalization));
      graph.initialize(variables.all());
      for (Variable variable : variables.all()) {
        arrays.put(
            variable.name(),
            Weights.Array.ofTensorFlow(variable.kind(), variable.shape(), graph.read(variable)));
      }
    }
    String source = "an untrained network";
    return new Teacher(network, normalization, new Weights(source, arrays), source);
  }
}
