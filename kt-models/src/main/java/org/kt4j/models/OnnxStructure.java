package org.kt4j.models;

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
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.teacher.TeacherInput.Layout;

/** The operations of an ONNX graph and how they hang together. Subgraphs are not looked into. */
final class OnnxStructure {

  /** Have the channels on the second axis, by ONNX's definition, of what they read and give. */
  private static final Set<String> CHANNELS_FIRST =
      Set.of(
          "Conv",
          "ConvTranspose",
          "ConvInteger",
          "QLinearConv",
          "FusedConv",
          "MaxPool",
          "AveragePool",
          "LpPool",
          "GlobalMaxPool",
          "GlobalAveragePool",
          "GlobalLpPool",
          "QLinearAveragePool",
          "QLinearGlobalAveragePool",
          "BatchNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "LRN",
          "DepthToSpace",
          "SpaceToDepth");

  /** Give the axes that they read. */
  private static final Set<String> SAME_AXES =
      Set.of(
          "Relu",
          "LeakyRelu",
          "PRelu",
          "Clip",
          "Sigmoid",
          "HardSigmoid",
          "HardSwish",
          "Tanh",
          "Elu",
          "Selu",
          "Gelu",
          "FastGelu",
          "QuickGelu",
          "Celu",
          "Softplus",
          "Softsign",
          "Mish",
          "ThresholdedRelu",
          "Erf",
          "Exp",
          "Log",
          "Sqrt",
          "Abs",
          "Neg",
          "Sign",
          "Round",
          "Floor",
          "Ceil",
          "Reciprocal",
          "Identity",
          "Dropout",
          "Cast",
          "CastLike",
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Pow",
          "Max",
          "Min",
          "Sum",
          "Mean",
          "Concat",
          "Pad",
          "Resize",
          "Upsample",
          "Slice",
          "LayerNormalization",
          "QuantizeLinear",
          "DequantizeLinear",
          "DynamicQuantizeLinear",
          "QLinearAdd",
          "QLinearMul",
          "QLinearConcat",
          "QLinearSigmoid",
          "QLinearLeakyRelu");

  private static final List<Long> TO_LAST = List.of(0L, 2L, 3L, 1L);
  private static final List<Long> TO_FIRST = List.of(0L, 3L, 1L, 2L);

  /**
   * Constant numbers.
   *
   * @param type as messages call it
   * @param sizes of its axes
   */
  record Constant(String type, List<Long> sizes) {

    Constant {
      sizes = List.copyOf(sizes);
    }

    /** Whether it is one number at most. */
    boolean isOne() {
      return sizes.stream().allMatch(size -> size <= 1);
    }
  }

  private final List<OnnxOperation> operations = new ArrayList<>();
  private final Map<String, Constant> constants = new LinkedHashMap<>();
  private final Map<String, OnnxOperation> producers = new HashMap<>();
  private final Map<String, List<OnnxOperation>> readers = new HashMap<>();
  private final Set<String> tensors = new LinkedHashSet<>();

  void add(OnnxOperation operation) {
    operations.add(operation);
    for (String output : operation.outputs()) {
      tensors.add(output);
      producers.put(output, operation);
    }
    for (String input : operation.inputs()) {
      readers.computeIfAbsent(input, key -> new ArrayList<>()).add(operation);
    }
  }

  void add(String name, Constant constant) {
    constants.put(name, constant);
  }

  /** In the order of the file. */
  List<OnnxOperation> operations() {
    return Collections.unmodifiableList(operations);
  }

  Map<String, Constant> constants() {
    return Collections.unmodifiableMap(constants);
  }

  /** The names of all that is computed. */
  Set<String> tensors() {
    return Collections.unmodifiableSet(tensors);
  }

  /** What computes a tensor; null of inputs, constants and no tensor at all. */
  @Nullable OnnxOperation producer(@Nullable String tensor) {
    return tensor == null ? null : producers.get(tensor);
  }

  @Nullable Constant constant(@Nullable String tensor) {
    return tensor == null ? null : constants.get(tensor);
  }

  /** The operations that read a tensor. */
  List<OnnxOperation> readers(String tensor) {
    return readers.getOrDefault(tensor, List.of());
  }

  /** A tensor that lies behind another, and what stands in between that moves its axes. */
  private record Behind(String tensor, int moved) {}

  /**
   * The layout of a feature map, which follows from the operations that lead to it: those of ONNX
   * that know channels have them on the second axis, whatever the layout of the model's input is.
   *
   * @param tensor of four axes
   * @param input the layout of what is no operation's: the model's pictures
   * @return empty where the operations do not tell it
   */
  Optional<Layout> layout(String tensor, Layout input) {
    Set<Behind> seen = new HashSet<>();
    Deque<Behind> open = new ArrayDeque<>();
    open.push(new Behind(tensor, 0));
    while (!open.isEmpty()) {
      Behind at = open.pop();
      if (!seen.add(at) || constants.containsKey(at.tensor)) {
        continue;
      }
      OnnxOperation producer = producers.get(at.tensor);
      if (producer == null) {
        return moved(input, at.moved);
      }
      if (CHANNELS_FIRST.contains(producer.op()) && producer.number("channels_last", 0) == 0) {
        return moved(Layout.NCHW, at.moved);
      }
      if (producer.is("Transpose")) {
        List<Long> order = producer.numbers().getOrDefault("perm", List.of());
        int step = order.equals(TO_LAST) ? 1 : order.equals(TO_FIRST) ? -1 : 0;
        String before = producer.input(0);
        if (step == 0 || before == null || Math.abs(at.moved + step) > 1) {
          return Optional.empty();
        }
        open.push(new Behind(before, at.moved + step));
      } else if (SAME_AXES.contains(producer.op())) {
        for (int i = producer.inputs().size() - 1; i >= 0; i--) {
          if (producer.input(i) != null) {
            open.push(new Behind(producer.inputs().get(i), at.moved));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Layout> moved(Layout layout, int steps) {
    return switch (steps) {
      case 0 -> Optional.of(layout);
      case 1 -> layout == Layout.NCHW ? Optional.of(Layout.NHWC) : Optional.empty();
      case -1 -> layout == Layout.NHWC ? Optional.of(Layout.NCHW) : Optional.empty();
      default -> Optional.empty();
    };
  }
}
