package org.kt4j.onnx.quantize;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxNode;
import org.kt4j.onnx.model.OnnxTensor;

/**
 * A graph whose convolutions, dense layers, poolings and sums of feature maps are computed in whole
 * numbers of 8 bits. It is written in ONNX's form for that, {@code QuantizeLinear} and {@code
 * DequantizeLinear} around each tensor, which runtimes turn into integer operations:
 *
 * <ul>
 *   <li>Activations are unsigned, with a level that is 0. Behind a ReLU that is the lowest level,
 *       so that cutting off what is below it is the ReLU, and that operation is left out.
 *   <li>Weights are signed, with a scale for each output channel. Biases have 32 bits and the
 *       product of both scales.
 *   <li>A normalisation that is no part of a convolution becomes one of one pixel and one channel.
 *   <li>What comes before the first convolution and after the last layer stays in single precision,
 *       and so do convolutions whose results no other layer reads, as those of a region proposal
 *       network that say what is at a place.
 * </ul>
 *
 * Jacob et al., 2018, "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", equations 1 to 8.
 */
public final class QuantizedGraph {

  private static final Set<String> WITH_WEIGHTS = Set.of("Conv", "Gemm");

  /** Operations that neither change the range nor the levels. */
  private static final Set<String> MOVES = Set.of("MaxPool", "Flatten", "Reshape");

  private static final Set<String> OTHERS =
      Set.of("Add", "Concat", "AveragePool", "GlobalAveragePool");

  private final OnnxGraph graph;
  private final Set<String> layers = new LinkedHashSet<>();
  private final Set<String> features = new HashSet<>();
  private final Map<String, OnnxNode> producers = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();

  /**
   * What was quantised.
   *
   * @param layers convolutions and dense layers in 8 bits
   * @param kept those in single precision
   */
  public record Summary(int layers, int kept) {}

  private QuantizedGraph(OnnxGraph graph) {
    this.graph = graph;
  }

  /**
   * Quantises a graph, which is changed.
   *
   * @param activations of this graph on training pictures
   * @param percentile the share of the values of an activation that lies in its range, in percent
   * @param weightsBits 2 to 8
   * @param floatEnds whether the first layer and those that no other follows stay in single
   *     precision
   */
  public static Summary of(
      OnnxGraph graph,
      Activations activations,
      double percentile,
      int weightsBits,
      boolean floatEnds) {
    QuantizedGraph quantized = new QuantizedGraph(graph);
    quantized.normalisationsToConvolutions();
    quantized.look();
    quantized.choose(floatEnds);
    Map<String, String> shared = quantized.shared();
    Set<String> tensors = new LinkedHashSet<>();
    for (String tensor : quantized.tensors()) {
      tensors.add(root(shared, tensor));
    }
    Map<String, Range> ranges = Ranges.of(activations, tensors, percentile);
    quantized.weights(ranges, shared, weightsBits);
    quantized.activations(ranges, shared);
    graph.removeUnread();
    int all = (int) graph.nodes().stream().filter(node -> WITH_WEIGHTS.contains(node.op())).count();
    return new Summary(quantized.layers.size(), all - quantized.layers.size());
  }

  /** Those that are left are affine in each channel, as a convolution of one pixel can be. */
  private void normalisationsToConvolutions() {
    graph
        .nodes()
        .replaceAll(
            node -> {
              if (!node.op().equals("BatchNormalization")) {
                return node;
              }
              List<OnnxTensor> parts =
                  node.inputs().subList(1, 5).stream().map(graph.initializers()::get).toList();
              if (parts.contains(null)) {
                return node;
              }
              float[] scale = parts.get(0).floats();
              float[] offset = parts.get(1).floats();
              float[] mean = parts.get(2).floats();
              float[] variance = parts.get(3).floats();
              float epsilon = (Float) node.attributes().getOrDefault("epsilon", 1e-5f);
              float[] kernel = new float[scale.length];
              float[] bias = new float[scale.length];
              for (int c = 0; c < scale.length; c++) {
                double factor = scale[c] / Math.sqrt((double) variance[c] + epsilon);
                kernel[c] = (float) factor;
                bias[c] = (float) (offset[c] - mean[c] * factor);
              }
              long channels = scale.length;
              String weightName = node.name() + ".factor";
              String biasName = node.name() + ".offset";
              graph
                  .initializers()
                  .put(weightName, OnnxTensor.floats(List.of(channels, 1L, 1L, 1L), kernel));
              graph.initializers().put(biasName, OnnxTensor.floats(List.of(channels), bias));
              return new OnnxNode(
                  "Conv",
                  node.name(),
                  List.of(node.inputs().get(0), weightName, biasName),
                  node.outputs(),
                  Map.of(
                      "group", channels,
                      "kernel_shape", List.of(1L, 1L),
                      "strides", List.of(1L, 1L),
                      "dilations", List.of(1L, 1L),
                      "pads", List.of(0L, 0L, 0L, 0L)));
            });
  }

  private void look() {
    producers.clear();
    readers.clear();
    for (OnnxNode node : graph.nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
      node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
    }
    graph.outputs().forEach(port -> readers.merge(port.name(), 1, Integer::sum));
  }

  /** Which layers are quantised, and which tensors follow from their results alone. */
  private void choose(boolean floatEnds) {
    List<OnnxNode> all =
        graph.nodes().stream()
            .filter(
                node ->
                    WITH_WEIGHTS.contains(node.op())
                        && isFloat(node.inputs().get(1))
                        && !(node.op().equals("Gemm") && !turned(node)))
            .toList();
    Set<OnnxNode> last = last(all);
    for (int i = 0; i < all.size(); i++) {
      if (!(floatEnds && (i == 0 || last.contains(all.get(i))))) {
        layers.add(all.get(i).output());
      }
    }
    for (OnnxNode node : graph.nodes()) {
      boolean follows =
          ((isCut(node) || MOVES.contains(node.op())) && features.contains(node.inputs().get(0)))
              || (OTHERS.contains(node.op()) && features.containsAll(node.inputs()));
      if ((layers.contains(node.output()) && node.op().equals("Conv")) || follows) {
        features.add(node.output());
      }
    }
    // What a convolution says of each place, rather than for other layers, is as exact as it is
    // computed: 256 levels would make many of them equal.
    for (OnnxNode node : all) {
      if (node.op().equals("Conv") && layers.contains(node.output()) && !isMap(node.output())) {
        layers.remove(node.output());
        features.remove(node.output());
      }
    }
  }

  /** Whether a result is read as a map, by an operation that can be one of feature maps. */
  private boolean isMap(String tensor) {
    return graph.nodes().stream()
        .filter(node -> node.inputs().contains(tensor))
        .anyMatch(
            node ->
                WITH_WEIGHTS.contains(node.op())
                    || MOVES.contains(node.op())
                    || OTHERS.contains(node.op())
                    || isCut(node));
  }

  /** The layers whose results no other layer depends on. */
  private Set<OnnxNode> last(List<OnnxNode> all) {
    Set<OnnxNode> last = new HashSet<>();
    Set<String> needed = new HashSet<>();
    for (int i = graph.nodes().size() - 1; i >= 0; i--) {
      OnnxNode node = graph.nodes().get(i);
      boolean isNeeded = node.outputs().stream().anyMatch(needed::contains);
      boolean isLayer = all.contains(node);
      if (isLayer && !isNeeded) {
        last.add(node);
      }
      if (isLayer || isNeeded) {
        needed.addAll(node.inputs());
      }
    }
    return last;
  }

  private static boolean turned(OnnxNode gemm) {
    return Long.valueOf(1).equals(gemm.attributes().get("transB"))
        && !Long.valueOf(1).equals(gemm.attributes().get("transA"));
  }

  private boolean isFloat(String constant) {
    OnnxTensor value = graph.initializers().get(constant);
    return value != null && value.type() == Element.FLOAT;
  }

  /** Whether an operation cuts off what is below 0, and nothing that its range holds. */
  private boolean isCut(OnnxNode node) {
    if (node.op().equals("Clip")) {
      OnnxTensor low = graph.initializers().get(node.inputs().get(1));
      return low != null && low.type() == Element.FLOAT && low.floats()[0] == 0;
    }
    return node.op().equals("Relu");
  }

  /** The only reader of a tensor, if it cuts off and can be left out. */
  private @Nullable OnnxNode cut(String tensor) {
    if (readers.getOrDefault(tensor, 0) != 1) {
      return null;
    }
    return graph.nodes().stream()
        .filter(node -> isCut(node) && node.inputs().get(0).equals(tensor))
        .findFirst()
        .orElse(null);
  }

  /** What has levels: results of quantised operations behind their ReLU, and what layers read. */
  private List<String> tensors() {
    Set<String> tensors = new LinkedHashSet<>();
    for (OnnxNode node : graph.nodes()) {
      if (layers.contains(node.output())) {
        tensors.add(node.inputs().get(0));
      }
      if (features.contains(node.output()) && cut(node.output()) == null) {
        tensors.add(node.output());
      }
    }
    return List.copyOf(tensors);
  }

  /** Tensors that have the levels of another. */
  private Map<String, String> shared() {
    Map<String, String> shared = new HashMap<>();
    for (OnnxNode node : graph.nodes()) {
      if (MOVES.contains(node.op()) && features.contains(node.output())) {
        shared.put(node.output(), node.inputs().get(0));
      }
    }
    return shared;
  }

  private static String root(Map<String, String> shared, String tensor) {
    String root = tensor;
    while (shared.containsKey(root)) {
      root = shared.get(root);
    }
    return root;
  }

  private void weights(Map<String, Range> ranges, Map<String, String> shared, int bits) {
    List<OnnxNode> nodes = new ArrayList<>();
    for (OnnxNode node : graph.nodes()) {
      if (!layers.contains(node.output())) {
        nodes.add(node);
        continue;
      }
      List<String> inputs = new ArrayList<>(node.inputs());
      Range range = ranges.get(root(shared, inputs.get(0)));
      if (range == null) {
        throw new IllegalStateException("no range of " + inputs.get(0));
      }
      float scale = range.scale();
      float[] bias = inputs.size() < 3 ? new float[0] : tensor(inputs.get(2)).floats();
      Kernel kernel = Kernel.of(tensor(inputs.get(1)), bias, scale, bits);
      inputs.set(
          1, dequantized(nodes, inputs.get(1), kernel.levels(), kernel.scales(), kernel.zeros()));
      if (bias.length > 0) {
        float[] scales = new float[bias.length];
        for (int c = 0; c < scales.length; c++) {
          scales[c] = kernel.scales()[c] * scale;
        }
        long count = bias.length;
        inputs.set(
            2,
            dequantized(
                nodes,
                inputs.get(2),
                OnnxTensor.ints(List.of(count), Kernel.bias(bias, scales)),
                scales,
                OnnxTensor.ints(List.of(count), new int[bias.length])));
      }
      nodes.add(node.inputs(inputs));
    }
    graph.nodes().clear();
    graph.nodes().addAll(nodes);
  }

  private OnnxTensor tensor(String name) {
    OnnxTensor value = graph.initializers().get(name);
    if (value == null) {
      throw new IllegalStateException("no constant " + name);
    }
    return value;
  }

  private String dequantized(
      List<OnnxNode> nodes, String name, OnnxTensor levels, float[] scales, OnnxTensor zeros) {
    String stored = name + ".quantized";
    String result = name + ".dequantized";
    if (graph.initializers().containsKey(stored)) {
      return result;
    }
    graph.initializers().put(stored, levels);
    graph
        .initializers()
        .put(name + ".scale", OnnxTensor.floats(List.of((long) scales.length), scales));
    graph.initializers().put(name + ".zero_point", zeros);
    nodes.add(
        new OnnxNode(
            "DequantizeLinear",
            result,
            List.of(stored, name + ".scale", name + ".zero_point"),
            List.of(result),
            Map.of("axis", 0L)));
    return result;
  }

  private void activations(Map<String, Range> ranges, Map<String, String> shared) {
    Map<String, String> given = new LinkedHashMap<>(); // by tensor, what is rounded to it
    Set<String> gone = new HashSet<>();
    for (String tensor : tensors()) {
      OnnxNode producer = producers.get(tensor);
      Range range = ranges.get(root(shared, tensor));
      if (producer != null
          && isCut(producer)
          && features.contains(tensor)
          && range != null
          && range.zeroPoint() == 0
          && readers.getOrDefault(producer.inputs().get(0), 0) == 1) {
        gone.add(producer.name());
        given.put(tensor, producer.inputs().get(0));
      } else {
        given.put(tensor, tensor + "/float");
      }
    }
    List<OnnxNode> nodes = new ArrayList<>();
    for (OnnxNode node : graph.nodes()) {
      if (gone.contains(node.name())) {
        String tensor = node.output();
        nodes.addAll(rounding(tensor, given.get(tensor), range(ranges, shared, tensor), shared));
        continue;
      }
      List<String> outputs =
          node.outputs().stream()
              .map(output -> given.containsKey(output) ? given.get(output) : output)
              .toList();
      nodes.add(node.outputs(outputs));
      for (int i = 0; i < outputs.size(); i++) {
        String tensor = node.outputs().get(i);
        if (given.containsKey(tensor)) {
          nodes.addAll(rounding(tensor, outputs.get(i), range(ranges, shared, tensor), shared));
        }
      }
    }
    graph.nodes().clear();
    graph.nodes().addAll(nodes);
  }

  private static Range range(Map<String, Range> ranges, Map<String, String> shared, String tensor) {
    Range range = ranges.get(root(shared, tensor));
    if (range == null) {
      throw new IllegalStateException("no range of " + tensor);
    }
    return range;
  }

  /** To levels and back. */
  private List<OnnxNode> rounding(
      String tensor, @Nullable String from, Range range, Map<String, String> shared) {
    String source = from == null ? tensor : from;
    String root = root(shared, tensor);
    graph.initializers().put(root + ".scale", OnnxTensor.scalar(range.scale()));
    graph
        .initializers()
        .put(
            root + ".zero_point",
            OnnxTensor.bytes(Element.UINT8, List.of(), (byte) range.zeroPoint()));
    List<String> levels = List.of(root + ".scale", root + ".zero_point");
    String quantized = tensor + "/quantized";
    return List.of(
        new OnnxNode(
            "QuantizeLinear",
            quantized,
            List.of(source, levels.get(0), levels.get(1)),
            List.of(quantized),
            Map.of()),
        new OnnxNode(
            "DequantizeLinear",
            tensor + "/dequantized",
            List.of(quantized, levels.get(0), levels.get(1)),
            List.of(tensor),
            Map.of()));
  }
}
