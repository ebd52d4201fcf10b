package org.kt4j.onnx.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.export.QuantizedTensor;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;

/** Arithmetic, number by number, and matrix products. */
final class NumberOperations {

  /** Operations on one tensor, whatever its axes are. */
  private static final Map<String, String> OF_ONE =
      Map.ofEntries(
          Map.entry("Relu", "Relu"),
          Map.entry("Floor", "Floor"),
          Map.entry("Ceil", "Ceil"),
          Map.entry("Round", "Round"),
          Map.entry("Rint", "Round"),
          Map.entry("Sqrt", "Sqrt"),
          Map.entry("Exp", "Exp"),
          Map.entry("Log", "Log"),
          Map.entry("Abs", "Abs"),
          Map.entry("Neg", "Neg"),
          Map.entry("Sigmoid", "Sigmoid"),
          Map.entry("Tanh", "Tanh"),
          Map.entry("Elu", "Elu"),
          Map.entry("Softplus", "Softplus"),
          Map.entry("LogicalNot", "Not"));

  /** Operations on two tensors, of which the smaller one is repeated. */
  private static final Map<String, String> OF_TWO =
      Map.ofEntries(
          Map.entry("Add", "Add"),
          Map.entry("AddV2", "Add"),
          Map.entry("Sub", "Sub"),
          Map.entry("Mul", "Mul"),
          Map.entry("RealDiv", "Div"),
          Map.entry("Div", "Div"),
          Map.entry("Pow", "Pow"),
          Map.entry("Minimum", "Min"),
          Map.entry("Maximum", "Max"),
          Map.entry("Less", "Less"),
          Map.entry("LessEqual", "LessOrEqual"),
          Map.entry("Greater", "Greater"),
          Map.entry("GreaterEqual", "GreaterOrEqual"),
          Map.entry("Equal", "Equal"),
          Map.entry("LogicalAnd", "And"),
          Map.entry("LogicalOr", "Or"));

  private NumberOperations() {}

  static void addTo(Map<String, Rule> rules) {
    OF_ONE.forEach((from, op) -> rules.put(from, (to, node) -> each(to, node, op, List.of())));
    OF_TWO.forEach((from, op) -> rules.put(from, (to, node) -> elementwise(to, node, op)));
    rules.put("Identity", NumberOperations::identity);
    rules.put("StopGradient", NumberOperations::identity);
    rules.put("EnsureShape", NumberOperations::identity);
    rules.put("Relu6", NumberOperations::relu6);
    rules.put("ClipByValue", NumberOperations::clip);
    rules.put("LeakyRelu", NumberOperations::leakyRelu);
    rules.put("Cast", NumberOperations::cast);
    rules.put("MatMul", (to, node) -> product(to, node, null, node));
    rules.put("Softmax", NumberOperations::softmax);
    rules.put("Const", NumberOperations::constant);
    rules.put("SelectV2", NumberOperations::select);
    rules.put("Cumsum", NumberOperations::cumulativeSum);
  }

  private static void constant(Translation to, NodeDef node) {
    OnnxTensor value = ConstantNumbers.of(node.getAttrOrThrow("value").getTensor());
    String name = to.constant(Translation.called(node), value);
    to.put(node, Forms.constant(name, to.shape(node.getName()), value));
  }

  private static void identity(Translation to, NodeDef node) {
    to.put(node, to.tensor(node.getInput(0)));
  }

  /** One operation, in the form in which the tensor is there. */
  private static void each(
      Translation to, NodeDef node, String op, List<String> further, Map<String, Object> how) {
    String input = node.getInput(0);
    boolean first = to.tensor(input).isChannelsFirst();
    List<String> inputs = new ArrayList<>();
    inputs.add(first ? to.channelsFirst(input) : to.plain(input));
    inputs.addAll(further);
    String output = to.emit(op, Translation.called(node), inputs, how);
    put(to, node, output, first);
  }

  private static void each(Translation to, NodeDef node, String op, List<String> further) {
    each(to, node, op, further, Map.of());
  }

  private static void put(Translation to, NodeDef node, String output, boolean first) {
    Shape shape = to.shape(node.getName());
    to.put(node, first ? Forms.channelsFirst(output, shape) : Forms.plain(output, shape));
  }

  private static void relu6(Translation to, NodeDef node) {
    String name = Translation.called(node);
    each(
        to,
        node,
        "Clip",
        List.of(
            to.constant(name + ".min", OnnxTensor.scalar(0)),
            to.constant(name + ".max", OnnxTensor.scalar(6))));
  }

  private static void clip(Translation to, NodeDef node) {
    each(to, node, "Clip", List.of(to.plain(node.getInput(1)), to.plain(node.getInput(2))));
  }

  private static void leakyRelu(Translation to, NodeDef node) {
    float slope = node.containsAttr("alpha") ? node.getAttrOrThrow("alpha").getF() : 0.2f;
    each(to, node, "LeakyRelu", List.of(), Map.of("alpha", slope));
  }

  private static void cast(Translation to, NodeDef node) {
    DataType type = node.getAttrOrThrow("DstT").getType();
    each(to, node, "Cast", List.of(), Map.of("to", (long) Elements.of(type).code()));
  }

  /** One operation of two tensors, with the channels first where one of them is so. */
  static void elementwise(Translation to, NodeDef node, String op) {
    Forms left = to.tensor(node.getInput(0));
    Forms right = to.tensor(node.getInput(1));
    boolean first =
        (left.isChannelsFirst() && canFollow(right))
            || (right.isChannelsFirst() && canFollow(left));
    List<String> inputs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Forms operand = i == 0 ? left : right;
      String input = node.getInput(i);
      inputs.add(
          !first
              ? to.plain(input)
              : operand.rank() == 4 ? to.channelsFirst(input) : ofChannels(to, input, operand));
    }
    put(to, node, to.emit(op, Translation.called(node), inputs), first);
  }

  /** Whether a tensor can be combined with one whose channels come first. */
  private static boolean canFollow(Forms forms) {
    return forms.rank() == 4
        || forms.rank() == 0
        || (forms.rank() == 1 && (forms.value() != null || forms.shape().get(0) == 1));
  }

  /** A number for each channel, or one for all. */
  private static String ofChannels(Translation to, String input, Forms forms) {
    OnnxTensor value = forms.value();
    if (forms.rank() == 0 || value == null || value.sizes().get(0) == 1) {
      return to.plain(input);
    }
    return to.constant(
        to.plain(input) + ".channels",
        new OnnxTensor(value.type(), List.of(value.sizes().get(0), 1L, 1L), value.content()));
  }

  /** A product with a matrix; with a bias, one operation of ONNX. */
  static void product(Translation to, NodeDef matMul, @Nullable String bias, NodeDef result) {
    String name = Translation.called(matMul);
    boolean leftTurned = flag(matMul, "transpose_a");
    boolean rightTurned = flag(matMul, "transpose_b");
    String left = to.plain(matMul.getInput(0));
    OnnxTensor matrix = to.value(matMul.getInput(1));
    Shape shape = to.shape(result.getName());
    if (matrix == null) {
      String right = to.plain(matMul.getInput(1));
      if (leftTurned || rightTurned || bias != null) {
        List<String> inputs = new ArrayList<>(List.of(left, right));
        if (bias != null) {
          inputs.add(bias);
        }
        to.put(
            result,
            Forms.plain(to.emit("Gemm", name, inputs, turned(leftTurned, rightTurned)), shape));
      } else {
        to.put(result, Forms.plain(to.emit("MatMul", name, List.of(left, right)), shape));
      }
      return;
    }
    // [out, in], as other exporters write it.
    List<Long> order = rightTurned ? List.of(0L, 1L) : List.of(1L, 0L);
    QuantizedTensor levels = to.rounded(to.source(matMul.getInput(1)));
    String weight =
        levels != null && levels.constant() != null
            ? RoundedOperations.weights(to, name + ".weight", levels, order)
            : to.constant(name + ".weight", Transposed.of(matrix, order));
    List<String> inputs = new ArrayList<>(List.of(left, weight));
    if (bias != null) {
      inputs.add(bias);
    }
    to.put(result, Forms.plain(to.emit("Gemm", name, inputs, turned(leftTurned, true)), shape));
  }

  private static Map<String, Object> turned(boolean left, boolean right) {
    return Map.of("transA", left ? 1L : 0L, "transB", right ? 1L : 0L);
  }

  private static boolean flag(NodeDef node, String attribute) {
    return node.containsAttr(attribute) && node.getAttrOrThrow(attribute).getB();
  }

  private static void softmax(Translation to, NodeDef node) {
    String output =
        to.emit(
            "Softmax",
            Translation.called(node),
            List.of(to.plain(node.getInput(0))),
            Map.of("axis", -1L));
    put(to, node, output, false);
  }

  private static void select(Translation to, NodeDef node) {
    // Between two numbers for a whole map, as signs are, it may stay in the map's form.
    boolean first =
        to.tensor(node.getInput(0)).isChannelsFirst()
            && to.tensor(node.getInput(1)).rank() == 0
            && to.tensor(node.getInput(2)).rank() == 0;
    List<String> inputs =
        List.of(
            first ? to.channelsFirst(node.getInput(0)) : to.plain(node.getInput(0)),
            to.plain(node.getInput(1)),
            to.plain(node.getInput(2)));
    put(to, node, to.emit("Where", Translation.called(node), inputs), first);
  }

  private static void cumulativeSum(Translation to, NodeDef node) {
    String output =
        to.emit(
            "CumSum",
            Translation.called(node),
            List.of(to.plain(node.getInput(0)), to.plain(node.getInput(1))),
            Map.of(
                "exclusive", flag(node, "exclusive") ? 1L : 0L,
                "reverse", flag(node, "reverse") ? 1L : 0L));
    put(to, node, output, false);
  }
}
