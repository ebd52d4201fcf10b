package org.kt4j.onnx.translate;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxTensor;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Reads constants of TensorFlow's graphs. */
final class ConstantNumbers {

  private ConstantNumbers() {}

  /** The same numbers as ONNX has them. */
  static OnnxTensor of(TensorProto proto) {
    List<Long> sizes =
        proto.getTensorShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    Element type = Elements.of(proto.getDtype());
    if (!proto.getTensorContent().isEmpty()) {
      return new OnnxTensor(type, sizes, proto.getTensorContent());
    }
    int count = Math.toIntExact(sizes.stream().reduce(1L, Math::multiplyExact));
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(count, type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      put(proto, type, i, bytes);
    }
    return new OnnxTensor(type, sizes, ByteString.copyFrom(bytes.flip()));
  }

  /** What follows the last number that is written out is like it. */
  private static void put(TensorProto proto, Element type, int index, ByteBuffer bytes) {
    switch (type) {
      case FLOAT -> {
        int count = proto.getFloatValCount();
        bytes.putFloat(count == 0 ? 0 : proto.getFloatVal(Math.min(index, count - 1)));
      }
      case DOUBLE -> {
        int count = proto.getDoubleValCount();
        bytes.putDouble(count == 0 ? 0 : proto.getDoubleVal(Math.min(index, count - 1)));
      }
      case INT64 -> {
        int count = proto.getInt64ValCount();
        bytes.putLong(count == 0 ? 0 : proto.getInt64Val(Math.min(index, count - 1)));
      }
      case BOOL -> {
        int count = proto.getBoolValCount();
        bytes.put((byte) (count > 0 && proto.getBoolVal(Math.min(index, count - 1)) ? 1 : 0));
      }
      case FLOAT16 -> {
        int count = proto.getHalfValCount();
        bytes.putShort((short) (count == 0 ? 0 : proto.getHalfVal(Math.min(index, count - 1))));
      }
      case INT32 -> bytes.putInt(whole(proto, index));
      case UINT8, INT8 -> bytes.put((byte) whole(proto, index));
    }
  }

  private static int whole(TensorProto proto, int index) {
    int count = proto.getIntValCount();
    return count == 0 ? 0 : proto.getIntVal(Math.min(index, count - 1));
  }
}
