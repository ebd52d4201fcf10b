package org.kt4j.onnx.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.export.QuantizedTensor;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * Convolution, pooling and normalisation of maps. TensorFlow has the channels last, ONNX Runtime
 * computes with the channels first, so that they stay so from the first of these operations on.
 */
final class ImageOperations {

  private static final String CONVOLUTION = "Conv2D";
  private static final String DEPTHWISE = "DepthwiseConv2dNative";

  private ImageOperations() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put(CONVOLUTION, (to, node) -> convolution(to, node, null, node));
    rules.put(DEPTHWISE, (to, node) -> convolution(to, node, null, node));
    rules.put("BiasAdd", ImageOperations::biasAdd);
    rules.put("FusedBatchNormV3", ImageOperations::batchNorm);
    rules.put("MaxPool", ImageOperations::maxPool);
    rules.put("MaxPoolV2", ImageOperations::maxPool);
    rules.put("AvgPool", ImageOperations::avgPool);
    rules.put("PadV2", ImageOperations::pad);
    rules.put("Pad", ImageOperations::pad);
    rules.put("Mean", ImageOperations::mean);
  }

  /** A map that is padded with one number, as far as the operation above can do that itself. */
  private record Padded(String input, List<Long> before, List<Long> after) {

    boolean isNone() {
      return before.equals(List.of(0L, 0L)) && after.equals(before);
    }
  }

  /** Of a padding of positions with this number, what is padded; otherwise the input itself. */
  private static Padded unpadded(Translation to, String input, float value) {
    NodeDef pad = to.source(input);
    Padded none = new Padded(input, List.of(0L, 0L), List.of(0L, 0L));
    if (!pad.getOp().equals("PadV2") && !pad.getOp().equals("Pad")) {
      return none;
    }
    long[] sides = to.wholeNumbers(pad, 1);
    if (sides.length != 8
        || sides[0] + sides[1] + sides[6] + sides[7] != 0
        || padding(to, pad) != value) {
      return none;
    }
    return new Padded(pad.getInput(0), List.of(sides[2], sides[4]), List.of(sides[3], sides[5]));
  }

  private static float padding(Translation to, NodeDef pad) {
    return pad.getInputCount() > 2 ? to.constant(pad, 2).floats()[0] : 0;
  }

  private static List<Long> list(NodeDef node, String attribute) {
    return node.getAttrOrThrow(attribute).getList().getIList();
  }

  private static void convolution(
      Translation to, NodeDef convolution, @Nullable String bias, NodeDef result) {
    boolean depthwise = convolution.getOp().equals(DEPTHWISE);
    String name = Translation.called(convolution);
    Shape kernel = to.shape(convolution.getInput(1)); // [kH, kW, in, out] or [kH, kW, in, 1]
    List<Long> strides = list(convolution, "strides").subList(1, 3);
    Padded padded = unpadded(to, convolution.getInput(0), 0f);
    String input = padded.input();
    boolean isPointwise = kernel.get(0) == 1 && kernel.get(1) == 1;
    NodeDef below = to.source(input);
    if (isPointwise && padded.isNone() && strides.equals(List.of(1L, 1L)) && picks(below)) {
      // The pixels that are picked before a kernel of one pixel are its stride.
      strides = list(below, "strides").subList(1, 3);
      input = below.getInput(0);
    }
    List<String> inputs =
        new ArrayList<>(List.of(to.channelsFirst(input), kernel(to, convolution, depthwise)));
    if (bias != null) {
      inputs.add(bias);
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", List.of(kernel.get(0), kernel.get(1)));
    attributes.put("strides", strides);
    attributes.put("dilations", dilations(convolution));
    attributes.put("group", depthwise ? kernel.get(2) : 1L);
    pad(to, convolution, attributes, padded, input, strides, kernel);
    String output = to.emit("Conv", name, inputs, attributes);
    to.put(result, Forms.channelsFirst(output, to.shape(result.getName())));
  }

  private static List<Long> dilations(NodeDef convolution) {
    return convolution.containsAttr("dilations")
            && convolution.getAttrOrThrow("dilations").getList().getICount() == 4
        ? list(convolution, "dilations").subList(1, 3)
        : List.of(1L, 1L);
  }

  /** Whether an operation leaves pixels out and does nothing else. */
  private static boolean picks(NodeDef node) {
    return node.getOp().equals("AvgPool") && list(node, "ksize").equals(List.of(1L, 1L, 1L, 1L));
  }

  private static void pad(
      Translation to,
      NodeDef node,
      Map<String, Object> attributes,
      Padded padded,
      String input,
      List<Long> strides,
      Shape kernel) {
    String padding = node.getAttrOrThrow("padding").getS().toStringUtf8();
    if (padding.equals("VALID")) {
      attributes.put(
          "pads",
          List.of(
              padded.before.get(0),
              padded.before.get(1),
              padded.after.get(0),
              padded.after.get(1)));
      return;
    }
    if (!padding.equals("SAME") || !padded.isNone()) {
      throw Untranslatable.because(node.getOp(), node.getName(), "has the padding " + padding);
    }
    long[] sides = new long[4];
    for (int axis = 0; axis < 2; axis++) {
      long stride = strides.get(axis);
      long size = to.shape(input).get(axis + 1);
      if (size == Shape.UNKNOWN_SIZE && stride != 1) {
        attributes.put("auto_pad", "SAME_UPPER");
        return;
      }
      long missing =
          stride == 1
              ? kernel.get(axis) - 1
              : Math.max(0, (ceilDiv(size, stride) - 1) * stride + kernel.get(axis) - size);
      sides[axis] = missing / 2;
      sides[axis + 2] = missing - missing / 2;
    }
    attributes.put("pads", Arrays.stream(sides).boxed().toList());
  }

  private static long ceilDiv(long a, long b) {
    return (a + b - 1) / b;
  }

  /** {@code [out, in, kH, kW]} of a convolution, {@code [channels, 1, kH, kW]} of a depthwise. */
  private static String kernel(Translation to, NodeDef convolution, boolean depthwise) {
    String input = convolution.getInput(1);
    String name = Translation.called(convolution) + ".weight";
    // The last two axes of a depthwise kernel are those of the others the other way round.
    List<Long> order = depthwise ? List.of(2L, 3L, 0L, 1L) : List.of(3L, 2L, 0L, 1L);
    QuantizedTensor levels = to.rounded(to.source(input));
    if (levels != null && levels.constant() != null) {
      return RoundedOperations.weights(to, name, levels, order);
    }
    OnnxTensor value = to.value(input);
    if (value == null) {
      return to.emit("Transpose", name, List.of(to.plain(input)), Map.of("perm", order));
    }
    return to.constant(name, Transposed.of(value, order));
  }

  private static void biasAdd(Translation to, NodeDef node) {
    NodeDef below = to.source(node.getInput(0));
    OnnxTensor bias = to.value(node.getInput(1));
    String name = Translation.called(below) + ".bias";
    if (bias == null || !to.isReadOnce(to.node(node.getInput(0)))) {
      NumberOperations.elementwise(to, node, "Add");
    } else if (below.getOp().equals(CONVOLUTION) || below.getOp().equals(DEPTHWISE)) {
      convolution(to, below, RoundedOperations.bias(to, name, bias, below), node);
    } else if (below.getOp().equals("MatMul")) {
      NumberOperations.product(to, below, RoundedOperations.bias(to, name, bias, below), node);
    } else {
      NumberOperations.elementwise(to, node, "Add");
    }
  }

  private static void batchNorm(Translation to, NodeDef node) {
    if (node.getAttrOrThrow("is_training").getB()) {
      throw Untranslatable.because(
          node.getOp(), node.getName(), "normalises by the statistics of its batch");
    }
    String name = Translation.called(node);
    List<String> inputs = new ArrayList<>();
    inputs.add(to.channelsFirst(node.getInput(0)));
    List<String> parts = List.of("weight", "bias", "running_mean", "running_var");
    for (int i = 0; i < parts.size(); i++) {
      OnnxTensor value = to.value(node.getInput(i + 1));
      inputs.add(
          value == null
              ? to.plain(node.getInput(i + 1))
              : to.constant(name + "." + parts.get(i), value));
    }
    String output =
        to.emit(
            "BatchNormalization",
            name,
            inputs,
            Map.of("epsilon", node.getAttrOrThrow("epsilon").getF()));
    to.put(node, Forms.channelsFirst(output, to.shape(node.getName())));
  }

  private static void maxPool(Translation to, NodeDef node) {
    // The second version has its window and its strides as inputs.
    boolean attributes = node.getInputCount() == 1;
    pool(
        to,
        node,
        "MaxPool",
        unpadded(to, node.getInput(0), -Float.MAX_VALUE),
        attributes ? list(node, "ksize") : numbers(to, node, 1),
        attributes ? list(node, "strides") : numbers(to, node, 2),
        Map.of());
  }

  private static List<Long> numbers(Translation to, NodeDef node, int input) {
    return Arrays.stream(to.wholeNumbers(node, input)).boxed().toList();
  }

  private static void avgPool(Translation to, NodeDef node) {
    Padded padded = unpadded(to, node.getInput(0), 0f);
    // SAME leaves the padding out of the mean, zeros that are written out count.
    boolean valid = node.getAttrOrThrow("padding").getS().toStringUtf8().equals("VALID");
    List<Long> window = list(node, "ksize");
    if (valid
        && window.equals(list(node, "strides"))
        && RegionOperations.isPooledCrop(to, node, window)) {
      RegionOperations.pooledCrop(to, node, window);
      return;
    }
    if (picks(node) && padded.isNone()) {
      to.put(
          node,
          Forms.channelsFirst(
              picked(to, node, to.shape(node.getInput(0)).get(3), 0), to.shape(node.getName())));
      return;
    }
    pool(
        to,
        node,
        "AveragePool",
        padded,
        list(node, "ksize"),
        list(node, "strides"),
        Map.of("count_include_pad", valid ? 1L : 0L));
  }

  private static void pool(
      Translation to,
      NodeDef node,
      String op,
      Padded padded,
      List<Long> windows,
      List<Long> steps,
      Map<String, Object> further) {
    List<Long> window = windows.subList(1, 3);
    List<Long> strides = steps.subList(1, 3);
    Map<String, Object> attributes = new LinkedHashMap<>(further);
    attributes.put("kernel_shape", window);
    attributes.put("strides", strides);
    pad(
        to,
        node,
        attributes,
        padded,
        padded.input(),
        strides,
        Shape.of(window.get(0), window.get(1)));
    String output =
        to.emit(
            op, Translation.called(node), List.of(to.channelsFirst(padded.input())), attributes);
    to.put(node, Forms.channelsFirst(output, to.shape(node.getName())));
  }

  /**
   * Picked pixels, with channels of zeros before and after, as a convolution with a kernel of one
   * pixel that is 1 where the input and the output channel are the same. Pooling and padding would
   * make ONNX Runtime give up its blocked layout.
   */
  private static String picked(Translation to, NodeDef picking, long channels, long before) {
    long given = to.shape(picking.getInput(0)).get(3);
    String name = Translation.called(picking);
    return identity(
        to,
        name,
        to.channelsFirst(picking.getInput(0)),
        moved(channels, given, before),
        list(picking, "strides").subList(1, 3));
  }

  /** A kernel of one pixel that gives channels as they are, with zeros before and behind them. */
  private static OnnxTensor moved(long channels, long given, long before) {
    float[] kernel = new float[Math.toIntExact(channels * given)];
    for (int c = 0; c < given; c++) {
      kernel[Math.toIntExact((before + c) * given + c)] = 1;
    }
    return OnnxTensor.floats(List.of(channels, given, 1L, 1L), kernel);
  }

  private static String identity(
      Translation to, String name, String input, OnnxTensor kernel, List<Long> strides) {
    return to.emit(
        "Conv",
        name,
        List.of(input, to.constant(name + ".weight", kernel)),
        Map.of(
            "kernel_shape", List.of(1L, 1L),
            "strides", strides,
            "dilations", List.of(1L, 1L),
            "group", 1L,
            "pads", List.of(0L, 0L, 0L, 0L)));
  }

  private static void pad(Translation to, NodeDef node) {
    long[] sides = to.wholeNumbers(node, 1);
    NodeDef below = to.source(node.getInput(0));
    boolean zerosOfChannels =
        sides.length == 8
            && Arrays.stream(sides, 0, 6).allMatch(side -> side == 0)
            && padding(to, node) == 0;
    if (zerosOfChannels && picks(below)) {
      // The shortcut without parameters of a ResNet.
      to.put(
          node,
          Forms.channelsFirst(
              picked(to, below, to.shape(node.getName()).get(3), sides[6]),
              to.shape(node.getName())));
      return;
    }
    if (zerosOfChannels && to.tensor(node.getInput(0)).isChannelsFirst()) {
      long given = to.shape(node.getInput(0)).get(3);
      long channels = given + sides[6] + sides[7];
      String output =
          identity(
              to,
              Translation.called(node),
              to.channelsFirst(node.getInput(0)),
              moved(channels, given, sides[6]),
              List.of(1L, 1L));
      to.put(node, Forms.channelsFirst(output, to.shape(node.getName())));
      return;
    }
    boolean first = to.tensor(node.getInput(0)).isChannelsFirst();
    String name = Translation.called(node);
    List<String> inputs =
        new ArrayList<>(
            List.of(
                first ? to.channelsFirst(node.getInput(0)) : to.plain(node.getInput(0)),
                to.constant(name + ".pads", OnnxTensor.longs(pads(sides, first)))));
    if (node.getInputCount() > 2) {
      inputs.add(to.plain(node.getInput(2)));
    }
    String output = to.emit("Pad", name, inputs);
    Shape shape = to.shape(node.getName());
    to.put(node, first ? Forms.channelsFirst(output, shape) : Forms.plain(output, shape));
  }

  /** What is added on the sides of each axis, as ONNX has it: before all of them, then behind. */
  static long[] pads(long[] sides, boolean channelsFirst) {
    int rank = sides.length / 2;
    int[] order = channelsFirst ? new int[] {0, 3, 1, 2} : IntStream.range(0, rank).toArray();
    long[] pads = new long[2 * rank];
    for (int axis = 0; axis < rank; axis++) {
      pads[axis] = sides[2 * order[axis]];
      pads[axis + rank] = sides[2 * order[axis] + 1];
    }
    return pads;
  }

  private static void mean(Translation to, NodeDef node) {
    long[] axes = to.wholeNumbers(node, 1);
    boolean kept = node.containsAttr("keep_dims") && node.getAttrOrThrow("keep_dims").getB();
    String name = Translation.called(node);
    Shape shape = to.shape(node.getName());
    if (to.shape(node.getInput(0)).numDimensions() == 4 && Arrays.equals(axes, new long[] {1, 2})) {
      String mean = to.emit("GlobalAveragePool", name, List.of(to.channelsFirst(node.getInput(0))));
      to.put(
          node,
          kept
              ? Forms.channelsFirst(mean, shape)
              : Forms.plain(
                  to.emit("Flatten", name + "/flatten", List.of(mean), Map.of("axis", 1L)), shape));
      return;
    }
    String output =
        to.emit(
            "ReduceMean",
            name,
            List.of(to.plain(node.getInput(0))),
            Map.of("axes", Arrays.stream(axes).boxed().toList(), "keepdims", kept ? 1L : 0L));
    to.put(node, Forms.plain(output, shape));
  }
}
