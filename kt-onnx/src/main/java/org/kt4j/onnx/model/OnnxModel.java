package org.kt4j.onnx.model;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * A model as a file: a graph with the versions of what it uses and properties that describe it. The
 * numbers below are those of the fields in {@code onnx.proto}. The same model is the same bytes.
 *
 * @param graph what it computes
 * @param opset the version of the operations
 * @param producer who wrote it
 * @param producerVersion which version of that
 * @param properties whatever else is to be known of it
 */
public record OnnxModel(
    OnnxGraph graph,
    int opset,
    String producer,
    String producerVersion,
    Map<String, String> properties) {

  /** The version of the format that came with operation sets up to 17, and one with 18. */
  private static final int IR_VERSION = 8;

  private static final int FLOAT = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int GRAPH = 5;
  private static final int INTS = 7;

  /** Where a constant's numbers stand: in another file. */
  private static final int EXTERNAL = 1;

  /** Keeps a copy, in the order of the keys. */
  public OnnxModel {
    properties = new TreeMap<>(properties);
  }

  /** The version of the format. */
  public int irVersion() {
    return IR_VERSION;
  }

  /** The content of the file. */
  public ByteString bytes() {
    return bytes(OnnxModel::tensor);
  }

  /**
   * The content of a file that holds no large constants: it names where they stand in another one.
   *
   * @param other the name of that file, which is to lie in the same folder
   * @param content of it
   */
  public ByteString bytesBeside(String other, ByteString content) {
    StoredConstants stored = new StoredConstants(content);
    return bytes(
        (name, tensor) -> {
          OptionalInt at = stored.find(tensor.content());
          return at.isEmpty()
              ? tensor(name, tensor)
              : described(name, tensor)
                  .message(13, new Message().text(1, "location").text(2, other))
                  .message(13, entry("offset", at.getAsInt()))
                  .message(13, entry("length", tensor.content().size()))
                  .number(14, EXTERNAL);
        });
  }

  private static Message entry(String key, int number) {
    return new Message().text(1, key).text(2, Integer.toString(number));
  }

  private ByteString bytes(BiFunction<String, OnnxTensor, Message> constants) {
    Message model =
        new Message()
            .number(1, IR_VERSION)
            .text(2, producer)
            .text(3, producerVersion)
            .message(7, graph(graph, constants))
            .message(8, new Message().text(1, "").number(2, opset));
    properties.forEach(
        (key, value) -> model.message(14, new Message().text(1, key).text(2, value)));
    return model.bytes();
  }

  private static Message graph(OnnxGraph graph) {
    return graph(graph, OnnxModel::tensor);
  }

  private static Message graph(OnnxGraph graph, BiFunction<String, OnnxTensor, Message> constants) {
    Message message = new Message();
    graph.nodes().forEach(node -> message.message(1, node(node)));
    message.text(2, graph.name());
    graph
        .initializers()
        .forEach((name, tensor) -> message.message(5, constants.apply(name, tensor)));
    graph.inputs().forEach(port -> message.message(11, port(port)));
    graph.outputs().forEach(port -> message.message(12, port(port)));
    return message;
  }

  private static Message node(OnnxNode node) {
    Message message = new Message();
    node.inputs().forEach(input -> message.text(1, input));
    node.outputs().forEach(output -> message.text(2, output));
    message.text(3, node.name()).text(4, node.op());
    node.attributes().forEach((name, value) -> message.message(5, attribute(name, value)));
    return message;
  }

  private static Message attribute(String name, Object value) {
    Message message = new Message().text(1, name);
    if (value instanceof Float number) {
      return message.single(2, number).number(20, FLOAT);
    }
    if (value instanceof Long number) {
      return message.number(3, number).number(20, INT);
    }
    if (value instanceof String text) {
      return message.text(4, text).number(20, STRING);
    }
    if (value instanceof OnnxGraph subgraph) {
      return message.message(6, graph(subgraph)).number(20, GRAPH);
    }
    if (value instanceof List<?> numbers) {
      numbers.forEach(number -> message.number(8, (Long) number));
      return message.number(20, INTS);
    }
    throw new IllegalArgumentException("attribute " + name + ": no value of ONNX: " + value);
  }

  private static Message tensor(String name, OnnxTensor tensor) {
    return described(name, tensor).bytes(9, tensor.content());
  }

  private static Message described(String name, OnnxTensor tensor) {
    Message message = new Message();
    tensor.sizes().forEach(size -> message.number(1, size));
    return message.number(2, tensor.type().code()).text(8, name);
  }

  private static Message port(OnnxPort port) {
    Message tensor = new Message().number(1, port.type().code());
    List<String> sizes = port.sizes();
    if (sizes != null) {
      Message shape = new Message();
      for (String size : sizes) {
        boolean fixed = size.chars().allMatch(Character::isDigit);
        shape.message(
            1, fixed ? new Message().number(1, Long.parseLong(size)) : new Message().text(2, size));
      }
      tensor.message(2, shape);
    }
    return new Message().text(1, port.name()).message(2, new Message().message(1, tensor));
  }

  /** A message that is put together field by field. */
  private static final class Message {

    private final Map<Integer, Field.Builder> fields = new TreeMap<>();

    private Field.Builder field(int number) {
      return fields.computeIfAbsent(number, key -> Field.newBuilder());
    }

    Message number(int field, long value) {
      field(field).addVarint(value);
      return this;
    }

    Message single(int field, float value) {
      field(field).addFixed32(Float.floatToIntBits(value));
      return this;
    }

    Message bytes(int field, ByteString value) {
      field(field).addLengthDelimited(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, ByteString.copyFromUtf8(value));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes());
    }

    ByteString bytes() {
      UnknownFieldSet.Builder all = UnknownFieldSet.newBuilder();
      fields.forEach((number, field) -> all.addField(number, field.build()));
      return all.build().toByteString();
    }
  }
}
