package org.kt4j.onnx.model;

/** Types of numbers, with their codes in {@code TensorProto.DataType}. */
public enum Element {
  /** 32 bits. */
  FLOAT(1, Float.BYTES),
  /** 0 to 255. */
  UINT8(2, Byte.BYTES),
  /** -128 to 127. */
  INT8(3, Byte.BYTES),
  /** 32 bits, with a sign. */
  INT32(6, Integer.BYTES),
  /** 64 bits, with a sign. */
  INT64(7, Long.BYTES),
  /** One byte, 0 or 1. */
  BOOL(9, Byte.BYTES),
  /** 16 bits. */
  FLOAT16(10, Short.BYTES),
  /** 64 bits. */
  DOUBLE(11, Double.BYTES);

  private final int code;
  private final int bytes;

  Element(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** As the file writes it. */
  public int code() {
    return code;
  }

  /** Of one number. */
  public int bytes() {
    return bytes;
  }
}
