package org.kt4j.pruning;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A network in evaluation mode in a graph of its own, with its weights and its channels. */
final class OpenNetwork implements AutoCloseable {

  private final ImageGraph graph;
  private final Variables variables;
  private final Layers layers;
  private final Operand<TFloat32> logits;
  private final ChannelGraph channels;
  private final Map<Variable, float[]> values;

  /**
   * Builds a network and gives it its weights.
   *
   * @param weights null where only its structure is looked at
   */
  OpenNetwork(
      Network network, ImageShape shape, Normalization normalization, @Nullable Weights weights) {
    graph = new ImageGraph(shape);
    try {
      variables = new Variables(graph.tf(), "student", 0);
      layers = Layers.evaluation(graph.tf().withSubScope("network"), variables);
      logits =
          network.build(
              layers, graph.normalised(graph.tf().withSubScope("normalise"), normalization));
      channels =
          ChannelGraph.of(
              graph.graph(), variables.all(), layers.layers(), List.of(logits.op().name()));
      values = weights == null ? Map.of() : new LinkedHashMap<>(weights.of(variables));
      graph.assign(values);
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** A network with the widths and weights that it has. */
  static OpenNetwork of(PrunableNetwork whole) {
    return new OpenNetwork(
        whole.network(whole.widths()), whole.shape(), whole.normalization(), whole.weights());
  }

  /** Its structure alone. */
  static OpenNetwork withoutWeights(PrunableNetwork whole, Map<String, Integer> widths) {
    return new OpenNetwork(whole.network(widths), whole.shape(), whole.normalization(), null);
  }

  ImageGraph graph() {
    return graph;
  }

  Operand<TFloat32> logits() {
    return logits;
  }

  ChannelGraph channels() {
    return channels;
  }

  List<Layers.Layer> layers() {
    return layers.layers();
  }

  /** The layer of a convolution. */
  Layers.Layer layer(String name) {
    return layers.layers().stream()
        .filter(layer -> layer.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The names of the taps, with the operations that make them. */
  Map<String, String> taps() {
    Map<String, String> taps = new LinkedHashMap<>();
    layers.taps().forEach((name, tap) -> taps.put(name, tap.op().name()));
    return taps;
  }

  long parameters() {
    return variables.parameterCount();
  }

  long flops() {
    return layers.flopsPerImage();
  }

  /** The values of all variables, in TensorFlow's order. */
  Map<Variable, float[]> values() {
    return values;
  }

  /** The values of one variable, in TensorFlow's order. */
  float[] values(Variable variable) {
    float[] found = values.get(variable);
    if (found == null) {
      throw new IllegalArgumentException("no variable " + variable.path());
    }
    return found;
  }

  /** Gives one variable other values. */
  void assign(Variable variable, float[] given) {
    values.put(variable, given);
    graph.assign(Map.of(variable, given));
  }

  /** The values of all variables as weights. */
  Weights weights(String source) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    values.forEach(
        (variable, numbers) ->
            arrays.put(
                variable.name(),
                Weights.Array.ofTensorFlow(variable.kind(), variable.shape(), numbers)));
    return new Weights(source, arrays);
  }

  /** The sizes of all trained variables, by the layer that has them. */
  Map<String, Long> parametersByLayer() {
    Map<String, Long> counts = new HashMap<>();
    variables
        .trainable()
        .forEach(
            variable ->
                counts.merge(
                    variable.name().substring(0, variable.name().lastIndexOf('.')),
                    variable.shape().size(),
                    Long::sum));
    return counts;
  }

  @Override
  public void close() {
    graph.close();
  }
}
