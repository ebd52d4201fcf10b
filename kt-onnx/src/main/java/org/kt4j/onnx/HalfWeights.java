package org.kt4j.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.HalfPrecision;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxNode;
import org.kt4j.onnx.model.OnnxTensor;

/**
 * Kernels and matrices stored in 16 bits and widened when the model is loaded. Vectors stay as they
 * are, as in a SavedModel in half precision.
 */
final class HalfWeights {

  private HalfWeights() {}

  /**
   * Stores the constants of two axes or more of a graph in half precision.
   *
   * @throws org.kt4j.engine.export.ExportException when one holds a number that half precision has
   *     not
   */
  static void store(OnnxGraph graph) {
    List<OnnxNode> casts = new ArrayList<>();
    for (Map.Entry<String, OnnxTensor> each : List.copyOf(graph.initializers().entrySet())) {
      OnnxTensor value = each.getValue();
      if (value.type() != Element.FLOAT
          || value.sizes().stream().filter(size -> size > 1).count() < 2) {
        continue;
      }
      float[] numbers = value.floats();
      HalfPrecision.requireRange(each.getKey(), numbers);
      short[] halves = Precision.halves(numbers);
      ByteBuffer bytes =
          ByteBuffer.allocate(halves.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asShortBuffer().put(halves);
      String stored = each.getKey() + ".half";
      graph.initializers().remove(each.getKey());
      graph
          .initializers()
          .put(stored, OnnxTensor.bytes(Element.FLOAT16, value.sizes(), bytes.array()));
      casts.add(
          new OnnxNode(
              "Cast",
              each.getKey(),
              List.of(stored),
              List.of(each.getKey()),
              Map.of("to", (long) Element.FLOAT.code())));
    }
    graph.nodes().addAll(0, casts);
  }
}
