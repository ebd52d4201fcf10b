package org.kt4j.onnx.translate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.kt4j.engine.export.QuantizedTensor;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxNode;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * What a student rounds while it is trained, as {@code QuantizeLinear} and {@code
 * DequantizeLinear}: with exactly the scales, zero points and levels that it was trained with.
 */
final class RoundedOperations {

  private static final int BYTE_LEVELS = 255;
  private static final Set<String> MOVES = Set.of("MaxPool", "Flatten", "Reshape");

  private RoundedOperations() {}

  /** A rounding: of an activation, or of weights that something else than a layer reads. */
  static void rounded(Translation to, NodeDef node, QuantizedTensor levels) {
    Shape shape = to.shape(node.getName());
    if (levels.constant() != null) {
      OnnxTensor value = Objects.requireNonNull(to.value(node.getName()));
      String name = to.constant(Translation.called(node), value);
      to.put(node, Forms.constant(name, shape, value));
      return;
    }
    float scale = levels.scales()[0];
    int most = (1 << levels.bits()) - 1;
    String input = levels.input();
    NodeDef below = to.source(input);
    // Below the lowest level is what the ReLU cuts off.
    boolean cuts =
        levels.zeroPoint() == 0
            && to.isReadOnce(to.node(input))
            && (below.getOp().equals("Relu")
                || (below.getOp().equals("Relu6") && BYTE_LEVELS * scale <= 6));
    String source = cuts ? below.getInput(0) : input;
    boolean first = shape.numDimensions() == 4;
    String x = first ? to.channelsFirst(source) : to.plain(source);
    String name = Translation.called(node);
    if (most < BYTE_LEVELS) {
      x =
          to.emit(
              "Clip",
              name + "/range",
              List.of(
                  x,
                  to.constant(name + ".min", OnnxTensor.scalar(-levels.zeroPoint() * scale)),
                  to.constant(
                      name + ".max", OnnxTensor.scalar((most - levels.zeroPoint()) * scale))));
    }
    List<String> of =
        List.of(
            to.constant(name + ".scale", OnnxTensor.scalar(scale)),
            to.constant(
                name + ".zero_point",
                OnnxTensor.bytes(Element.UINT8, List.of(), (byte) levels.zeroPoint())));
    String quantized =
        to.emit("QuantizeLinear", name + "/levels", List.of(x, of.get(0), of.get(1)));
    String result = to.emit("DequantizeLinear", name, List.of(quantized, of.get(0), of.get(1)));
    to.put(node, first ? Forms.channelsFirst(result, shape) : Forms.plain(result, shape));
  }

  /**
   * The levels of a layer's weights, widened.
   *
   * @param name of the constant
   * @param order of ONNX's axes, the output channels first
   * @return the name of the tensor
   */
  static String weights(Translation to, String name, QuantizedTensor levels, List<Long> order) {
    QuantizedTensor.Levels constant = Objects.requireNonNull(levels.constant());
    List<Long> sizes = new ArrayList<>();
    for (long size : constant.shape().asArray()) {
      sizes.add(size);
    }
    byte[] values = constant.values().clone();
    IntStream.range(0, values.length).forEach(i -> values[i] *= (byte) factor(levels));
    OnnxTensor turned = Transposed.of(OnnxTensor.bytes(Element.INT8, sizes, values), order);
    long channels = turned.sizes().get(0);
    return to.emit(
        "DequantizeLinear",
        name,
        List.of(
            to.constant(name + ".levels", turned),
            to.constant(
                name + ".scale", OnnxTensor.floats(List.of(channels), scales(levels, channels))),
            to.constant(
                name + ".zero_point",
                OnnxTensor.bytes(
                    Element.INT8, List.of(channels), new byte[Math.toIntExact(channels)]))),
        Map.of("axis", 0L));
  }

  /**
   * How many levels of a byte lie between two levels of fewer bits; the same weights, but with a
   * scale in which a bias is more exact. A power of two, so that nothing is rounded.
   */
  private static int factor(QuantizedTensor levels) {
    return 1 << (Byte.SIZE - levels.bits());
  }

  private static float[] scales(QuantizedTensor levels, long channels) {
    float[] scales = new float[Math.toIntExact(channels)];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = levels.scales()[levels.scales().length == 1 ? 0 : c] / factor(levels);
    }
    return scales;
  }

  /**
   * A bias; of a layer whose input and weights are on levels in the product of their scales.
   *
   * @param layer a convolution or a product
   * @return the name of the tensor
   */
  static String bias(Translation to, String name, OnnxTensor bias, NodeDef layer) {
    QuantizedTensor input = to.levels(layer.getInput(0));
    QuantizedTensor weights = to.rounded(to.source(layer.getInput(1)));
    return input == null || weights == null || weights.constant() == null
        ? to.constant(name, bias)
        : bias(to, name, bias, input, weights);
  }

  private static String bias(
      Translation to,
      String name,
      OnnxTensor bias,
      QuantizedTensor input,
      QuantizedTensor weights) {
    float[] numbers = bias.floats();
    long channels = numbers.length;
    float[] scales = scales(weights, channels);
    int[] levels = new int[numbers.length];
    for (int c = 0; c < levels.length; c++) {
      scales[c] *= input.scales()[0];
      levels[c] = (int) Math.rint(numbers[c] / (double) scales[c]);
    }
    return to.emit(
        "DequantizeLinear",
        name,
        List.of(
            to.constant(name + ".levels", OnnxTensor.ints(List.of(channels), levels)),
            to.constant(name + ".scale", OnnxTensor.floats(List.of(channels), scales)),
            to.constant(
                name + ".zero_point", OnnxTensor.ints(List.of(channels), new int[levels.length]))),
        Map.of("axis", 0L));
  }

  /**
   * Writes levels also where they are only moved, and before what moves them to where they are
   * rounded: runtimes make integer operations of what stands between two roundings.
   */
  static void spread(OnnxGraph graph) {
    Map<String, List<String>> levels = new HashMap<>(); // scale and zero point, by tensor
    Map<String, List<OnnxNode>> readers = new HashMap<>();
    for (OnnxNode node : graph.nodes()) {
      node.inputs()
          .forEach(input -> readers.computeIfAbsent(input, key -> new ArrayList<>()).add(node));
    }
    List<OnnxNode> nodes = new ArrayList<>();
    for (OnnxNode node : graph.nodes()) {
      if (node.op().equals("DequantizeLinear")) {
        levels.put(node.output(), node.inputs().subList(1, 3));
        nodes.add(node);
        continue;
      }
      String input = node.inputs().isEmpty() ? "" : node.inputs().get(0);
      List<String> given = levels.get(input);
      List<OnnxNode> next = readers.getOrDefault(node.output(), List.of());
      boolean identity = node.op().equals("Conv") && isIdentity(graph, node);
      if (given != null && (MOVES.contains(node.op()) || identity)) {
        String unrounded = node.output() + "/moved";
        OnnxNode moved = identity ? withLevels(graph, nodes, node) : node;
        nodes.add(moved.outputs(List.of(unrounded)));
        nodes.addAll(rounding(node.output(), unrounded, given));
        levels.put(node.output(), given);
      } else if (MOVES.contains(node.op())
          && next.size() == 1
          && next.get(0).op().equals("QuantizeLinear")) {
        String before = input + "/rounded";
        nodes.addAll(rounding(before, input, next.get(0).inputs().subList(1, 3)));
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, before);
        nodes.add(node.inputs(inputs));
      } else {
        nodes.add(node);
      }
    }
    graph.nodes().clear();
    graph.nodes().addAll(nodes);
  }

  private static List<OnnxNode> rounding(String result, String from, List<String> levels) {
    String quantized = result + "/levels_again";
    return List.of(
        new OnnxNode(
            "QuantizeLinear",
            quantized,
            List.of(from, levels.get(0), levels.get(1)),
            List.of(quantized),
            Map.of()),
        new OnnxNode(
            "DequantizeLinear",
            result + "/widened",
            List.of(quantized, levels.get(0), levels.get(1)),
            List.of(result),
            Map.of()));
  }

  /** Whether a kernel of one pixel holds nothing but ones and zeros. */
  private static boolean isIdentity(OnnxGraph graph, OnnxNode conv) {
    OnnxTensor kernel = graph.initializers().get(conv.inputs().get(1));
    if (kernel == null || kernel.type() != Element.FLOAT || conv.inputs().size() > 2) {
      return false;
    }
    for (float number : kernel.floats()) {
      if (number != 0 && number != 1) {
        return false;
      }
    }
    return true;
  }

  private static OnnxNode withLevels(OnnxGraph graph, List<OnnxNode> nodes, OnnxNode conv) {
    String name = conv.inputs().get(1);
    OnnxTensor kernel = Objects.requireNonNull(graph.initializers().get(name));
    float[] numbers = kernel.floats();
    byte[] ones = new byte[numbers.length];
    IntStream.range(0, ones.length).forEach(i -> ones[i] = (byte) numbers[i]);
    graph
        .initializers()
        .put(name + ".levels", OnnxTensor.bytes(Element.INT8, kernel.sizes(), ones));
    graph.initializers().put(name + ".scale", OnnxTensor.scalar(1));
    graph
        .initializers()
        .put(name + ".zero_point", OnnxTensor.bytes(Element.INT8, List.of(), (byte) 0));
    String widened = name + ".widened";
    nodes.add(
        new OnnxNode(
            "DequantizeLinear",
            widened,
            List.of(name + ".levels", name + ".scale", name + ".zero_point"),
            List.of(widened),
            Map.of()));
    return conv.inputs(List.of(conv.inputs().get(0), widened));
  }
}
