package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A network in evaluation mode in a graph of its own, with its weights and its channels. */
final class OpenNetwork implements AutoCloseable {

  private final ImageGraph graph;
  private final Variables variables;
  private final PrunableNetwork.Built built;
  private final ChannelGraph channels;
  private final List<Layers.Layer> layers;
  private final Map<Variable, float[]> values;

  /**
   * Builds a network and gives it its weights.
   *
   * @param widths of the network
   * @param weights null where only its structure is looked at
   */
  OpenNetwork(PrunableNetwork of, Map<String, Integer> widths, @Nullable Weights weights) {
    graph = new ImageGraph(of.shape());
    try {
      variables = new Variables(graph.tf(), "student", 0);
      built = of.build(graph, variables, widths);
      channels =
          ChannelGraph.of(
              graph.graph(),
              variables.all(),
              built.parts().stream().flatMap(part -> part.layers().layers().stream()).toList(),
              built.outputs().stream().map(output -> output.op().name()).toList());
      layers = used(built, channels);
      values = weights == null ? Map.of() : new LinkedHashMap<>(weights.of(variables));
      graph.assign(values);
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** A network with the widths and weights that it has. */
  static OpenNetwork of(PrunableNetwork whole) {
    return new OpenNetwork(whole, whole.widths(), whole.weights());
  }

  /** Its structure alone. */
  static OpenNetwork withoutWeights(PrunableNetwork whole, Map<String, Integer> widths) {
    return new OpenNetwork(whole, widths, null);
  }

  /** The layers that something depends on, with the operations of one picture. */
  private static List<Layers.Layer> used(PrunableNetwork.Built built, ChannelGraph channels) {
    List<Layers.Layer> used = new ArrayList<>();
    for (PrunableNetwork.Part part : built.parts()) {
      for (Layers.Layer layer : part.layers().layers()) {
        if (channels.has(layer.operation())) {
          used.add(
              new Layers.Layer(
                  layer.name(),
                  layer.operation(),
                  layer.asked(),
                  layer.filters(),
                  part.times() * layer.flops()));
        }
      }
    }
    return List.copyOf(used);
  }

  ImageGraph graph() {
    return graph;
  }

  /** All that it gives. */
  List<Operand<TFloat32>> outputs() {
    return built.outputs();
  }

  /** The loss of each picture, {@code [B]}; null where there is none. */
  @Nullable Operand<TFloat32> losses() {
    return built.losses();
  }

  /** The regions that some layers look at; null where there are none. */
  @Nullable Operand<TFloat32> regions() {
    PrunableNetwork.Regions regions = built.regions();
    return regions == null ? null : regions.boxes();
  }

  /** How many rows an operation has for each picture. */
  int rows(String operation) {
    PrunableNetwork.Regions regions = built.regions();
    return regions != null && channels.looksAtRegions(operation) ? regions.count() : 1;
  }

  ChannelGraph channels() {
    return channels;
  }

  /** Its layers in the order in which they were built. */
  List<Layers.Layer> layers() {
    return layers;
  }

  /** The layer of a convolution. */
  Layers.Layer layer(String name) {
    return layers.stream().filter(layer -> layer.name().equals(name)).findFirst().orElseThrow();
  }

  /** Its layers with their taps. */
  List<Layers> parts() {
    return built.parts().stream().map(PrunableNetwork.Part::layers).toList();
  }

  long parameters() {
    return variables.parameterCount();
  }

  long flops() {
    return layers.stream().mapToLong(Layers.Layer::flops).sum();
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
