package org.kt4j.engine.export;

import java.util.Arrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Kernels and matrices stored in 16 bits and widened when the graph is loaded: half the size, the
 * same arithmetic. Biases and other vectors stay as they are, for they weigh little and their error
 * reaches every position.
 */
final class HalfPrecision {

  /** The largest number of half precision. */
  private static final float LARGEST = 65504;

  private HalfPrecision() {}

  /**
   * Stores a graph's constants of two axes or more in half precision.
   *
   * @throws ExportException when one holds a number that half precision has not
   */
  static GraphDef of(GraphDef graph) {
    GraphDef.Builder result = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      if (!ConstantNode.isSingle(node) || ConstantNode.shape(node).numDimensions() < 2) {
        result.addNode(node);
        continue;
      }
      String name = node.getName();
      Shape shape = ConstantNode.shape(node);
      float[] numbers = ConstantNode.numbers(node);
      requireRange(name, numbers);
      result.addNode(ConstantNode.half(name + "/half", shape, numbers));
      result.addNode(
          NodeDef.newBuilder()
              .setName(name)
              .setOp("Cast")
              .addInput(name + "/half")
              .putAttr("SrcT", type(DataType.DT_HALF))
              .putAttr("DstT", type(DataType.DT_FLOAT))
              .build());
    }
    return result.build();
  }

  private static void requireRange(String name, float[] numbers) {
    double largest = Arrays.stream(toDoubles(numbers)).map(Math::abs).max().orElse(0);
    if (!(largest <= LARGEST)) {
      throw new ExportException(
          "half precision: "
              + name
              + " holds "
              + (float) largest
              + "; allowed: up to "
              + LARGEST
              + "; fix: export in single precision");
    }
  }

  private static double[] toDoubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    Arrays.setAll(doubles, i -> numbers[i]);
    return doubles;
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }
}
