package org.kt4j.models;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An ONNX model small enough to be followed by hand, written by the field numbers of {@code
 * onnx.proto}: {@code positive = Relu(x)}, {@code mean = GlobalAveragePool(positive)}, {@code
 * doubled = mean * two}. It lists {@code doubled} and {@code mean}; {@code two} is an initializer
 * and, as old files have it, an input as well.
 */
final class TinyOnnx {

  public static final int FLOAT = 1;
  static final int UINT8 = 2;
  static final int INT8 = 3;
  static final int INT64 = 7;
  static final int HALF = 10;
  static final int DOUBLE = 11;

  static final String MICROSOFT = "com.microsoft";

  private TinyOnnx() {}

  /**
   * Writes the model for pictures {@code [batch, 2, 2, 2]}.
   *
   * @param batch a size, or 0 for a variable one
   */
  static Path write(Path file, int batch, int type) throws IOException {
    return Files.write(file, model(graph(batch, type)));
  }

  /** The file of a graph. */
  public static byte[] model(Message graph) {
    return new Message()
        .number(1, 8)
        .part(7, graph)
        .part(8, new Message().text(1, "").number(2, 13))
        .bytes();
  }

  static Message graph(int batch, int type) {
    byte[] two =
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(2).array(); // raw_data
    return new Message()
        .part(1, node("Relu", "positive", "x"))
        .part(1, node("GlobalAveragePool", "mean", "positive"))
        .part(1, node("Mul", "doubled", "mean", "two"))
        .text(2, "tiny")
        .part(5, new Message().number(1, 1).number(2, FLOAT).text(8, "two").raw(9, two))
        .part(11, value("x", type, batch, 2, 2, 2))
        .part(11, value("two", FLOAT, 1))
        .part(12, value("doubled", type, batch, 2, 1, 1))
        .part(12, value("mean", type, batch, 2, 1, 1));
  }

  /** The file of a graph that uses ONNX Runtime's own operations as well. */
  static byte[] model(int opset, String producer, Message graph) {
    return new Message()
        .number(1, 8)
        .text(2, producer)
        .part(7, graph)
        .part(8, new Message().text(1, "").number(2, opset))
        .part(8, new Message().text(1, MICROSOFT).number(2, 1))
        .bytes();
  }

  /** An operation of ONNX Runtime's own. */
  static Message microsoft(Message node) {
    return node.text(7, MICROSOFT);
  }

  /** An attribute that is a whole number. */
  static Message number(String name, long value) {
    return new Message().text(1, name).number(3, value).number(20, 2);
  }

  /** An attribute that is a list of whole numbers. */
  static Message numbers(String name, long... values) {
    Message attribute = new Message().text(1, name);
    for (long value : values) {
      attribute.number(8, value);
    }
    return attribute.number(20, 7);
  }

  /** Constant numbers of 8 bits. */
  static Message bytes(String name, int type, int[] sizes, int... numbers) {
    byte[] raw = new byte[numbers.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) numbers[i];
    }
    return constant(name, type, sizes, raw);
  }

  /** Constant numbers of 32 bits. */
  static Message floats(String name, int[] sizes, float... numbers) {
    ByteBuffer raw = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(numbers);
    return constant(name, FLOAT, sizes, raw.array());
  }

  /** Constant numbers of 64 bits. */
  static Message doubles(String name, int[] sizes, double... numbers) {
    ByteBuffer raw = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asDoubleBuffer().put(numbers);
    return constant(name, DOUBLE, sizes, raw.array());
  }

  /** Constant whole numbers of 64 bits. */
  static Message longs(String name, int[] sizes, long... numbers) {
    ByteBuffer raw = ByteBuffer.allocate(8 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asLongBuffer().put(numbers);
    return constant(name, INT64, sizes, raw.array());
  }

  /**
   * Constant numbers of 16 bits.
   *
   * @param bits of IEEE 754, such as 0x3c00 for one
   */
  static Message halves(String name, int[] sizes, int... bits) {
    ByteBuffer raw = ByteBuffer.allocate(2 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int each : bits) {
      raw.putShort((short) each);
    }
    return constant(name, HALF, sizes, raw.array());
  }

  private static Message constant(String name, int type, int[] sizes, byte[] raw) {
    Message tensor = new Message();
    for (int size : sizes) {
      tensor.number(1, size);
    }
    return tensor.number(2, type).text(8, name).raw(9, raw);
  }

  /** A node with one output. */
  public static Message node(String operation, String output, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operation);
  }

  /** An input or output; a size of 0 is variable. */
  public static Message value(String name, int type, int... shape) {
    Message axes = new Message();
    for (int size : shape) {
      axes.part(1, size == 0 ? new Message().text(2, "batch") : new Message().number(1, size));
    }
    return new Message()
        .text(1, name)
        .part(2, new Message().part(1, new Message().number(1, type).part(2, axes)));
  }

  /** An initializer of one axis whose numbers lie in another file. */
  public static Message external(String name, String file, int size) {
    return new Message()
        .number(1, size)
        .number(2, FLOAT)
        .text(8, name)
        .part(13, new Message().text(1, "location").text(2, file))
        .number(14, 1);
  }

  /** A message under construction. */
  public static final class Message {

    private final UnknownFieldSet.Builder fields = UnknownFieldSet.newBuilder();

    /** Adds a number. */
    public Message number(int field, long value) {
      return merge(field, UnknownFieldSet.Field.newBuilder().addVarint(value));
    }

    /** Adds a text. */
    public Message text(int field, String value) {
      return merge(
          field,
          UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFromUtf8(value)));
    }

    /** Adds bytes. */
    public Message raw(int field, byte[] value) {
      return merge(
          field, UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.copyFrom(value)));
    }

    /** Adds a message. */
    public Message part(int field, Message value) {
      return raw(field, value.bytes());
    }

    /** As they stand in a file. */
    public byte[] bytes() {
      return fields.build().toByteArray();
    }

    private Message merge(int field, UnknownFieldSet.Field.Builder value) {
      fields.mergeField(field, value.build());
      return this;
    }
  }
}
