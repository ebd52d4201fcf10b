package org.kt4j.engine.export;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.engine.graph.Variable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/** A graph reduced to what some outputs need, with constants in place of its variables. */
public final class ConstantGraph {

  private final GraphDef whole;

  /** Nodes that stand where others stood, by name. */
  private final Map<String, NodeDef> replaced = new HashMap<>();

  /** A graph as it was built; it is not changed. */
  public ConstantGraph(GraphDef whole) {
    this.whole = whole;
  }

  /** Puts values in the place of variables, each in TensorFlow's order. */
  public void fix(Map<Variable, float[]> values) {
    values.forEach(
        (variable, numbers) -> {
          String name = variable.value().op().name();
          replaced.put(name, ConstantNode.of(name, variable.shape(), numbers));
        });
  }

  /**
   * Puts numbers in the place of what an operation computes.
   *
   * @param operation its name
   */
  public void fix(String operation, Shape shape, float[] numbers) {
    replaced.put(operation, ConstantNode.of(operation, shape, numbers));
  }

  /**
   * Lets what reads a placeholder read something else.
   *
   * @param placeholder its name
   * @param source the name of the operation whose first output takes its place
   */
  public void connect(String placeholder, String source, DataType type) {
    replaced.put(
        placeholder,
        NodeDef.newBuilder()
            .setName(placeholder)
            .setOp("Identity")
            .addInput(source)
            .putAttr("T", AttrValue.newBuilder().setType(type).build())
            .build());
  }

  /**
   * The nodes that some operations depend on, in the order of the graph.
   *
   * @param outputs names of operations
   */
  public GraphDef upTo(List<String> outputs) {
    GraphDef.Builder fixed = whole.toBuilder().clearNode();
    for (NodeDef node : whole.getNodeList()) {
      fixed.addNode(replaced.getOrDefault(node.getName(), node));
    }
    return reduced(fixed.build(), outputs);
  }

  /** The nodes of a graph that some operations depend on, in its order. */
  public static GraphDef reduced(GraphDef graph, List<String> outputs) {
    Map<String, NodeDef> nodes = new HashMap<>();
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeDef node = nodes.get(name);
      if (node == null) {
        throw new IllegalArgumentException("the graph has no operation '" + name + "'");
      }
      if (needed.add(name)) {
        node.getInputList().forEach(input -> open.push(TensorName.parse(input).operation()));
      }
    }
    GraphDef.Builder reduced = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      if (needed.contains(node.getName())) {
        reduced.addNode(node);
      }
    }
    return reduced.build();
  }
}
