package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput;

/**
 * Models in whole numbers, in the forms in which ONNX Runtime's and PyTorch's tools write them. All
 * scales are powers of two and all levels small, so that every number can be worked out by hand and
 * none is rounded.
 *
 * <p>Most of them compute, of each pixel (R, G, B), the map (2 (R - G), 2 B, R + G + B), and as
 * logits its means.
 */
class QuantizedTeacherTest {

  private static final ImageShape SHAPE = new ImageShape(2, 2, 3);

  /** A network sees the bytes themselves. */
  private static final Normalization BYTES =
      new Normalization(List.of(0.0, 0.0, 0.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));

  private static final byte[] PIXELS = {
    5, 1, 2, 1, 5, 2, 10, 2, 0, 0, 0, 4, //
    7, 0, 1, 7, 0, 1, 7, 0, 1, 7, 0, 1
  };

  private static final float[] MAP = {
    8, 4, 8, -8, 4, 8, 16, 0, 12, 0, 8, 4, //
    14, 2, 8, 14, 2, 8, 14, 2, 8, 14, 2, 8
  };

  private static final float[] LOGITS = {4, 4, 8, 14, 2, 8};

  private static final int[] KERNEL = {3, 3, 1, 1};
  private static final int[] ONE = {};
  private static final int[] THREE = {3};

  @TempDir private Path folder;

  private static Teacher open(Path file, String... taps) {
    Map<String, String> outputs = new LinkedHashMap<>(Map.of("logits", "logits"));
    for (String tap : taps) {
      outputs.put(tap, tap);
    }
    return ModelTeacher.open(
        "teacher",
        file,
        null,
        TeacherInput.defaults(),
        ModelOutput.named(outputs),
        BYTES,
        SHAPE,
        3);
  }

  /** What each of these taps gives for the two pictures. */
  private static List<float[]> answers(Teacher teacher, String... taps) {
    try (ImageGraph graph = new ImageGraph(SHAPE)) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", List.of(taps));
      mounted.load();
      return graph.run(PIXELS, 2, mounted::feed, List.of(taps).stream().map(mounted::tap).toList());
    }
  }

  private Path write(String name, TinyOnnx.Message graph) throws IOException {
    return Files.write(folder.resolve(name), TinyOnnx.model(13, "pytorch", graph));
  }

  private static TinyOnnx.Message ends(TinyOnnx.Message graph) {
    return graph
        .text(2, "quantized")
        .part(11, TinyOnnx.value("x", TinyOnnx.FLOAT, 0, 3, 2, 2))
        .part(12, TinyOnnx.value("logits", TinyOnnx.FLOAT, 0, 3));
  }

  private static TinyOnnx.Message pooled(TinyOnnx.Message graph, String map) {
    return graph
        .part(1, TinyOnnx.node("GlobalAveragePool", "means", map))
        .part(1, TinyOnnx.node("Flatten", "logits", "means"));
  }

  /**
   * The map in QDQ form. Pixels are counted in halves and the map in twos.
   *
   * @param type of activations
   * @param zero what stands for 0 in the map
   */
  private static TinyOnnx.Message qdq(int type, int zero, boolean perChannel) {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("QuantizeLinear", "pixels_q", "x", "half", "zero"))
            .part(1, TinyOnnx.node("DequantizeLinear", "pixels", "pixels_q", "half", "zero"))
            .part(
                1,
                TinyOnnx.node("DequantizeLinear", "w", "w_q", "w_scale", "w_zero")
                    .part(5, TinyOnnx.number("axis", 0)))
            .part(1, TinyOnnx.node("Conv", "map", "pixels", "w"))
            .part(1, TinyOnnx.node("QuantizeLinear", "map_q", "map", "two", "map_zero"))
            .part(1, TinyOnnx.node("MaxPool", "pool_q", "map_q").part(5, sides(2)))
            .part(1, TinyOnnx.node("DequantizeLinear", "map_dq", "map_q", "two", "map_zero"))
            .part(5, TinyOnnx.floats("half", ONE, .5f))
            .part(5, TinyOnnx.floats("two", ONE, 2))
            .part(5, TinyOnnx.bytes("zero", type, ONE, 0))
            .part(5, TinyOnnx.bytes("map_zero", type, ONE, zero));
    if (perChannel) {
      graph
          .part(5, TinyOnnx.floats("w_scale", THREE, 1, .5f, .25f))
          .part(5, TinyOnnx.bytes("w_zero", TinyOnnx.INT8, THREE, 0, 0, 0))
          .part(5, TinyOnnx.bytes("w_q", TinyOnnx.INT8, KERNEL, 2, -2, 0, 0, 0, 4, 4, 4, 4));
    } else { // unsigned ones with a zero point
      graph
          .part(5, TinyOnnx.floats("w_scale", ONE, .5f))
          .part(5, TinyOnnx.bytes("w_zero", TinyOnnx.UINT8, ONE, 128))
          .part(
              5,
              TinyOnnx.bytes(
                  "w_q", TinyOnnx.UINT8, KERNEL, 132, 124, 128, 128, 128, 132, 130, 130, 130));
    }
    return ends(pooled(graph, "map_dq"));
  }

  private static TinyOnnx.Message sides(int side) {
    return TinyOnnx.numbers("kernel_shape", side, side);
  }

  @ParameterizedTest
  @CsvSource({"2, 10, true, per channel", "2, 200, false, per tensor", "3, -5, true, per channel"})
  void whole_numbers_are_computed_and_inner_ones_dequantised(
      int type, int zero, boolean perChannel, String weights) throws IOException {
    Path file = write("qdq.onnx", qdq(type, zero, perChannel));

    try (Teacher teacher = open(file, "map", "map_q", "map_dq", "pool_q")) {
      assertThat(teacher.source())
          .isEqualTo(
              file
                  + " (DJL, ONNX Runtime; opset 13, int8 QDQ: 1 of 1 layer in 8 bits, "
                  + weights
                  + ")");
      assertThat(teacher.taps().shape("map_q").asArray()).containsExactly(-1, 2, 2, 3);
      List<float[]> answers = answers(teacher, "logits", "map", "map_q", "map_dq", "pool_q");
      assertThat(answers.get(0)).containsExactly(LOGITS);
      assertThat(answers.get(1)).containsExactly(MAP);
      assertThat(answers.get(2)).containsExactly(MAP);
      assertThat(answers.get(3)).containsExactly(MAP);
      // The largest of each channel, still in whole numbers of the map's scale.
      assertThat(answers.get(4)).containsExactly(16, 8, 12, 14, 2, 8);
    }
  }

  /** Each channel of an activation with a scale of its own. */
  @Test
  void scales_of_channels_are_used_with_their_axis() throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(
                1,
                TinyOnnx.node("QuantizeLinear", "q", "x", "scales", "zeros")
                    .part(5, TinyOnnx.number("axis", 1)))
            .part(
                1,
                TinyOnnx.node("DequantizeLinear", "pixels", "q", "scales", "zeros")
                    .part(5, TinyOnnx.number("axis", 1)))
            .part(5, TinyOnnx.floats("scales", THREE, .5f, 1, .25f))
            .part(5, TinyOnnx.bytes("zeros", TinyOnnx.UINT8, THREE, 3, 0, 200))
            .part(1, TinyOnnx.node("Identity", "same", "q"));
    Path file = write("axis.onnx", ends(pooled(graph, "pixels")));

    try (Teacher teacher = open(file, "q")) {
      float[] pixels = answers(teacher, "q").get(0);

      for (int i = 0; i < PIXELS.length; i++) {
        assertThat(pixels[i]).isEqualTo(PIXELS[i]);
      }
    }
    // Behind another operation nobody knows which axis it is.
    assertThatThrownBy(() -> open(file, "same"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file
                + ": its tensor 'same' is uint8, and no scale of its own stands in the graph; allowed:"
                + " float32, float16, float64, or whole numbers that a QuantizeLinear or QLinear"
                + " operation gives; fix: name another");
  }

  /** QLinearConv, QLinearAdd of ONNX Runtime, QLinearMatMul. */
  @Test
  void operations_on_whole_numbers_are_dequantised_by_the_scale_of_their_result()
      throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("QuantizeLinear", "x_q", "x", "half", "zero"))
            .part(
                1,
                TinyOnnx.node(
                    "QLinearConv",
                    "map_q",
                    "x_q",
                    "half",
                    "zero",
                    "w_q",
                    "w_scale",
                    "w_zero",
                    "two",
                    "ten"))
            .part(
                1,
                TinyOnnx.microsoft(
                    TinyOnnx.node(
                        "QLinearAdd",
                        "sum_q",
                        "map_q",
                        "two",
                        "ten",
                        "map_q",
                        "two",
                        "ten",
                        "four",
                        "twenty")))
            .part(
                1,
                TinyOnnx.microsoft(
                    TinyOnnx.node(
                        "QLinearGlobalAveragePool",
                        "means_q",
                        "sum_q",
                        "four",
                        "twenty",
                        "half",
                        "zero")))
            .part(1, TinyOnnx.node("Flatten", "flat_q", "means_q"))
            .part(
                1,
                TinyOnnx.node(
                    "QLinearMatMul",
                    "logits_q",
                    "flat_q",
                    "half",
                    "zero",
                    "swap",
                    "one",
                    "w_none",
                    "half",
                    "zero"))
            .part(1, TinyOnnx.node("DequantizeLinear", "logits", "logits_q", "half", "zero"))
            .part(5, TinyOnnx.floats("half", ONE, .5f))
            .part(5, TinyOnnx.floats("one", ONE, 1))
            .part(5, TinyOnnx.floats("two", ONE, 2))
            .part(5, TinyOnnx.floats("four", ONE, 4))
            .part(5, TinyOnnx.bytes("zero", TinyOnnx.UINT8, ONE, 0))
            .part(5, TinyOnnx.bytes("ten", TinyOnnx.UINT8, ONE, 10))
            .part(5, TinyOnnx.bytes("twenty", TinyOnnx.UINT8, ONE, 20))
            .part(5, TinyOnnx.bytes("w_none", TinyOnnx.INT8, ONE, 0))
            .part(5, TinyOnnx.floats("w_scale", THREE, 1, .5f, .25f))
            .part(5, TinyOnnx.bytes("w_zero", TinyOnnx.INT8, THREE, 0, 0, 0))
            .part(5, TinyOnnx.bytes("w_q", TinyOnnx.INT8, KERNEL, 2, -2, 0, 0, 0, 4, 4, 4, 4))
            // The last logit first.
            .part(
                5,
                TinyOnnx.bytes("swap", TinyOnnx.INT8, new int[] {3, 3}, 0, 1, 0, 0, 0, 1, 1, 0, 0));
    Path file = write("qoperator.onnx", ends(graph));

    try (Teacher teacher = open(file, "map_q", "sum_q", "means_q", "flat_q", "logits_q")) {
      assertThat(teacher.source())
          .endsWith(
              "; opset 13, int8 QOperator: 2 of 2 layers in 8 bits, per channel and per tensor)");
      List<float[]> answers =
          answers(teacher, "logits", "map_q", "sum_q", "means_q", "flat_q", "logits_q");
      assertThat(answers.get(0)).containsExactly(16, 8, 8, 16, 28, 4);
      assertThat(answers.get(1)).containsExactly(MAP);
      float[] twice = MAP.clone();
      for (int i = 0; i < twice.length; i++) {
        twice[i] = 2 * MAP[i];
      }
      assertThat(answers.get(2)).containsExactly(twice);
      assertThat(answers.get(3)).containsExactly(8, 8, 16, 28, 4, 16);
      assertThat(answers.get(4)).containsExactly(8, 8, 16, 28, 4, 16);
      assertThat(answers.get(5)).containsExactly(16, 8, 8, 16, 28, 4);
    }
  }

  /** The range is that of the batch; with a byte of 255 in it the scale is one. */
  @Test
  void a_dynamic_model_is_quantised_by_what_it_sees() throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(
                1,
                new TinyOnnx.Message()
                    .text(1, "x")
                    .text(2, "x_q")
                    .text(2, "x_scale")
                    .text(2, "x_zero")
                    .text(4, "DynamicQuantizeLinear"))
            .part(1, TinyOnnx.node("ConvInteger", "sums", "x_q", "w_q", "x_zero", "w_zero"))
            .part(1, TinyOnnx.node("Cast", "sums_f", "sums").part(5, TinyOnnx.number("to", 1)))
            .part(1, TinyOnnx.node("Mul", "scales", "x_scale", "w_scale"))
            .part(1, TinyOnnx.node("Mul", "map", "sums_f", "scales"))
            .part(5, TinyOnnx.floats("w_scale", ONE, .5f))
            .part(5, TinyOnnx.bytes("w_zero", TinyOnnx.UINT8, ONE, 128))
            .part(
                5,
                TinyOnnx.bytes(
                    "w_q", TinyOnnx.UINT8, KERNEL, 132, 124, 128, 128, 128, 132, 130, 130, 130));
    Path file = write("dynamic.onnx", ends(pooled(graph, "map")));
    byte[] pixels = PIXELS.clone();
    pixels[12] = (byte) 255; // the first pixel of the second picture becomes (255, 0, 1)

    try (Teacher teacher = open(file, "x_q", "map");
        ImageGraph images = new ImageGraph(SHAPE)) {
      assertThat(teacher.source()).endsWith("; opset 13, dynamic int8: 1 of 1 layer in 8 bits)");
      MountedTeacher mounted = teacher.mount(images, "teacher", List.of("x_q", "map", "logits"));
      List<float[]> answers =
          images.run(
              pixels,
              2,
              mounted::feed,
              List.of(mounted.tap("x_q"), mounted.tap("map"), mounted.tap("logits")));

      for (int i = 0; i < pixels.length; i++) {
        assertThat(answers.get(0)[i]).isEqualTo((float) (pixels[i] & 0xff));
      }
      float[] map = MAP.clone();
      map[12] = 510; // 2 (255 - 0)
      map[14] = 256; // 255 + 0 + 1
      assertThat(answers.get(1)).containsExactly(map);
      assertThat(answers.get(2)).containsExactly(4, 4, 8, 138, 2, 70);
    }
    assertThatThrownBy(() -> open(file, "sums"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file
                + ": its tensor 'sums' is int32, and no scale of its own stands in the graph; allowed:"
                + " float32, float16, float64, or whole numbers that a QuantizeLinear or QLinear"
                + " operation gives; fix: name 'map', which it becomes");
  }

  @Test
  void weights_alone_in_8_bits_are_told_as_such() throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("DequantizeLinear", "w", "w_q", "half", "w_zero"))
            .part(1, TinyOnnx.node("Conv", "map", "x", "w"))
            .part(1, TinyOnnx.node("Conv", "last", "map", "same"))
            .part(5, TinyOnnx.floats("half", ONE, .5f))
            .part(5, TinyOnnx.bytes("w_zero", TinyOnnx.INT8, ONE, 0))
            .part(5, TinyOnnx.bytes("w_q", TinyOnnx.INT8, KERNEL, 4, -4, 0, 0, 0, 4, 2, 2, 2))
            .part(5, TinyOnnx.floats("same", KERNEL, 1, 0, 0, 0, 1, 0, 0, 0, 1));
    Path file = write("weights.onnx", ends(pooled(graph, "last")));

    try (Teacher teacher = open(file)) {
      assertThat(teacher.source())
          .endsWith("; opset 13, weights in 8 bits: 1 of 2 layers, per tensor)");
      assertThat(answers(teacher, "logits").get(0)).containsExactly(LOGITS);
    }
  }

  /** As a training with quantization leaves it: weights are floats, quantised in the graph. */
  @Test
  void weights_that_the_graph_quantises_are_8_bits_and_kept_layers_are_counted()
      throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("QuantizeLinear", "x_q", "x", "half", "zero"))
            .part(1, TinyOnnx.node("DequantizeLinear", "x_dq", "x_q", "half", "zero"))
            .part(1, TinyOnnx.node("QuantizeLinear", "w_q", "weights", "half", "w_zero"))
            .part(1, TinyOnnx.node("DequantizeLinear", "w", "w_q", "half", "w_zero"))
            .part(1, TinyOnnx.node("Conv", "map", "x_dq", "w"))
            .part(1, TinyOnnx.node("Conv", "last", "map", "same"))
            .part(5, TinyOnnx.floats("half", ONE, .5f))
            .part(5, TinyOnnx.bytes("zero", TinyOnnx.UINT8, ONE, 0))
            .part(5, TinyOnnx.bytes("w_zero", TinyOnnx.INT8, ONE, 0))
            .part(5, TinyOnnx.floats("weights", KERNEL, 2, -2, 0, 0, 0, 2, 1, 1, 1))
            .part(5, TinyOnnx.floats("same", KERNEL, 1, 0, 0, 0, 1, 0, 0, 0, 1));
    Path file = write("trained.onnx", ends(pooled(graph, "last")));

    try (Teacher teacher = open(file, "last")) {
      assertThat(teacher.source())
          .endsWith("; opset 13, int8 QDQ: 1 of 2 layers in 8 bits, per tensor)");
      List<float[]> answers = answers(teacher, "logits", "last");
      assertThat(answers.get(0)).containsExactly(LOGITS);
      assertThat(answers.get(1)).containsExactly(MAP);
    }
  }

  /** What is asked for beside the listed outputs of a model in whole numbers is checked as well. */
  @Test
  void whole_numbers_that_stand_for_nothing_else_are_refused() throws IOException {
    TinyOnnx.Message graph =
        qdq(TinyOnnx.UINT8, 10, true)
            .part(1, TinyOnnx.node("Cast", "raw", "map_q").part(5, TinyOnnx.number("to", 6)))
            .part(1, TinyOnnx.node("Cast", "bytes", "raw").part(5, TinyOnnx.number("to", 2)));
    Path file = write("raw.onnx", graph);

    assertThatThrownBy(() -> open(file, "bytes"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": its tensor 'bytes' is uint8, and no scale of its own")
        .hasMessageEndingWith("; fix: name another");
    assertThatThrownBy(() -> open(file, "raw"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file
                + ": its output 'raw' is int32; allowed: float32, float16, float64 or quantised whole"
                + " numbers; fix: name another, or export the model in float32");
  }
}
