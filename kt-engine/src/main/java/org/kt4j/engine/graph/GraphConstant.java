package org.kt4j.engine.graph;

import com.google.protobuf.ByteString;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Makes constants for the definition of a graph. */
public final class GraphConstant {

  private GraphConstant() {}

  /** A constant with a tensor's value. */
  public static NodeDef of(String name, Tensor value) {
    byte[] bytes = new byte[Math.toIntExact(value.numBytes())];
    value.asRawTensor().data().read(bytes);
    return of(name, value.dataType(), value.shape(), ByteString.copyFrom(bytes));
  }

  /**
   * A constant.
   *
   * @param content its numbers, row-major and little-endian
   */
  public static NodeDef of(String name, DataType type, Shape shape, ByteString content) {
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    for (long size : shape.asArray()) {
      sizes.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    TensorProto value =
        TensorProto.newBuilder()
            .setDtype(type)
            .setTensorShape(sizes)
            .setTensorContent(content)
            .build();
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(type).build())
        .putAttr("value", AttrValue.newBuilder().setTensor(value).build())
        .build();
  }
}
