package org.kt4j.onnx.model;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Constant numbers: what ONNX calls an initializer.
 *
 * @param type of its numbers
 * @param sizes its axes; none for a scalar
 * @param content its numbers, row-major and little-endian
 */
public record OnnxTensor(Element type, List<Long> sizes, ByteString content) {

  /** Checks the length. */
  public OnnxTensor {
    sizes = List.copyOf(sizes);
    long numbers = sizes.stream().reduce(1L, Math::multiplyExact);
    if (content.size() != numbers * type.bytes()) {
      throw new IllegalArgumentException(
          content.size() + " bytes are no " + type + " of the shape " + sizes);
    }
  }

  /** Numbers of 32 bits. */
  public static OnnxTensor floats(List<Long> sizes, float... numbers) {
    ByteBuffer bytes = buffer(numbers.length * Float.BYTES);
    bytes.asFloatBuffer().put(numbers);
    return new OnnxTensor(Element.FLOAT, sizes, ByteString.copyFrom(bytes));
  }

  /** One number of 32 bits. */
  public static OnnxTensor scalar(float number) {
    return floats(List.of(), number);
  }

  /** A list of whole numbers of 64 bits, as shapes and axes are. */
  public static OnnxTensor longs(long... numbers) {
    return longs(List.of((long) numbers.length), numbers);
  }

  /** Whole numbers of 64 bits. */
  public static OnnxTensor longs(List<Long> sizes, long... numbers) {
    ByteBuffer bytes = buffer(numbers.length * Long.BYTES);
    bytes.asLongBuffer().put(numbers);
    return new OnnxTensor(Element.INT64, sizes, ByteString.copyFrom(bytes));
  }

  /** Whole numbers of 32 bits. */
  public static OnnxTensor ints(List<Long> sizes, int... numbers) {
    ByteBuffer bytes = buffer(numbers.length * Integer.BYTES);
    bytes.asIntBuffer().put(numbers);
    return new OnnxTensor(Element.INT32, sizes, ByteString.copyFrom(bytes));
  }

  /** Bytes. */
  public static OnnxTensor bytes(Element type, List<Long> sizes, byte... numbers) {
    return new OnnxTensor(type, sizes, ByteString.copyFrom(numbers));
  }

  /** The numbers of one of {@link Element#FLOAT}. */
  public float[] floats() {
    float[] numbers = new float[content.size() / Float.BYTES];
    read(Element.FLOAT).asFloatBuffer().get(numbers);
    return numbers;
  }

  /** The numbers of one of {@link Element#INT32}. */
  public int[] ints() {
    int[] numbers = new int[content.size() / Integer.BYTES];
    read(Element.INT32).asIntBuffer().get(numbers);
    return numbers;
  }

  /** The numbers of one of {@link Element#INT64}. */
  public long[] longs() {
    long[] numbers = new long[content.size() / Long.BYTES];
    read(Element.INT64).asLongBuffer().get(numbers);
    return numbers;
  }

  private ByteBuffer read(Element expected) {
    if (type != expected) {
      throw new IllegalStateException("the numbers are " + type + ", not " + expected);
    }
    return content.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
