package org.kt4j.engine.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * Kernels and matrices stored in 16 bits and widened when the graph is loaded: half the size, the
 * same arithmetic. Biases and other vectors stay as they are, for they weigh little and their error
 * reaches every position.
 *
 * <p>Large ones are stored in pieces. TensorFlow's optimizer computes what depends on constants
 * alone, but not where that makes more than 100 KiB out of less; then a kernel is no constant to
 * oneDNN, which reorders it in every call. Pieces below that are widened, and joining them makes
 * nothing larger.
 */
public final class HalfPrecision {

  /** The largest number of half precision. */
  private static final float LARGEST = 65504;

  /** Numbers of a piece; 64 KiB once they are widened. */
  private static final int PIECE = 1 << 14;

  private final GraphDef.Builder result;

  private HalfPrecision(GraphDef.Builder result) {
    this.result = result;
  }

  /**
   * Stores a graph's constants of two axes or more in half precision.
   *
   * @throws ExportException when one holds a number that half precision has not
   */
  public static GraphDef of(GraphDef graph) {
    HalfPrecision half = new HalfPrecision(graph.toBuilder().clearNode());
    for (NodeDef node : graph.getNodeList()) {
      if (ConstantNode.isSingle(node) && ConstantNode.shape(node).numDimensions() >= 2) {
        half.store(node.getName(), ConstantNode.shape(node), ConstantNode.numbers(node));
      } else {
        half.result.addNode(node);
      }
    }
    return half.result.build();
  }

  private void store(String name, Shape shape, float[] numbers) {
    requireRange(name, numbers);
    if (numbers.length <= PIECE) {
      widened(name, shape, numbers);
      return;
    }
    List<String> pieces = new ArrayList<>();
    for (int first = 0; first < numbers.length; first += PIECE) {
      float[] piece = Arrays.copyOfRange(numbers, first, Math.min(numbers.length, first + PIECE));
      String called = name + "/" + pieces.size();
      widened(called, Shape.of(piece.length), piece);
      pieces.add(called);
    }
    String axis = name + "/axis";
    String sizes = name + "/shape";
    result.addNode(ConstantNode.of(axis, Shape.scalar(), new int[] {0}));
    result.addNode(
        ConstantNode.of(
            sizes,
            Shape.of(shape.numDimensions()),
            Arrays.stream(shape.asArray()).mapToInt(Math::toIntExact).toArray()));
    result.addNode(
        NodeDef.newBuilder()
            .setName(name + "/joined")
            .setOp("ConcatV2")
            .addAllInput(pieces)
            .addInput(axis)
            .putAttr("N", AttrValue.newBuilder().setI(pieces.size()).build())
            .putAttr("T", type(DataType.DT_FLOAT))
            .putAttr("Tidx", type(DataType.DT_INT32)));
    result.addNode(
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Reshape")
            .addInput(name + "/joined")
            .addInput(sizes)
            .putAttr("T", type(DataType.DT_FLOAT))
            .putAttr("Tshape", type(DataType.DT_INT32)));
  }

  private void widened(String name, Shape shape, float[] numbers) {
    result.addNode(ConstantNode.half(name + "/half", shape, numbers));
    result.addNode(
        NodeDef.newBuilder()
            .setName(name)
            .setOp("Cast")
            .addInput(name + "/half")
            .putAttr("SrcT", type(DataType.DT_HALF))
            .putAttr("DstT", type(DataType.DT_FLOAT)));
  }

  /**
   * Refuses numbers that half precision has not.
   *
   * @param name of the constant, for the message
   * @throws ExportException when there is one
   */
  public static void requireRange(String name, float[] numbers) {
    for (float number : numbers) {
      if (!(Math.abs(number) <= LARGEST)) {
        throw new ExportException(
            "half precision: "
                + name
                + " holds "
                + Math.abs(number)
                + "; allowed: up to "
                + LARGEST
                + "; fix: export in single precision");
      }
    }
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }
}
