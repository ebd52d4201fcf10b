package org.kt4j.cli.malformed;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/** A model of ten classes: the mean colour of the picture, times a matrix. */
final class TinyModels {

  private static final int CHANNELS = 3;
  private static final int CLASSES = 10;
  private static final int SIZE = 16;

  private TinyModels() {}

  private static float[][] matrix() {
    float[][] matrix = new float[CHANNELS][CLASSES];
    for (int i = 0; i < CHANNELS * CLASSES; i++) {
      matrix[i / CLASSES][i % CLASSES] = 0.25f * (i % 7) - 0.5f;
    }
    return matrix;
  }

  private static GraphDef graph() {
    try (Graph graph = NativeRuntime.newGraph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.withName("x")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, SIZE, SIZE, CHANNELS)));
      tf.withName("logits")
          .linalg
          .matMul(tf.math.mean(x, tf.array(1, 2)), tf.constant(matrix())); // [B, 3] x [3, 10]
      return graph.toGraphDef();
    }
  }

  /** As a bare graph. */
  static void frozen(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, graph().toByteArray());
  }

  /** As a SavedModel without variables. */
  static void savedModel(Path folder) throws IOException {
    MetaGraphDef.Builder description = MetaGraphDef.newBuilder().setGraphDef(graph());
    description.getMetaInfoDefBuilder().addTags("serve");
    description.putSignatureDef(
        "serving_default",
        SignatureDef.newBuilder()
            .putInputs("x", floats("x:0", -1, SIZE, SIZE, CHANNELS))
            .putOutputs("logits", floats("logits:0", -1, CLASSES))
            .build());
    Files.createDirectories(folder);
    Files.write(
        folder.resolve("saved_model.pb"),
        SavedModel.newBuilder().addMetaGraphs(description).build().toByteArray());
  }

  private static TensorInfo floats(String tensor, long... axes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : axes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(tensor)
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(shape)
        .build();
  }

  /** As ONNX, by the field numbers of {@code onnx.proto}. */
  static void onnx(Path file) throws IOException {
    ByteBuffer numbers = ByteBuffer.allocate(4 * CHANNELS * CLASSES).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : matrix()) {
      for (float number : row) {
        numbers.putFloat(number);
      }
    }
    Message weights =
        new Message()
            .number(1, CHANNELS)
            .number(1, CLASSES)
            .number(2, 1) // float
            .text(8, "weights")
            .bytes(9, numbers.array());
    Message graph =
        new Message()
            .part(1, node("GlobalAveragePool", "mean", "x"))
            .part(1, node("Flatten", "flat", "mean"))
            .part(1, node("MatMul", "logits", "flat", "weights"))
            .text(2, "tiny")
            .part(5, weights)
            .part(11, value("x", 0, CHANNELS, SIZE, SIZE))
            .part(12, value("logits", 0, CLASSES));
    Message model =
        new Message().number(1, 8).part(7, graph).part(8, new Message().text(1, "").number(2, 13));
    Files.createDirectories(file.getParent());
    Files.write(file, model.content.toByteArray());
  }

  private static Message node(String operation, String output, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.text(1, input);
    }
    return node.text(2, output).text(4, operation);
  }

  /** An input or output of floats; a size of 0 is variable. */
  private static Message value(String name, int... shape) {
    Message axes = new Message();
    for (int size : shape) {
      axes.part(1, size == 0 ? new Message().text(2, "batch") : new Message().number(1, size));
    }
    return new Message()
        .text(1, name)
        .part(2, new Message().part(1, new Message().number(1, 1).part(2, axes)));
  }

  /** A message of protocol buffers. */
  private static final class Message {

    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint(field << 3);
      varint(value);
      return this;
    }

    Message bytes(int field, byte[] value) {
      varint((field << 3) | 2);
      varint(value.length);
      content.writeBytes(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message part(int field, Message value) {
      return bytes(field, value.content.toByteArray());
    }

    private void varint(long value) {
      long rest = value;
      while (rest > 0x7F) {
        content.write((int) (rest & 0x7F) | 0x80);
        rest >>>= 7;
      }
      content.write((int) rest);
    }
  }
}
