package org.kt4j.pruning;

import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.engine.graph.Variable;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

/**
 * Which channels of a network belong together, followed operation by operation through its graph.
 *
 * <p>Each filter of a convolution makes a channel. Channels that are added to each other are one:
 * they are kept or removed together. Normalisations, activations, poolings, depthwise convolutions
 * and what cuts regions out of maps pass channels on; concatenations put them side by side; zeros
 * that a shortcut pads with are channels without a filter. Channels that reach an operation that is
 * none of these, or an output of the network, are fixed.
 */
final class ChannelGraph {

  /**
   * An axis of a variable whose places are channels.
   *
   * @param variable of the network
   * @param axis in TensorFlow's order
   * @param channels along it
   */
  record Binding(Variable variable, int axis, Channels channels) {}

  /**
   * Zeros that a shortcut adds on both sides of its channels.
   *
   * @param before the numbers of the zeros in front
   * @param inner those of what is padded
   * @param after the numbers of the zeros behind
   */
  record Pad(List<Integer> before, List<Integer> inner, List<Integer> after) {}

  /**
   * A layer that mixes channels: a convolution or a dense layer.
   *
   * @param operation its name in the graph
   * @param weight of the layer
   * @param read the channels that it reads
   * @param made those that its filters make; null for a dense layer
   * @param input the name of the tensor that it reads, behind its padding
   */
  record Mixing(
      String operation, Variable weight, Channels read, @Nullable Channels made, String input) {}

  /**
   * Channels with one set of filters: each of them is kept or removed by itself.
   *
   * @param convolutions the names of those that make them
   * @param channels the numbers, each standing for all that are tied to it
   * @param filters of each convolution, by its name, the places of the channels among its filters
   * @param tied whether they are added to other channels, or to the zeros of a shortcut
   * @param fixed why none of them can be removed; null when they can
   */
  record Group(
      List<String> convolutions,
      List<Integer> channels,
      Map<String, int[]> filters,
      boolean tied,
      @Nullable String fixed) {}

  private static final Set<String> PASSING =
      Set.of(
          "Relu",
          "Relu6",
          "LeakyRelu",
          "Elu",
          "Identity",
          "MaxPool",
          "MaxPoolV2",
          "AvgPool",
          "Cast",
          "Sigmoid",
          "Tanh",
          "ClipByValue",
          "StopGradient");
  private static final Set<String> SUMS =
      Set.of("AddV2", "Add", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "SquaredDifference");

  /** The operation that cuts regions out of maps. */
  private static final String CUTS = "CropAndResize";

  private final Graph graph;
  private final Map<String, NodeDef> nodes = new LinkedHashMap<>();
  private final Map<String, Variable> variables = new HashMap<>();
  private final Map<String, Layers.Layer> layers = new HashMap<>();
  private final Map<String, Channels> tensors = new HashMap<>();
  private final List<Integer> parents = new ArrayList<>();
  private final Map<Integer, String> fixed = new TreeMap<>();
  private final Map<Integer, List<Filter>> makers = new TreeMap<>();
  private final List<Binding> bindings = new ArrayList<>();
  private final Set<Integer> sums = new HashSet<>();
  private final List<Pad> pads = new ArrayList<>();
  private final List<Mixing> mixing = new ArrayList<>();
  private final Map<String, List<Channels>> sizes = new HashMap<>();
  private final Set<String> regions = new HashSet<>();

  /** One filter of a convolution. */
  private record Filter(String layer, int place) {}

  private ChannelGraph(Graph graph) {
    this.graph = graph;
  }

  /**
   * Follows the channels of a network in evaluation mode. Operations that no output depends on are
   * no part of it.
   *
   * @param graph that it was added to
   * @param variables of the network
   * @param layers that it was built of
   * @param outputs the operations whose channels are needed as they are
   */
  static ChannelGraph of(
      Graph graph, Iterable<Variable> variables, List<Layers.Layer> layers, List<String> outputs) {
    ChannelGraph channels = new ChannelGraph(graph);
    variables.forEach(each -> channels.variables.put(each.value().op().name(), each));
    layers.forEach(layer -> channels.layers.put(layer.operation(), layer));
    GraphDef whole = graph.toGraphDef();
    Set<String> needed = needed(whole, outputs);
    for (NodeDef node : whole.getNodeList()) {
      if (needed.contains(node.getName())) {
        channels.nodes.put(node.getName(), node);
      }
    }
    for (NodeDef node : channels.nodes.values()) {
      channels.follow(node);
      channels.cut(node);
    }
    for (String output : outputs) {
      channels.fix(channels.tensors.get(output), "they are outputs of the network");
    }
    return channels;
  }

  /** The operations that some depend on, themselves included. */
  private static Set<String> needed(GraphDef graph, List<String> outputs) {
    Map<String, NodeDef> all = new HashMap<>();
    graph.getNodeList().forEach(node -> all.put(node.getName(), node));
    Set<String> needed = new HashSet<>(outputs);
    Deque<String> open = new ArrayDeque<>(needed);
    while (!open.isEmpty()) {
      NodeDef node = all.get(open.remove());
      for (String input : node == null ? List.<String>of() : node.getInputList()) {
        String operation = TensorName.parse(input).operation();
        if (needed.add(operation)) {
          open.add(operation);
        }
      }
    }
    return needed;
  }

  /** Notes what has a row for each region instead of one for each picture. */
  private void cut(NodeDef node) {
    if (node.getOp().equals(CUTS)
        || node.getInputList().stream()
            .anyMatch(input -> regions.contains(TensorName.parse(input).operation()))) {
      regions.add(node.getName());
    }
  }

  private void follow(NodeDef node) {
    switch (node.getOp()) {
      case "Conv2D" -> convolution(node);
      case "DepthwiseConv2dNative" -> depthwise(node);
      case "MatMul" -> dense(node);
      case "BiasAdd" -> parameters(node, 1);
      case "FusedBatchNormV3" -> parameters(node, 4);
      case "ConcatV2" -> concatenation(node);
      case "Pad", "PadV2", "MirrorPad" -> padding(node);
      case "Mean" -> mean(node);
      case "Transpose" -> transposition(node);
      case "Reshape" -> reshaping(node);
      case CUTS -> passOn(node);
      default -> {
        if (PASSING.contains(node.getOp())) {
          passOn(node);
        } else if (SUMS.contains(node.getOp())) {
          sum(node);
        } else {
          end(node);
        }
      }
    }
  }

  // Numbers

  private int fresh() {
    parents.add(parents.size());
    return parents.size() - 1;
  }

  private List<Integer> fresh(int count) {
    return IntStream.range(0, count).mapToObj(i -> fresh()).toList();
  }

  /** The number that stands for all that are tied to one. */
  int root(int number) {
    int root = number;
    while (parents.get(root) != root) {
      root = parents.get(root);
    }
    return root;
  }

  private void tie(int one, int other) {
    sums.add(one);
    int first = Math.min(root(one), root(other));
    parents.set(Math.max(root(one), root(other)), first);
  }

  private void fix(@Nullable Channels channels, String reason) {
    if (channels != null) {
      channels.numbers().forEach(number -> fixed.putIfAbsent(number, reason));
    }
  }

  // Operations

  private static String tensor(String input) {
    return input.endsWith(":0") ? input.substring(0, input.length() - 2) : input;
  }

  private @Nullable Channels read(NodeDef node, int input) {
    return tensors.get(tensor(node.getInput(input)));
  }

  private @Nullable Variable variable(NodeDef node, int input) {
    return variables.get(TensorName.parse(node.getInput(input)).operation());
  }

  private Shape shape(String operation) {
    return graph.operation(operation).output(0).shape();
  }

  private void passOn(NodeDef node) {
    Channels x = read(node, 0);
    if (x != null) {
      tensors.put(node.getName(), x);
    }
    end(node, 1);
  }

  private void convolution(NodeDef node) {
    Variable weight = variable(node, 1);
    Channels x = read(node, 0);
    if (weight == null) {
      end(node);
      return;
    }
    if (x != null) {
      bindings.add(new Binding(weight, 2, x));
    }
    List<Integer> numbers = fresh(Math.toIntExact(weight.shape().get(3)));
    Channels made = Channels.of(numbers);
    Layers.Layer layer = layers.get(node.getName());
    for (int i = 0; i < numbers.size(); i++) {
      if (layer == null) {
        fixed.put(numbers.get(i), node.getName() + " is no convolution of Layers");
      } else {
        makers.put(numbers.get(i), List.of(new Filter(layer.name(), i)));
      }
    }
    bindings.add(new Binding(weight, 3, made));
    sizes.put(node.getName(), x == null ? List.of(made) : List.of(x, made));
    tensors.put(node.getName(), made);
    if (x != null) {
      mixing.add(new Mixing(node.getName(), weight, x, made, tensor(node.getInput(0))));
    }
  }

  private void depthwise(NodeDef node) {
    Variable weight = variable(node, 1);
    Channels x = read(node, 0);
    if (weight == null || x == null || weight.shape().get(3) != 1) {
      end(node);
      return;
    }
    bindings.add(new Binding(weight, 2, x));
    sizes.put(node.getName(), List.of(x));
    tensors.put(node.getName(), x);
  }

  private void dense(NodeDef node) {
    Variable weight = variable(node, 1);
    Channels x = read(node, 0);
    if (x == null) {
      return;
    }
    if (weight == null || x.axis() != 1 || x.size() != weight.shape().get(0)) {
      end(node);
      return;
    }
    bindings.add(new Binding(weight, 0, x));
    sizes.put(node.getName(), List.of(x));
    mixing.add(new Mixing(node.getName(), weight, x, null, tensor(node.getInput(0))));
  }

  private void parameters(NodeDef node, int count) {
    Channels x = read(node, 0);
    if (x == null) {
      return;
    }
    for (int i = 1; i <= count; i++) {
      Variable parameter = variable(node, i);
      if (parameter == null) {
        fix(x, "an operation " + node.getOp() + " has values for each channel that are no weights");
      } else {
        bindings.add(new Binding(parameter, 0, x));
      }
    }
    tensors.put(node.getName(), x);
  }

  private void concatenation(NodeDef node) {
    int parts = node.getInputCount() - 1;
    List<List<Integer>> segments = new ArrayList<>();
    List<Channels> joined = new ArrayList<>();
    boolean along = true;
    for (int i = 0; i < parts; i++) {
      Channels part = read(node, i);
      if (part == null) {
        along = false;
      } else {
        joined.add(part);
        segments.addAll(part.segments());
        along &= part.repeat() == 1 && part.axis() == joined.get(0).axis();
      }
    }
    if (joined.isEmpty()) {
      return;
    }
    List<Integer> axis = constant(node, parts);
    int own = joined.get(0).axis();
    if (along
        && axis != null
        && Math.floorMod(axis.get(0), shape(node.getName()).numDimensions()) == own) {
      tensors.put(node.getName(), new Channels(segments, 1, own));
    } else {
      joined.forEach(part -> fix(part, "they are joined along another axis by " + node.getName()));
    }
  }

  private void padding(NodeDef node) {
    Channels x = read(node, 0);
    if (x == null) {
      return;
    }
    List<Integer> sides = constant(node, 1);
    if (sides == null || sides.size() != 8 || x.axis() != 3) {
      end(node);
      return;
    }
    int before = sides.get(6);
    int after = sides.get(7);
    if (before == 0 && after == 0) {
      tensors.put(node.getName(), x);
    } else if (x.segments().size() > 1 || Math.abs(after - before) > 1 || before > after) {
      fix(x, "channels are added on one side of them by " + node.getName());
    } else {
      Pad pad = new Pad(fresh(before), x.numbers(), fresh(after));
      pads.add(pad);
      List<Integer> all = new ArrayList<>(pad.before());
      all.addAll(pad.inner());
      all.addAll(pad.after());
      tensors.put(node.getName(), Channels.of(all));
    }
  }

  private void sum(NodeDef node) {
    Channels x = read(node, 0);
    Channels y = read(node, 1);
    if (x != null && y != null) {
      if (x.segments().stream()
              .map(List::size)
              .toList()
              .equals(y.segments().stream().map(List::size).toList())
          && x.repeat() == y.repeat()
          && x.axis() == y.axis()) {
        List<Integer> first = x.numbers();
        List<Integer> second = y.numbers();
        for (int i = 0; i < first.size(); i++) {
          tie(first.get(i), second.get(i));
        }
        tensors.put(node.getName(), x);
      } else {
        String reason = "maps of different parts are combined by " + node.getName();
        fix(x, reason);
        fix(y, reason);
      }
      return;
    }
    Channels one = x == null ? y : x;
    if (one == null) {
      return;
    }
    Shape other = shape(TensorName.parse(node.getInput(x == null ? 0 : 1)).operation());
    if (other.numDimensions() == 0 || other.size() == 1) {
      tensors.put(node.getName(), one);
    } else {
      end(node);
    }
  }

  private void mean(NodeDef node) {
    Channels x = read(node, 0);
    if (x == null) {
      return;
    }
    List<Integer> axes = constant(node, 1);
    Set<Integer> spatial = x.axis() == 3 ? Set.of(1, 2) : Set.of(2, 3);
    if (axes == null || !Set.copyOf(axes).equals(spatial)) {
      end(node);
      return;
    }
    AttrValue keeps = node.getAttrMap().get("keep_dims");
    tensors.put(node.getName(), keeps != null && keeps.getB() ? x : x.on(1));
  }

  private void transposition(NodeDef node) {
    Channels x = read(node, 0);
    List<Integer> order = constant(node, 1);
    if (x == null) {
      return;
    }
    if (order == null || order.size() != 4 || x.repeat() > 1) {
      end(node);
      return;
    }
    tensors.put(node.getName(), x.on(order.indexOf(x.axis())));
  }

  private void reshaping(NodeDef node) {
    Channels x = read(node, 0);
    if (x == null) {
      return;
    }
    Shape before = shape(TensorName.parse(node.getInput(0)).operation());
    Shape after = shape(node.getName());
    if (before.numDimensions() == 4 && after.numDimensions() == 2 && x.repeat() == 1) {
      long positions = before.get(1) * before.get(2) * before.get(3) / x.size();
      boolean channelsFirst = x.axis() == 1 || positions == 1;
      if (channelsFirst && after.get(1) == positions * x.size()) {
        tensors.put(node.getName(), x.repeated(Math.toIntExact(positions)));
        return;
      }
    }
    end(node);
  }

  /** The channels that an unknown operation reads are fixed. */
  private void end(NodeDef node) {
    end(node, 0);
  }

  private void end(NodeDef node, int first) {
    for (int i = first; i < node.getInputCount(); i++) {
      if (!node.getInput(i).startsWith("^")) {
        fix(read(node, i), "they are read by an operation " + node.getOp());
      }
    }
  }

  private @Nullable List<Integer> constant(NodeDef node, int input) {
    NodeDef value = nodes.get(TensorName.parse(node.getInput(input)).operation());
    if (value == null || !value.getOp().equals("Const")) {
      return null;
    }
    return integers(value.getAttrOrThrow("value").getTensor());
  }

  private static List<Integer> integers(TensorProto tensor) {
    int size = 1;
    for (int i = 0; i < tensor.getTensorShape().getDimCount(); i++) {
      size *= Math.toIntExact(tensor.getTensorShape().getDim(i).getSize());
    }
    if (!tensor.getTensorContent().isEmpty()) {
      var bytes = tensor.getTensorContent().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
      List<Integer> numbers = new ArrayList<>();
      while (bytes.remaining() >= Integer.BYTES) {
        numbers.add(bytes.getInt());
      }
      return numbers;
    }
    List<Integer> given = tensor.getIntValList();
    if (given.isEmpty()) {
      return Collections.nCopies(size, 0);
    }
    // A tensor whose last values are the same may hold them once.
    return IntStream.range(0, size)
        .mapToObj(i -> given.get(Math.min(i, given.size() - 1)))
        .toList();
  }

  // What was found

  /** Every axis of a variable whose places are channels. */
  List<Binding> bindings() {
    return bindings;
  }

  /** Every padding of channels, in the order of the forward pass. */
  List<Pad> pads() {
    return pads;
  }

  /** The layers that mix channels, in the order of the forward pass. */
  List<Mixing> mixing() {
    return mixing;
  }

  /**
   * What the cost of a layer is proportional to: the numbers of these channels.
   *
   * @param operation the layer's name in the graph
   */
  List<Channels> sizes(String operation) {
    return sizes.getOrDefault(operation, List.of());
  }

  /** The operations that read the output of one. */
  List<NodeDef> readers(String operation) {
    return nodes.values().stream()
        .filter(
            node -> node.getInputList().stream().anyMatch(input -> tensor(input).equals(operation)))
        .toList();
  }

  /** Whether some output depends on an operation. */
  boolean has(String operation) {
    return nodes.containsKey(operation);
  }

  /** Whether an operation looks at regions that were cut out of maps. */
  boolean looksAtRegions(String operation) {
    return regions.contains(operation);
  }

  /** The names of all operations, in the order in which they were added. */
  List<String> operations() {
    return List.copyOf(nodes.keySet());
  }

  /** One operation. */
  NodeDef node(String operation) {
    NodeDef node = nodes.get(operation);
    if (node == null) {
      throw new IllegalArgumentException("no operation " + operation);
    }
    return node;
  }

  /** The channels of a tensor; null where none are known. */
  @Nullable Channels channels(String tensor) {
    return tensors.get(tensor);
  }

  /** The channels that have filters, by the convolutions that make them. */
  List<Group> groups() {
    Map<Integer, Set<Filter>> filters = new LinkedHashMap<>();
    makers.forEach(
        (number, made) ->
            filters.computeIfAbsent(root(number), each -> new LinkedHashSet<>()).addAll(made));
    Map<Integer, String> reasons = new HashMap<>();
    fixed.forEach((number, reason) -> reasons.putIfAbsent(root(number), reason));
    Set<Integer> added = new HashSet<>();
    sums.forEach(number -> added.add(root(number)));
    Map<List<String>, List<Integer>> byLayers = new LinkedHashMap<>();
    filters.forEach(
        (root, all) -> {
          Set<String> names = new TreeSet<>();
          all.forEach(filter -> names.add(filter.layer()));
          List<String> key = new ArrayList<>(names);
          // What is fixed or tied is a group of its own.
          key.add(0, String.valueOf(reasons.get(root)));
          key.add(0, Boolean.toString(added.contains(root)));
          byLayers.computeIfAbsent(key, each -> new ArrayList<>()).add(root);
        });
    List<Group> groups = new ArrayList<>();
    byLayers.forEach(
        (key, roots) -> {
          Map<String, int[]> places = new LinkedHashMap<>();
          List<String> names = key.subList(2, key.size());
          for (String name : names) {
            int[] at = new int[roots.size()];
            for (int i = 0; i < at.length; i++) {
              at[i] =
                  filters.getOrDefault(roots.get(i), Set.of()).stream()
                      .filter(filter -> filter.layer().equals(name))
                      .mapToInt(Filter::place)
                      .findFirst()
                      .orElseThrow();
            }
            places.put(name, at);
          }
          groups.add(
              new Group(
                  List.copyOf(names),
                  List.copyOf(roots),
                  places,
                  added.contains(roots.get(0)),
                  reasons.get(roots.get(0))));
        });
    return groups;
  }
}
