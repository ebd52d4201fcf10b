package org.kt4j.engine.export;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.Quantization;
import org.kt4j.engine.graph.TensorName;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/**
 * Finds what a graph rounds to levels, in the form that {@link Quantization} writes down. Scales,
 * zero points and the levels of weights are computed by TensorFlow from the graph's own operations,
 * so that they are the numbers that the graph computes with, to the last bit.
 */
public final class QuantizedTensors {

  /** Operations whose value is not known before the graph is run. */
  private static final Set<String> OPEN =
      Set.of("Placeholder", "PlaceholderWithDefault", "VarHandleOp", "VariableV2");

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, Boolean> constants = new HashMap<>();

  /** The nodes of one rounding. */
  private record Found(
      String input,
      NodeDef output,
      String scale,
      String zero,
      String centred,
      String lowest,
      String highest,
      boolean constant) {

    List<String> wanted() {
      List<String> all = new ArrayList<>(List.of(scale, zero, lowest, highest));
      if (constant) {
        all.add(centred);
      }
      return all;
    }
  }

  private QuantizedTensors(GraphDef graph) {
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
  }

  /**
   * Finds them.
   *
   * @param graph with constants for its variables
   * @return in the order of the graph; empty where nothing is rounded
   * @throws IllegalArgumentException when a scale or a zero point is not constant
   */
  public static List<QuantizedTensor> of(GraphDef graph) {
    QuantizedTensors search = new QuantizedTensors(graph);
    List<Found> found = new ArrayList<>();
    for (NodeDef node : graph.getNodeList()) {
      Found rounding = search.rounding(node);
      if (rounding != null) {
        found.add(rounding);
      }
    }
    return found.isEmpty() ? List.of() : computed(graph, found);
  }

  private @Nullable Found rounding(NodeDef scaled) {
    NodeDef centred = input(scaled, "Mul", 0);
    NodeDef level = input(centred, "Sub", 0);
    NodeDef shifted = input(level, "ClipByValue", 0);
    NodeDef rounded = input(shifted, "Add", 0);
    NodeDef divided = input(rounded, "Round", 0);
    if (centred == null
        || level == null
        || shifted == null
        || divided == null
        || !divided.getOp().equals("RealDiv")
        || !divided.getInput(1).equals(scaled.getInput(1))
        || !shifted.getInput(1).equals(centred.getInput(1))) {
      return null;
    }
    String scale = scaled.getInput(1);
    String zero = centred.getInput(1);
    for (String known : List.of(scale, zero, level.getInput(1), level.getInput(2))) {
      if (!isConstant(known)) {
        throw new IllegalArgumentException(
            scaled.getName()
                + " rounds to levels that depend on "
                + known
                + ", which is no constant; allowed: a graph with constants for its variables");
      }
    }
    return new Found(
        divided.getInput(0),
        scaled,
        scale,
        zero,
        centred.getName(),
        level.getInput(1),
        level.getInput(2),
        isConstant(divided.getInput(0)));
  }

  /** The operation that an operation of a type reads; null where it is of another. */
  private @Nullable NodeDef input(@Nullable NodeDef node, String type, int index) {
    return node == null || !node.getOp().equals(type)
        ? null
        : nodes.get(TensorName.parse(node.getInput(index)).operation());
  }

  private boolean isConstant(String tensor) {
    return constants.computeIfAbsent(
        TensorName.parse(tensor).operation(), this::dependsOnConstantsAlone);
  }

  private boolean dependsOnConstantsAlone(String operation) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(operation));
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeDef node = nodes.get(name);
      if (node == null || OPEN.contains(node.getOp())) {
        return false;
      }
      if (seen.add(name)) {
        node.getInputList().forEach(input -> open.push(TensorName.parse(input).operation()));
      }
    }
    return true;
  }

  private static List<QuantizedTensor> computed(GraphDef definition, List<Found> found) {
    NativeRuntime.start();
    try (Graph graph = NativeRuntime.newGraph()) {
      graph.importGraphDef(definition);
      try (Session session = new Session(graph, NativeRuntime.unoptimised())) {
        Session.Runner runner = session.runner();
        found.forEach(each -> each.wanted().forEach(runner::fetch));
        try (Result result = runner.run()) {
          List<QuantizedTensor> tensors = new ArrayList<>();
          int next = 0;
          for (Found each : found) {
            List<TFloat32> values = new ArrayList<>();
            for (int i = 0; i < each.wanted().size(); i++) {
              values.add((TFloat32) result.get(next++));
            }
            tensors.add(tensor(each, values));
          }
          return tensors;
        }
      }
    }
  }

  private static QuantizedTensor tensor(Found found, List<TFloat32> values) {
    float lowest = ImageGraph.floats(values.get(2))[0];
    float highest = ImageGraph.floats(values.get(3))[0];
    boolean signed = lowest < 0;
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros((int) highest) + (signed ? 1 : 0);
    Shape scales = values.get(0).shape();
    QuantizedTensor.Levels levels = null;
    int axis = -1;
    if (found.constant()) {
      levels = levels(values.get(4));
      // Channels are the scale's first axis; what follows has one place.
      axis =
          scales.numDimensions() == 0
              ? -1
              : levels.shape().numDimensions() - scales.numDimensions();
    }
    return new QuantizedTensor(
        found.input(),
        found.output().getName(),
        ImageGraph.floats(values.get(0)),
        axis,
        (int) ImageGraph.floats(values.get(1))[0],
        bits,
        signed,
        levels);
  }

  private static QuantizedTensor.Levels levels(TFloat32 tensor) {
    float[] values = ImageGraph.floats(tensor);
    byte[] levels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      levels[i] = (byte) values[i];
    }
    return new QuantizedTensor.Levels(tensor.shape(), levels);
  }
}
