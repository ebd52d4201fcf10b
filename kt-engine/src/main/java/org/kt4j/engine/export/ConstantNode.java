package org.kt4j.engine.export;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.graph.GraphConstant;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Constants in the definition of a graph. */
final class ConstantNode {

  private static final String VALUE = "value";

  private ConstantNode() {}

  /** A constant of 32 bits a number. */
  static NodeDef of(String name, Shape shape, float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return node(name, DataType.DT_FLOAT, shape, bytes);
  }

  /** A constant of whole numbers. */
  static NodeDef of(String name, Shape shape, int[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(numbers);
    return node(name, DataType.DT_INT32, shape, bytes);
  }

  /** A constant of 16 bits a number, each rounded to the nearest. */
  static NodeDef half(String name, Shape shape, float[] numbers) {
    short[] halves = Precision.halves(numbers);
    ByteBuffer bytes =
        ByteBuffer.allocate(halves.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asShortBuffer().put(halves);
    return node(name, DataType.DT_HALF, shape, bytes);
  }

  private static NodeDef node(String name, DataType type, Shape shape, ByteBuffer content) {
    return GraphConstant.of(name, type, shape, ByteString.copyFrom(content));
  }

  /** Whether these are numbers of 32 bits whose content is written out, as {@link #of} does. */
  static boolean isSingle(NodeDef node) {
    TensorProto value = node.getAttrOrDefault(VALUE, AttrValue.getDefaultInstance()).getTensor();
    return node.getOp().equals("Const")
        && value.getDtype() == DataType.DT_FLOAT
        && !value.getTensorContent().isEmpty();
  }

  /** The axes of a constant. */
  static Shape shape(NodeDef constant) {
    return Shape.of(
        constant.getAttrOrThrow(VALUE).getTensor().getTensorShape().getDimList().stream()
            .mapToLong(TensorShapeProto.Dim::getSize)
            .toArray());
  }

  /** The numbers of a constant that {@link #isSingle}. */
  static float[] numbers(NodeDef constant) {
    ByteString content = constant.getAttrOrThrow(VALUE).getTensor().getTensorContent();
    float[] numbers = new float[content.size() / Float.BYTES];
    content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
    return numbers;
  }
}
