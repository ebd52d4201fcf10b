package org.kt4j.onnx.translate;

import org.kt4j.onnx.model.Element;
import org.tensorflow.proto.DataType;

/** Types of TensorFlow as ONNX has them. */
final class Elements {

  private Elements() {}

  /**
   * The same type.
   *
   * @throws IllegalArgumentException when there is none
   */
  static Element of(DataType type) {
    return switch (type) {
      case DT_FLOAT -> Element.FLOAT;
      case DT_DOUBLE -> Element.DOUBLE;
      case DT_INT32 -> Element.INT32;
      case DT_INT64 -> Element.INT64;
      case DT_UINT8 -> Element.UINT8;
      case DT_INT8 -> Element.INT8;
      case DT_BOOL -> Element.BOOL;
      case DT_HALF -> Element.FLOAT16;
      default -> throw new IllegalArgumentException("no type of ONNX: " + type);
    };
  }
}
