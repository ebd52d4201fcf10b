package org.kt4j.models;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.model.ModelException;

/**
 * How tensors of an ONNX graph become float32: floats of other widths are cast, whole numbers of a
 * quantised tensor are dequantised by the scale and zero point that the graph has for them. Both
 * are operations that are added to the graph, so that ONNX Runtime computes them.
 *
 * @param names what to ask ONNX Runtime for, by the names of the tensors that are wanted
 * @param operations that are added, as messages of {@code onnx.proto}
 */
record FloatOutputs(Map<String, String> names, List<ByteString> operations) {

  private static final Set<String> FLOATS =
      Set.of(ModelInput.FLOAT16, ModelInput.FLOAT64, "bfloat16");
  private static final Set<String> QUANTISED =
      Set.of(ModelInput.UINT8, "int8", "uint16", "int16", "uint4", "int4");

  /** Give the numbers that they read, at other places. */
  private static final Set<String> MOVES =
      Set.of(
          "Identity",
          "Reshape",
          "Flatten",
          "Squeeze",
          "Unsqueeze",
          "Transpose",
          "MaxPool",
          "Slice",
          "Gather",
          "Split",
          "Expand",
          "DepthToSpace",
          "SpaceToDepth");

  /** Where quantising operations have the scale of their result; the zero point comes next. */
  private static final Map<String, Integer> SCALES =
      Map.ofEntries(
          Map.entry("QuantizeLinear", 1),
          Map.entry("QLinearConv", 6),
          Map.entry("QLinearMatMul", 6),
          Map.entry("QLinearAdd", 6),
          Map.entry("QLinearMul", 6),
          Map.entry("QGemm", 7),
          Map.entry("QLinearWhere", 7),
          Map.entry("QLinearSigmoid", 3),
          Map.entry("QLinearLeakyRelu", 3),
          Map.entry("QLinearSoftmax", 3),
          Map.entry("QLinearReduceMean", 3),
          Map.entry("QLinearAveragePool", 3),
          Map.entry("QLinearGlobalAveragePool", 3),
          Map.entry("QLinearConcat", 0));

  /** The prefix of what is added. */
  private static final String ADDED = "kt4j.float32/";

  private static final int MOST_MOVES = 100;

  private static final long FLOAT32_CODE = 1;
  private static final int INT = 2;

  /** How whole numbers are turned into those that they stand for. */
  private record Scale(
      String domain, String scale, @Nullable String zeroPoint, Map<String, List<Long>> axes) {}

  /**
   * Finds a way for each tensor.
   *
   * @param types of the tensors, as ONNX Runtime infers them
   * @throws ModelException when one holds numbers that stand for no others
   */
  static FloatOutputs of(Path file, OnnxStructure graph, Map<String, String> types) {
    Map<String, String> names = new LinkedHashMap<>();
    List<ByteString> operations = new ArrayList<>();
    types.forEach(
        (tensor, type) -> {
          String given = tensor;
          if (QUANTISED.contains(type)) {
            Scale scale = scale(graph, tensor);
            if (scale == null) {
              throw refused(file, graph, tensor, type);
            }
            given = ADDED + "dequantised/" + tensor;
            operations.add(dequantize(scale, tensor, given));
          } else if (type.equals("int32") && firstFloat(graph, tensor) != null) {
            throw refused(file, graph, tensor, type);
          }
          // The result of DequantizeLinear has the type of the scale.
          if (QUANTISED.contains(type) || FLOATS.contains(type)) {
            operations.add(
                node(
                    "Cast",
                    "",
                    List.of(given),
                    ADDED + tensor,
                    Map.of("to", List.of(FLOAT32_CODE))));
            given = ADDED + tensor;
          }
          names.put(tensor, given);
        });
    return new FloatOutputs(names, List.copyOf(operations));
  }

  private static @Nullable Scale scale(OnnxStructure graph, String tensor) {
    String at = tensor;
    for (int moves = 0; moves < MOST_MOVES; moves++) {
      Scale found = ofProducer(graph, at);
      if (found == null) {
        found = ofReader(graph, at);
      }
      if (found != null) {
        OnnxStructure.Constant constant = graph.constant(found.scale);
        boolean one =
            constant != null ? constant.isOne() : graph.producer(found.scale) != null && moves == 0;
        // Behind an operation that moves numbers a scale for each channel has another axis.
        return one || moves == 0 ? found : null;
      }
      OnnxOperation producer = graph.producer(at);
      String before = producer == null || !MOVES.contains(producer.op()) ? null : producer.input(0);
      if (before == null) {
        return null;
      }
      at = before;
    }
    return null;
  }

  private static @Nullable Scale ofProducer(OnnxStructure graph, String tensor) {
    OnnxOperation producer = graph.producer(tensor);
    if (producer == null) {
      return null;
    }
    if (producer.is("DynamicQuantizeLinear")) {
      return tensor.equals(producer.outputs().get(0)) && producer.outputs().size() == 3
          ? new Scale("", producer.outputs().get(1), producer.outputs().get(2), Map.of())
          : null;
    }
    Integer index = SCALES.get(producer.op());
    String scale = index == null ? null : producer.input(index);
    if (index == null || scale == null) {
      return null;
    }
    boolean quantizes = producer.is("QuantizeLinear");
    return new Scale(
        quantizes ? producer.domain() : "",
        scale,
        producer.input(index + 1),
        quantizes ? axes(producer) : Map.of());
  }

  private static @Nullable Scale ofReader(OnnxStructure graph, String tensor) {
    for (OnnxOperation reader : graph.readers(tensor)) {
      String scale = reader.input(1);
      if (reader.is("DequantizeLinear") && tensor.equals(reader.input(0)) && scale != null) {
        return new Scale(reader.domain(), scale, reader.input(2), axes(reader));
      }
    }
    return null;
  }

  private static Map<String, List<Long>> axes(OnnxOperation operation) {
    Map<String, List<Long>> axes = new LinkedHashMap<>();
    for (String name : List.of("axis", "block_size")) {
      List<Long> given = operation.numbers().get(name);
      if (given != null) {
        axes.put(name, given);
      }
    }
    return axes;
  }

  private static ModelException refused(
      Path file, OnnxStructure graph, String tensor, String type) {
    String instead = firstFloat(graph, tensor);
    return new ModelException(
        file,
        "its tensor '"
            + tensor
            + "' is "
            + type
            + ", and no scale of its own stands in the graph; allowed: float32, float16, float64, or"
            + " whole numbers that a QuantizeLinear or QLinear operation gives; fix: "
            + (instead == null ? "name another" : "name '" + instead + "', which it becomes"));
  }

  /** What is computed from whole numbers by a cast and a factor, or by dequantising them. */
  private static @Nullable String firstFloat(OnnxStructure graph, String tensor) {
    for (OnnxOperation reader : graph.readers(tensor)) {
      for (String result : reader.outputs()) {
        if (reader.is("DequantizeLinear") && tensor.equals(reader.input(0))) {
          return result;
        }
        if (reader.is("Cast")) {
          Optional<String> scaled =
              graph.readers(result).stream()
                  .filter(factor -> factor.is("Mul"))
                  .flatMap(factor -> factor.outputs().stream())
                  .findFirst();
          if (scaled.isPresent()) {
            return scaled.get();
          }
        }
      }
    }
    return null;
  }

  private static ByteString dequantize(Scale scale, String tensor, String output) {
    List<String> inputs = new ArrayList<>(List.of(tensor, scale.scale));
    if (scale.zeroPoint != null) {
      inputs.add(scale.zeroPoint);
    }
    return node("DequantizeLinear", scale.domain, inputs, output, scale.axes);
  }

  private static ByteString node(
      String op,
      String domain,
      List<String> inputs,
      String output,
      Map<String, List<Long>> attributes) {
    Field.Builder read = Field.newBuilder();
    inputs.forEach(input -> read.addLengthDelimited(ByteString.copyFromUtf8(input)));
    UnknownFieldSet.Builder node =
        UnknownFieldSet.newBuilder()
            .addField(1, read.build())
            .addField(2, text(output))
            .addField(3, text(output))
            .addField(4, text(op))
            .addField(7, text(domain));
    Field.Builder numbers = Field.newBuilder();
    attributes.forEach(
        (name, value) ->
            numbers.addLengthDelimited(
                UnknownFieldSet.newBuilder()
                    .addField(1, text(name))
                    .addField(3, Field.newBuilder().addVarint(value.get(0)).build())
                    .addField(20, Field.newBuilder().addVarint(INT).build())
                    .build()
                    .toByteString()));
    return node.addField(5, numbers.build()).build().toByteString();
  }

  private static Field text(String value) {
    return Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(value)).build();
  }
}
