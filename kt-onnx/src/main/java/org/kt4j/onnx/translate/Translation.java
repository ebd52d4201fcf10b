package org.kt4j.onnx.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.export.QuantizedTensor;
import org.kt4j.engine.export.QuantizedTensors;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxNode;
import org.kt4j.onnx.model.OnnxPort;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/**
 * A graph while it is translated: what of it is there already, and under which names. Tensors are
 * translated when they are asked for, so that an operation may also translate what lies below it as
 * one with itself.
 */
final class Translation implements AutoCloseable {

  static final List<Long> TO_CHANNELS_FIRST = List.of(0L, 3L, 1L, 2L);
  static final List<Long> TO_CHANNELS_LAST = List.of(0L, 2L, 3L, 1L);

  private static final Set<String> KEEP_LEVELS =
      Set.of("MaxPool", "MaxPoolV2", "AvgPool", "Pad", "PadV2", "Reshape", "Transpose");

  /** Operations whose value is not known before the graph is run. */
  private static final Set<String> OPEN = Set.of("Placeholder", "PlaceholderWithDefault");

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Graph graph;
  private final OnnxGraph whole;
  private final Set<String> names = new HashSet<>();
  private final Map<String, QuantizedTensor> rounded = new HashMap<>();
  private final Map<String, Boolean> constants = new HashMap<>();
  private @Nullable Session session;
  private Scope scope;

  /** A graph, or a branch of it, that operations are added to. */
  private static final class Scope {
    final OnnxGraph graph;
    final @Nullable Scope outer;
    final Map<String, Forms> tensors = new HashMap<>();

    Scope(OnnxGraph graph, @Nullable Scope outer) {
      this.graph = graph;
      this.outer = outer;
    }

    @Nullable Forms find(String tensor) {
      Forms found = tensors.get(tensor);
      return found != null || outer == null ? found : outer.find(tensor);
    }
  }

  Translation(GraphDef definition, List<String> outputs, OnnxGraph whole) {
    this.whole = whole;
    this.scope = new Scope(whole, null);
    for (NodeDef node : definition.getNodeList()) {
      nodes.put(node.getName(), node);
      node.getInputList().forEach(this::read);
    }
    outputs.forEach(this::read);
    this.graph = NativeRuntime.newGraph();
    graph.importGraphDef(definition); // TensorFlow infers the shapes
    for (QuantizedTensor tensor : QuantizedTensors.of(definition)) {
      rounded.put(TensorName.parse(tensor.output()).operation(), tensor);
    }
  }

  /** Whether the graph rounds to levels. */
  boolean rounds() {
    return !rounded.isEmpty();
  }

  /** The levels that an operation rounds to; null where it does not. */
  @Nullable QuantizedTensor rounded(NodeDef node) {
    return rounded.get(node.getName());
  }

  /**
   * The levels of a tensor that was rounded and then moved, picked or padded with zeros, which are
   * levels; null where it was not rounded.
   */
  @Nullable QuantizedTensor levels(String input) {
    NodeDef node = source(input);
    while (rounded(node) == null && KEEP_LEVELS.contains(node.getOp())) {
      node = source(node.getInput(0));
    }
    return rounded(node);
  }

  private void read(String input) {
    readers.merge(TensorName.parse(input).operation(), 1, Integer::sum);
  }

  /** The operation of an input. */
  NodeDef node(String input) {
    NodeDef node = nodes.get(TensorName.parse(input).operation());
    if (node == null) {
      throw new IllegalArgumentException("the graph has no operation '" + input + "'");
    }
    return node;
  }

  /** The same behind operations that pass on what they are given. */
  NodeDef source(String input) {
    NodeDef node = node(input);
    while (node.getOp().equals("Identity")) {
      node = node(node.getInput(0));
    }
    return node;
  }

  /** Whether one input in the whole graph alone reads what an operation computes. */
  boolean isReadOnce(NodeDef node) {
    return readers.getOrDefault(node.getName(), 0) == 1;
  }

  /** Its axes in TensorFlow's order, -1 where any size goes. */
  Shape shape(String input) {
    TensorName tensor = TensorName.parse(input);
    return graph.operationOrThrow(tensor.operation()).output(tensor.index()).shape();
  }

  /** A tensor, translated now unless it is there. */
  Forms tensor(String input) {
    String key = TensorName.parse(input).toString();
    Forms found = scope.find(key);
    if (found == null) {
      NodeDef node = node(input);
      Operations.translate(this, node);
      found = scope.find(key);
      if (found == null) {
        throw Untranslatable.because(
            node.getOp(), node.getName(), "has no translation of its output " + key);
      }
    }
    return found;
  }

  /** As TensorFlow has it. */
  String plain(String input) {
    Forms forms = tensor(input);
    String name = forms.plain();
    if (name == null) {
      String other = Objects.requireNonNull(forms.channelsFirst());
      name = transposed(other, other + "/channels_last", TO_CHANNELS_LAST);
      keep(input, forms.withPlain(name));
    }
    return name;
  }

  /** With the channels before the positions. */
  String channelsFirst(String input) {
    Forms forms = tensor(input);
    String name = forms.channelsFirst();
    if (name == null) {
      String other = Objects.requireNonNull(forms.plain());
      name = transposed(other, other + "/channels_first", TO_CHANNELS_FIRST);
      keep(input, forms.withChannelsFirst(name));
    }
    return name;
  }

  private String transposed(String given, String name, List<Long> order) {
    return emit("Transpose", name, List.of(given), Map.of("perm", order));
  }

  private void keep(String input, Forms forms) {
    scope.tensors.put(TensorName.parse(input).toString(), forms);
  }

  /** Says what an operation's first output is. */
  void put(NodeDef node, Forms forms) {
    put(node, 0, forms);
  }

  /** Says what one of its outputs is. */
  void put(NodeDef node, int index, Forms forms) {
    keep(new TensorName(node.getName(), index).toString(), forms);
  }

  /**
   * The numbers of an input that is a constant or is computed from constants of single precision;
   * null where it is none.
   */
  @Nullable OnnxTensor value(String input) {
    NodeDef node = source(input);
    if (node.getOp().equals("Const")) {
      return ConstantNumbers.of(node.getAttrOrThrow("value").getTensor());
    }
    return rounds() && isConstant(node) ? computed(node) : null;
  }

  private boolean isConstant(NodeDef node) {
    Boolean known = constants.get(node.getName());
    if (known == null) {
      known =
          !OPEN.contains(node.getOp())
              && node.getInputList().stream().allMatch(input -> isConstant(node(input)));
      constants.put(node.getName(), known);
    }
    return known;
  }

  private @Nullable OnnxTensor computed(NodeDef node) {
    if (session == null) {
      session = new Session(graph, NativeRuntime.unoptimised());
    }
    try (Result result = session.runner().fetch(node.getName()).run()) {
      return result.get(0) instanceof TFloat32 floats
          ? OnnxTensor.floats(
              Arrays.stream(floats.shape().asArray()).boxed().toList(), ImageGraph.floats(floats))
          : null;
    }
  }

  /**
   * The numbers of an input that has to be a constant.
   *
   * @throws org.kt4j.engine.export.ExportException when it is none
   */
  OnnxTensor constant(NodeDef node, int input) {
    OnnxTensor value = value(node.getInput(input));
    if (value == null) {
      throw Untranslatable.because(
          node.getOp(),
          node.getName(),
          "reads '" + node.getInput(input) + "', which would have to be a constant");
    }
    return value;
  }

  /** Whole numbers of an input that has to be a constant. */
  long[] wholeNumbers(NodeDef node, int input) {
    OnnxTensor value = constant(node, input);
    return switch (value.type()) {
      case INT32 -> Arrays.stream(value.ints()).asLongStream().toArray();
      case INT64 -> value.longs();
      default ->
          throw Untranslatable.because(
              node.getOp(), node.getName(), "reads a " + value.type() + " as whole numbers");
    };
  }

  /** A name that no other tensor, constant or operation has. */
  String free(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Adds a constant; its name. */
  String constant(String wanted, OnnxTensor value) {
    String name = free(wanted);
    whole.initializers().put(name, value);
    return name;
  }

  /** Adds an operation with one output of the same name; that name. */
  String emit(String op, String wanted, List<String> inputs, Map<String, Object> attributes) {
    String name = free(wanted);
    scope.graph.nodes().add(new OnnxNode(op, name, inputs, List.of(name), attributes));
    return name;
  }

  /** Adds an operation without attributes. */
  String emit(String op, String wanted, List<String> inputs) {
    return emit(op, wanted, inputs, Map.of());
  }

  /** Adds an operation with several outputs; their names. */
  List<String> emit(
      String op, String wanted, List<String> inputs, Map<String, Object> attributes, int outputs) {
    String name = free(wanted);
    List<String> results = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      results.add(i == 0 ? name : free(wanted + "/" + i));
    }
    scope.graph.nodes().add(new OnnxNode(op, name, inputs, results, attributes));
    return results;
  }

  /**
   * A branch that is computed only where a condition holds.
   *
   * @param result type and axes of what it gives
   * @param content adds operations; the name of the tensor that the branch gives
   */
  OnnxGraph branch(String name, OnnxPort result, Supplier<String> content) {
    Scope outside = scope;
    OnnxGraph inside = new OnnxGraph(name);
    scope = new Scope(inside, outside);
    try {
      String output = emit("Identity", name, List.of(content.get()));
      inside.outputs().add(new OnnxPort(output, result.type(), result.sizes()));
    } finally {
      scope = outside;
    }
    return inside;
  }

  /** What an operation is called in the translated graph. */
  static String called(NodeDef node) {
    return called(node.getName());
  }

  /** The same of a name. */
  static String called(String name) {
    return name.startsWith("network/") ? name.substring("network/".length()) : name;
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    graph.close();
  }
}
