package org.kt4j.onnx.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxNode;
import org.kt4j.onnx.model.OnnxPort;
import org.tensorflow.proto.GraphDef;

/**
 * Translates graphs of TensorFlow whose weights are constants. Maps are computed with the channels
 * before the positions; inputs and outputs stay as they were.
 */
public final class GraphTranslation {

  private GraphTranslation() {}

  /**
   * Translates a graph.
   *
   * @param definition without variables, reduced to what the outputs need
   * @param inputs what is fed
   * @param outputs what is computed
   * @throws org.kt4j.engine.export.ExportException when an operation has no translation; the
   *     message names it
   */
  public static OnnxGraph of(
      String name,
      GraphDef definition,
      List<ServingModel.Port> inputs,
      List<ServingModel.Port> outputs) {
    OnnxGraph graph = new OnnxGraph(name);
    List<String> operations = outputs.stream().map(ServingModel.Port::operation).toList();
    try (Translation to = new Translation(definition, operations, graph)) {
      for (ServingModel.Port input : inputs) {
        OnnxPort port = port(input, inputNames(input));
        graph.inputs().add(port);
        to.free(port.name());
        to.put(to.node(input.operation()), Forms.plain(port.name(), to.shape(input.operation())));
      }
      // The names of outputs, whatever else has them.
      outputs.forEach(output -> to.free(output.key()));
      Map<String, String> renamed = new HashMap<>();
      List<OnnxNode> copies = new ArrayList<>();
      for (ServingModel.Port output : outputs) {
        String computed = to.plain(output.operation());
        boolean taken =
            renamed.putIfAbsent(computed, output.key()) != null || !isComputed(graph, computed);
        if (taken) {
          copies.add(
              new OnnxNode(
                  "Identity",
                  output.key(),
                  List.of(renamed.getOrDefault(computed, computed)),
                  List.of(output.key()),
                  Map.of()));
        }
        graph.outputs().add(port(output, outputNames(output, inputs)));
      }
      renamed.keySet().removeIf(computed -> !isComputed(graph, computed));
      rename(graph, renamed);
      graph.nodes().addAll(copies);
      if (to.rounds()) {
        RoundedOperations.spread(graph);
      }
    }
    graph.removeUnread();
    return graph;
  }

  private static boolean isComputed(OnnxGraph graph, String tensor) {
    return graph.nodes().stream().anyMatch(node -> node.outputs().contains(tensor));
  }

  /** Gives tensors other names, and operations with such a result the same. */
  private static void rename(OnnxGraph graph, Map<String, String> names) {
    graph
        .nodes()
        .replaceAll(
            node -> {
              node.attributes()
                  .values()
                  .forEach(
                      value -> {
                        if (value instanceof OnnxGraph branch) {
                          rename(branch, names);
                        }
                      });
              return new OnnxNode(
                  node.op(),
                  names.getOrDefault(node.name(), node.name()),
                  renamed(node.inputs(), names),
                  renamed(node.outputs(), names),
                  node.attributes());
            });
  }

  private static List<String> renamed(List<String> tensors, Map<String, String> names) {
    return tensors.stream().map(tensor -> names.getOrDefault(tensor, tensor)).toList();
  }

  private static OnnxPort port(ServingModel.Port port, List<String> names) {
    return new OnnxPort(
        port.key(),
        Elements.of(port.type()),
        IntStream.range(0, port.sizes().size())
            .mapToObj(
                axis ->
                    port.sizes().get(axis) < 0
                        ? names.get(axis)
                        : Long.toString(port.sizes().get(axis)))
            .toList());
  }

  /** What the sizes of pictures are called. */
  private static List<String> inputNames(ServingModel.Port port) {
    return port.sizes().size() == 4
        ? List.of("batch", "height", "width", "channels")
        : List.of("height", "width", "channels");
  }

  private static List<String> outputNames(ServingModel.Port port, List<ServingModel.Port> inputs) {
    boolean batches = inputs.get(0).sizes().size() == 4;
    return IntStream.range(0, port.sizes().size())
        .mapToObj(axis -> axis > 0 ? port.key() + "_" + axis : batches ? "batch" : "objects")
        .toList();
  }
}
