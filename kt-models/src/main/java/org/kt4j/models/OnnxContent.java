package org.kt4j.models;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** In which numbers an ONNX model computes, told by its layers: those that have weights. */
final class OnnxContent {

  /** Of our exports, which have their normalization in the graph. */
  private static final String KT4J = "kt4j";

  /** How a layer has its weights and activations. */
  private enum Form {
    QDQ("int8 QDQ"),
    QOPERATOR("int8 QOperator"),
    DYNAMIC("dynamic int8"),
    WEIGHTS("weights alone"),
    HALF("float16"),
    DOUBLE("float64"),
    BFLOAT("bfloat16"),
    STORED_HALF("float32"),
    SINGLE("float32");

    private final String text;

    Form(String text) {
      this.text = text;
    }

    boolean isQuantised() {
      return compareTo(WEIGHTS) <= 0;
    }
  }

  /**
   * An operation with weights.
   *
   * @param weights the index of the weights among its inputs
   * @param scale that of their scale; -1 where another operation has it
   */
  private record Kind(Form form, int weights, int scale) {}

  private static final Map<String, Kind> LAYERS =
      Map.ofEntries(
          Map.entry("Conv", new Kind(Form.SINGLE, 1, -1)),
          Map.entry("FusedConv", new Kind(Form.SINGLE, 1, -1)),
          Map.entry("ConvTranspose", new Kind(Form.SINGLE, 1, -1)),
          Map.entry("Gemm", new Kind(Form.SINGLE, 1, -1)),
          Map.entry("FusedGemm", new Kind(Form.SINGLE, 1, -1)),
          Map.entry("MatMul", new Kind(Form.SINGLE, 1, -1)),
          Map.entry("FusedMatMul", new Kind(Form.SINGLE, 1, -1)),
          Map.entry("QLinearConv", new Kind(Form.QOPERATOR, 3, 4)),
          Map.entry("QLinearMatMul", new Kind(Form.QOPERATOR, 3, 4)),
          Map.entry("QGemm", new Kind(Form.QOPERATOR, 3, 4)),
          Map.entry("ConvInteger", new Kind(Form.DYNAMIC, 1, -1)),
          Map.entry("MatMulInteger", new Kind(Form.DYNAMIC, 1, -1)),
          Map.entry("DynamicQuantizeMatMul", new Kind(Form.DYNAMIC, 1, 2)),
          Map.entry("MatMulIntegerToFloat", new Kind(Form.DYNAMIC, 1, 3)),
          Map.entry("MatMulNBits", new Kind(Form.WEIGHTS, 1, 2)));

  /** Leave 8 bits as they are, so that ONNX Runtime computes what follows in them. */
  private static final Set<String> KEEPS_LEVELS =
      Set.of(
          "Identity",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "MaxPool",
          "Dropout");

  private static final int MOST_STEPS = 20;

  private static final Set<String> USUAL =
      Set.of(ModelInput.FLOAT32, "int64", "int32", "bool", "string");

  private final OnnxFile file;
  private final OnnxStructure graph;
  private final Map<Form, Integer> layers = new EnumMap<>(Form.class);
  private final Set<Integer> bits = new TreeSet<>();
  private final Set<Boolean> perChannel = new TreeSet<>();

  private OnnxContent(OnnxFile file) {
    this.file = file;
    this.graph = file.structure();
    graph.operations().forEach(this::count);
  }

  /**
   * What a file contains, for people: {@code opset 17, int8 QDQ: 21 of 22 layers in 8 bits, per
   * channel}.
   */
  static String described(OnnxFile file) {
    OnnxContent content = new OnnxContent(file);
    return "opset " + file.opset() + ", " + content.numbers() + content.ends();
  }

  /** Whether it has numbers in half precision, the largest of which is 65,504. */
  static boolean isHalf(OnnxFile file) {
    OnnxContent content = new OnnxContent(file);
    return content.layers.containsKey(Form.HALF)
        || types(file.inputs()).contains(ModelInput.FLOAT16)
        || types(file.typedOutputs()).contains(ModelInput.FLOAT16);
  }

  /** Whether the file is an export of ours, which normalises its pictures itself. */
  static boolean isOurs(OnnxFile file) {
    return file.producer().equals(KT4J);
  }

  /**
   * Whether some of these outputs may hold other numbers than float32: not of a model that has no
   * others.
   *
   * @param wanted listed outputs or inner tensors
   */
  static boolean mayGiveOthers(OnnxFile file, List<String> wanted) {
    Set<String> single = new HashSet<>();
    for (ModelInput output : file.typedOutputs()) {
      if (output.type().equals(ModelInput.FLOAT32)) {
        single.add(output.name());
      }
    }
    if (single.containsAll(wanted)) {
      return false;
    }
    Stream<String> types =
        Stream.of(
                file.structure().constants().values().stream().map(OnnxStructure.Constant::type),
                Stream.concat(file.inputs().stream(), file.typedOutputs().stream())
                    .map(ModelInput::type))
            .flatMap(all -> all);
    return types.anyMatch(type -> !USUAL.contains(type))
        || file.structure().operations().stream()
            .anyMatch(each -> each.op().contains("Quantize") || each.is("Cast"));
  }

  private void count(OnnxOperation operation) {
    Kind kind = LAYERS.get(operation.op());
    String weights = kind == null ? null : operation.input(kind.weights);
    if (kind == null || weights == null) {
      return;
    }
    if (kind.form == Form.SINGLE) {
      countFloat(operation, weights);
      return;
    }
    layers.merge(kind.form, 1, Integer::sum);
    OnnxStructure.Constant constant = graph.constant(weights);
    bits.add(
        operation.is("MatMulNBits")
            ? (int) operation.number("bits", 4)
            : constant == null ? 8 : bits(constant.type()));
    OnnxStructure.Constant scale =
        kind.scale < 0 ? null : graph.constant(operation.input(kind.scale));
    if (scale != null) {
      perChannel.add(!scale.isOne());
    }
  }

  /** An operation of floats, which may be what DequantizeLinear made of whole numbers. */
  private void countFloat(OnnxOperation operation, String weights) {
    OnnxStructure.Constant stored = graph.constant(weights);
    OnnxOperation by = graph.producer(weights);
    boolean widened = false;
    for (int steps = 0; stored == null && by != null && steps < MOST_STEPS; steps++) {
      if (by.is("DequantizeLinear") && addQuantised(operation, by)) {
        return;
      }
      if (!by.is("Cast") && !KEEPS_LEVELS.contains(by.op())) {
        break;
      }
      widened |= by.is("Cast");
      stored = graph.constant(by.input(0));
      by = graph.producer(by.input(0));
    }
    if (stored == null) {
      if (operation.op().endsWith("MatMul")) {
        return; // of two activations
      }
      stored = new OnnxStructure.Constant(ModelInput.FLOAT32, List.of());
    }
    layers.merge(
        switch (stored.type()) {
          case ModelInput.FLOAT16 -> widened ? Form.STORED_HALF : Form.HALF;
          case ModelInput.FLOAT64 -> Form.DOUBLE;
          case "bfloat16" -> Form.BFLOAT;
          default -> Form.SINGLE;
        },
        1,
        Integer::sum);
  }

  private boolean addQuantised(OnnxOperation operation, OnnxOperation dequantized) {
    String whole = dequantized.input(0);
    OnnxStructure.Constant levels = graph.constant(whole);
    OnnxOperation quantized = graph.producer(whole);
    if (levels == null && quantized != null && quantized.is("QuantizeLinear")) {
      // As a training with quantization leaves it: floats that are quantised when it is loaded.
      levels = graph.constant(quantized.input(2));
      if (levels == null) {
        levels = new OnnxStructure.Constant(ModelInput.UINT8, List.of());
      }
    }
    if (levels == null) {
      return false;
    }
    layers.merge(readsLevels(operation) ? Form.QDQ : Form.WEIGHTS, 1, Integer::sum);
    bits.add(bits(levels.type()));
    OnnxStructure.Constant scale = graph.constant(dequantized.input(1));
    if (scale != null) {
      perChannel.add(!scale.isOne());
    }
    return true;
  }

  private boolean readsLevels(OnnxOperation operation) {
    OnnxOperation by = graph.producer(operation.input(0));
    for (int steps = 0; by != null && steps < MOST_STEPS; steps++) {
      if (by.is("DequantizeLinear")) {
        return true;
      }
      if (!KEEPS_LEVELS.contains(by.op())) {
        return false;
      }
      by = graph.producer(by.input(0));
    }
    return false;
  }

  private static int bits(String type) {
    return type.endsWith("int4") ? 4 : type.endsWith("int16") ? 16 : 8;
  }

  private String numbers() {
    int all = layers.values().stream().mapToInt(Integer::intValue).sum();
    List<String> quantised = new ArrayList<>();
    int inBits = 0;
    for (Map.Entry<Form, Integer> each : layers.entrySet()) {
      if (each.getKey().isQuantised()) {
        quantised.add(each.getKey().text);
        inBits += each.getValue();
      }
    }
    if (inBits > 0) {
      String width = joined(bits);
      boolean only = quantised.equals(List.of(Form.WEIGHTS.text));
      return (only ? "weights in " + width + " bits: " : String.join(" and ", quantised) + ": ")
          + inBits
          + " of "
          + all
          + (all == 1 ? " layer" : " layers")
          + (only ? "" : " in " + width + " bits")
          + (perChannel.isEmpty()
              ? ""
              : perChannel.size() > 1
                  ? ", per channel and per tensor"
                  : perChannel.contains(true) ? ", per channel" : ", per tensor");
    }
    if (layers.isEmpty()) {
      return file.inputs().stream().map(ModelInput::type).distinct().allMatch(USUAL::contains)
          ? ModelInput.FLOAT32
          : "no layers with weights";
    }
    String text =
        layers.keySet().stream()
            .map(form -> form.text)
            .distinct()
            .collect(Collectors.joining(" and "));
    return layers.containsKey(Form.STORED_HALF) ? text + ", weights stored in float16" : text;
  }

  /** Types of the input and the outputs, where they are not those of most models. */
  private String ends() {
    Set<String> in = types(file.inputs());
    Set<String> out = types(file.typedOutputs());
    Set<String> usual = Set.of(ModelInput.FLOAT32);
    if (in.equals(usual) && out.equals(usual) && !layers.containsKey(Form.HALF)) {
      return "";
    }
    return in.equals(out)
        ? ", input and outputs " + joined(in)
        : ", input " + joined(in) + ", outputs " + joined(out);
  }

  private static Set<String> types(List<ModelInput> ports) {
    return ports.stream().map(ModelInput::type).collect(Collectors.toCollection(TreeSet::new));
  }

  private static String joined(Collection<?> parts) {
    return parts.stream().map(String::valueOf).collect(Collectors.joining(" and "));
  }
}
