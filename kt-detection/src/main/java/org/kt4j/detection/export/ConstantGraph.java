package org.kt4j.detection.export;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.engine.graph.Variable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** A graph reduced to what some outputs need, with constants in place of its variables. */
final class ConstantGraph {

  private final GraphDef whole;

  /** Nodes that stand where others stood, by name. */
  private final Map<String, NodeDef> replaced = new HashMap<>();

  ConstantGraph(GraphDef whole) {
    this.whole = whole;
  }

  /** Puts values in the place of variables, each in TensorFlow's order. */
  void fix(Map<Variable, float[]> values) {
    values.forEach(
        (variable, numbers) -> {
          String name = variable.value().op().name();
          replaced.put(name, constant(name, variable.shape(), numbers));
        });
  }

  /**
   * Lets what reads a placeholder read something else.
   *
   * @param placeholder its name
   * @param source the name of the operation whose first output takes its place
   */
  void connect(String placeholder, String source, DataType type) {
    replaced.put(
        placeholder,
        NodeDef.newBuilder()
            .setName(placeholder)
            .setOp("Identity")
            .addInput(source)
            .putAttr("T", AttrValue.newBuilder().setType(type).build())
            .build());
  }

  private static NodeDef constant(String name, Shape shape, float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      sizes.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    TensorProto value =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_FLOAT)
            .setTensorShape(sizes)
            .setTensorContent(ByteString.copyFrom(bytes))
            .build();
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
        .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
        .build();
  }

  /**
   * The nodes that some operations depend on, in the order of the graph.
   *
   * @param outputs names of operations
   */
  GraphDef upTo(List<String> outputs) {
    Map<String, NodeDef> nodes = new HashMap<>();
    whole.getNodeList().forEach(node -> nodes.put(node.getName(), node));
    nodes.putAll(replaced);
    Set<String> needed = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(outputs);
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeDef node = nodes.get(name);
      if (node == null) {
        throw new IllegalArgumentException("the graph has no operation '" + name + "'");
      }
      if (needed.add(name)) {
        node.getInputList().forEach(input -> open.push(operation(input)));
      }
    }
    GraphDef.Builder reduced = whole.toBuilder().clearNode();
    for (NodeDef node : whole.getNodeList()) {
      if (needed.contains(node.getName())) {
        reduced.addNode(replaced.getOrDefault(node.getName(), node));
      }
    }
    return reduced.build();
  }

  /** The operation of an input: {@code name}, {@code name:1}, or {@code ^name} for control. */
  private static String operation(String input) {
    String name = input.startsWith("^") ? input.substring(1) : input;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }
}
