package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.engine.teacher.TeacherInput.Channels;
import org.kt4j.engine.teacher.TeacherInput.Layout;
import org.kt4j.engine.teacher.TeacherInput.Scaling;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.TrainedNetwork;

/** Models whose inputs and outputs are no float32, with numbers that each type holds exactly. */
class NumberTypesTeacherTest {

  private static final ImageShape SHAPE = new ImageShape(2, 2, 3);

  /** A network sees the bytes themselves. */
  private static final Normalization BYTES =
      new Normalization(List.of(0.0, 0.0, 0.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));

  private static final byte[] PIXELS = {
    5,
    1,
    2,
    1,
    5,
    2,
    10,
    2,
    0,
    0,
    0,
    4, //
    7,
    0,
    1,
    7,
    0,
    1,
    7,
    0,
    1,
    7,
    0,
    (byte) 201
  };

  /** (R - G, B, R / 2 + 1) of each pixel, and its positive part. */
  private static final float[] MAP = {
    4, 2, 3.5f, -4, 2, 1.5f, 8, 0, 6, 0, 4, 1, //
    7, 1, 4.5f, 7, 1, 4.5f, 7, 1, 4.5f, 7, 201, 4.5f
  };

  private static final float[] POSITIVE = {
    4, 2, 3.5f, 0, 2, 1.5f, 8, 0, 6, 0, 4, 1, //
    7, 1, 4.5f, 7, 1, 4.5f, 7, 1, 4.5f, 7, 201, 4.5f
  };

  private static final float[] LOGITS = {3, 2, 3, 7, 51, 4.5f};

  private static final int[] KERNEL = {3, 3, 1, 1};
  private static final int[] THREE = {3};

  @TempDir private Path folder;

  private static Teacher open(Path file, TeacherInput input, Normalization given, String... taps) {
    Map<String, String> outputs = new LinkedHashMap<>();
    for (String tap : taps) {
      outputs.put(tap, tap);
    }
    return ModelTeacher.open(
        "teacher", file, null, input, ModelOutput.named(outputs), given, SHAPE, 3);
  }

  private static Teacher open(Path file, String... taps) {
    return open(file, TeacherInput.defaults(), BYTES, taps);
  }

  private static List<float[]> answers(Teacher teacher, String... taps) {
    return answers(teacher, SHAPE, PIXELS, taps);
  }

  private static List<float[]> answers(
      Teacher teacher, ImageShape shape, byte[] pixels, String... taps) {
    try (ImageGraph graph = new ImageGraph(shape)) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", List.of(taps));
      mounted.load();
      return graph.run(
          pixels,
          pixels.length / shape.bytes(),
          mounted::feed,
          List.of(taps).stream().map(mounted::tap).toList());
    }
  }

  private Path write(String name, String producer, TinyOnnx.Message graph) throws IOException {
    return Files.write(folder.resolve(name), TinyOnnx.model(13, producer, graph));
  }

  private static TinyOnnx.Message node(String op, String output, String input, int to) {
    return TinyOnnx.node(op, output, input).part(5, TinyOnnx.number("to", to));
  }

  private static TinyOnnx.Message transposed(String output, String input, long... order) {
    return TinyOnnx.node("Transpose", output, input).part(5, TinyOnnx.numbers("perm", order));
  }

  /** The layers from {@code seen} to {@code z}, in the type that the weights have. */
  private static TinyOnnx.Message layers(TinyOnnx.Message graph, int type) {
    switch (type) {
      case TinyOnnx.HALF ->
          graph
              .part(5, TinyOnnx.halves("w", KERNEL, 0x3c00, 0xbc00, 0, 0, 0, 0x3c00, 0x3800, 0, 0))
              .part(5, TinyOnnx.halves("b", THREE, 0, 0, 0x3c00));
      case TinyOnnx.DOUBLE ->
          graph
              .part(5, TinyOnnx.doubles("w", KERNEL, 1, -1, 0, 0, 0, 1, .5, 0, 0))
              .part(5, TinyOnnx.doubles("b", THREE, 0, 0, 1));
      default ->
          graph
              .part(5, TinyOnnx.floats("w", KERNEL, 1, -1, 0, 0, 0, 1, .5f, 0, 0))
              .part(5, TinyOnnx.floats("b", THREE, 0, 0, 1));
    }
    return graph
        .part(1, TinyOnnx.node("Conv", "map", "seen", "w", "b"))
        .part(1, TinyOnnx.node("Relu", "positive", "map"))
        .part(1, TinyOnnx.node("GlobalAveragePool", "means", "positive"))
        .part(1, TinyOnnx.node("Flatten", "z", "means"))
        .text(2, "types");
  }

  private static TinyOnnx.Message inAndOut(TinyOnnx.Message graph, int in, int out, int... sizes) {
    return graph
        .part(11, TinyOnnx.value("x", in, 0, sizes[0], sizes[1], sizes[2]))
        .part(12, TinyOnnx.value("logits", out, 0, 3));
  }

  private static void requireNumbers(Teacher teacher) {
    assertThat(teacher.taps().shape("map").asArray()).containsExactly(-1, 2, 2, 3);
    List<float[]> answers = answers(teacher, "logits", "map", "positive");
    assertThat(answers.get(0)).containsExactly(LOGITS);
    assertThat(answers.get(1)).containsExactly(MAP);
    assertThat(answers.get(2)).containsExactly(POSITIVE);
  }

  @ParameterizedTest
  @CsvSource({"10, 'float16, input and outputs float16'", "1, float32"})
  void a_model_that_is_whole_in_one_type_of_floats_is_read_and_given_float32(
      int type, String content) throws IOException {
    TinyOnnx.Message graph =
        layers(new TinyOnnx.Message().part(1, TinyOnnx.node("Identity", "seen", "x")), type)
            .part(1, TinyOnnx.node("Identity", "logits", "z"));
    Path file = write("whole.onnx", "pytorch", inAndOut(graph, type, type, 3, 2, 2));

    try (Teacher teacher = open(file, "logits", "map", "positive")) {
      assertThat(teacher.source())
          .isEqualTo(file + " (DJL, ONNX Runtime; opset 13, " + content + ")");
      assertThat(teacher.normalisesItself()).isFalse();
      requireNumbers(teacher);
    }
  }

  /** ONNX Runtime has no convolution of doubles, and says so; others it has. */
  @Test
  void doubles_are_given_and_taken_as_far_as_onnx_runtime_has_them() throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(
                1,
                TinyOnnx.node("ReduceMean", "means", "x")
                    .part(5, TinyOnnx.numbers("axes", 2, 3))
                    .part(5, TinyOnnx.number("keepdims", 0)))
            .part(1, TinyOnnx.node("Gemm", "logits", "means", "w"))
            .part(5, TinyOnnx.doubles("w", new int[] {3, 3}, 1, 0, 1, 0, .5, 0, 0, 0, 2))
            .text(2, "doubles");
    Path file =
        write("gemm.onnx", "skl2onnx", inAndOut(graph, TinyOnnx.DOUBLE, TinyOnnx.DOUBLE, 3, 2, 2));
    TinyOnnx.Message layers =
        layers(
                new TinyOnnx.Message().part(1, TinyOnnx.node("Identity", "seen", "x")),
                TinyOnnx.DOUBLE)
            .part(1, TinyOnnx.node("Identity", "logits", "z"));
    Path conv =
        write("conv.onnx", "pytorch", inAndOut(layers, TinyOnnx.DOUBLE, TinyOnnx.DOUBLE, 3, 2, 2));

    try (Teacher teacher = open(file, "logits", "means")) {
      assertThat(teacher.source()).endsWith("; opset 13, float64, input and outputs float64)");
      List<float[]> answers = answers(teacher, "means", "logits");
      // Means of R, G and B: (4, 2, 2) and (7, 0, 51).
      assertThat(answers.get(0)).containsExactly(4, 2, 2, 7, 0, 51);
      assertThat(answers.get(1)).containsExactly(4, 1, 8, 7, 0, 109);
    }
    assertThatThrownBy(() -> open(conv, "logits"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(conv + ": DJL's OnnxRuntime engine cannot load it (")
        .hasMessageContaining("Conv")
        .hasMessageEndingWith(
            "; fix: export the model anew, or in float32 (this one is: opset 13, float64, input and"
                + " outputs float64)");
  }

  @Test
  void a_model_in_float16_may_keep_its_ends_in_float32() throws IOException {
    TinyOnnx.Message graph =
        layers(
                new TinyOnnx.Message().part(1, node("Cast", "seen", "x", TinyOnnx.HALF)),
                TinyOnnx.HALF)
            .part(1, node("Cast", "logits", "z", TinyOnnx.FLOAT));
    Path file =
        write("ends.onnx", "pytorch", inAndOut(graph, TinyOnnx.FLOAT, TinyOnnx.FLOAT, 3, 2, 2));

    try (Teacher teacher = open(file, "logits", "map", "positive")) {
      assertThat(teacher.source()).endsWith("; opset 13, float16, input and outputs float32)");
      requireNumbers(teacher);
    }
  }

  /** 60,000 times the pixel: one is a number, and 5 would be 300,000. */
  @Test
  void what_half_precision_has_not_is_infinite_where_it_is_read() throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("Conv", "large", "x", "w"))
            .part(1, TinyOnnx.node("GlobalAveragePool", "means", "large"))
            .part(1, TinyOnnx.node("Flatten", "logits", "means"))
            .part(5, TinyOnnx.halves("w", KERNEL, 0x7b53, 0, 0, 0, 0x7b53, 0, 0, 0, 0x7b53))
            .text(2, "large");
    Path file =
        write("large.onnx", "pytorch", inAndOut(graph, TinyOnnx.HALF, TinyOnnx.HALF, 3, 2, 2));

    try (Teacher teacher = open(file, "logits", "large")) {
      float[] large = answers(teacher, "large").get(0);
      assertThat(large).startsWith(Float.POSITIVE_INFINITY, 60_000, Float.POSITIVE_INFINITY);
      assertThat(large[8]).isZero();
      assertThat(teacher.advice("teacher")).contains("in which those beyond 65,504 are infinite");
    }
  }

  /** Half precision has 11 bits: 2049 is 2048 or 2050, and the even one is taken. */
  @Test
  void numbers_are_rounded_to_the_nearest_half_where_the_input_is_one() throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("GlobalAveragePool", "means", "x"))
            .part(1, TinyOnnx.node("Flatten", "logits", "means"))
            .text(2, "rounded");
    Path file =
        write("rounded.onnx", "pytorch", inAndOut(graph, TinyOnnx.HALF, TinyOnnx.HALF, 3, 1, 1));

    try (DjlModel model = DjlModel.open(file, ModelEngine.ONNX_RUNTIME, null, List.of("logits"))) {
      float[] given = {2049, 2051, .1f, -1, 65504, 1e-8f};
      assertThat(Floats.of(model.run(Floats.direct(given), 2, 3, 1, 1).get(0)))
          .containsExactly(2048, 2052, 0.099975586f, -1, 65504, 0);
    }
  }

  /**
   * Bytes in either layout, which the shape tells, and the normalization inside.
   *
   * @param nhwc whether the model has its channels last
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bytes_come_as_they_are_and_maps_have_the_layout_of_their_operations(boolean nhwc)
      throws IOException {
    TinyOnnx.Message graph = new TinyOnnx.Message();
    String first = "x";
    if (nhwc) {
      graph.part(1, transposed("first", "x", 0, 3, 1, 2));
      first = "first";
    }
    layers(graph.part(1, node("Cast", "seen", first, TinyOnnx.FLOAT)), TinyOnnx.FLOAT)
        .part(1, transposed("map_last", "map", 0, 2, 3, 1))
        .part(1, TinyOnnx.node("Identity", "logits", "z"));
    int[] sizes = nhwc ? new int[] {0, 0, 3} : new int[] {3, 0, 0};
    Path file =
        write("bytes.onnx", "tf2onnx", inAndOut(graph, TinyOnnx.UINT8, TinyOnnx.FLOAT, sizes));
    Normalization ignored = new Normalization(List.of(.5, .5, .5), List.of(.25, .25, .25));
    TeacherInput swapped =
        new TeacherInput("x", nhwc ? Layout.NHWC : Layout.NCHW, Channels.BGR, Scaling.BYTES, null);

    try (Teacher teacher =
            open(file, TeacherInput.defaults(), ignored, "logits", "map", "positive", "map_last");
        Teacher blueFirst = open(file, swapped, BYTES, "logits", "map")) {
      assertThat(teacher.source()).endsWith("; opset 13, float32, input uint8, outputs float32)");
      assertThat(teacher.normalisesItself()).isTrue();
      requireNumbers(teacher);
      assertThat(teacher.taps().shape("map_last").asArray()).containsExactly(-1, 2, 2, 3);
      assertThat(answers(teacher, "map_last").get(0)).containsExactly(MAP);
      // (B - G, R, B / 2 + 1) of the first pixel, (5, 1, 2).
      assertThat(answers(blueFirst, "map").get(0)).startsWith(1, 5, 2);
    }
  }

  /** One colour stays what it is, and what lies between two is rounded to a byte. */
  @Test
  void bytes_of_another_size_are_whole_numbers_again() throws IOException {
    TinyOnnx.Message graph =
        layers(
                new TinyOnnx.Message().part(1, node("Cast", "seen", "x", TinyOnnx.FLOAT)),
                TinyOnnx.FLOAT)
            .part(1, TinyOnnx.node("Identity", "logits", "z"));
    Path file =
        write("sizes.onnx", "pytorch", inAndOut(graph, TinyOnnx.UINT8, TinyOnnx.FLOAT, 3, 0, 0));
    TeacherInput input = new TeacherInput(null, null, Channels.RGB, Scaling.UNIT, List.of(4, 4));

    try (Teacher teacher = open(file, input, BYTES, "logits", "map", "seen")) {
      float[] seen = answers(teacher, "seen").get(0);

      assertThat(seen).hasSize(2 * 4 * 4 * 3);
      // Quarters of the way from 5 to 1: 5, 4, 2, 1.
      assertThat(new float[] {seen[0], seen[3], seen[6], seen[9]}).containsExactly(5, 4, 2, 1);
      for (float number : seen) {
        assertThat(number).isEqualTo((float) Math.round(number));
      }
    }
  }

  @Test
  void the_layout_of_floats_follows_from_the_shape_as_well() throws IOException {
    TinyOnnx.Message graph =
        layers(new TinyOnnx.Message().part(1, transposed("seen", "x", 0, 3, 1, 2)), TinyOnnx.FLOAT)
            .part(1, TinyOnnx.node("Identity", "logits", "z"));
    Path file =
        write("last.onnx", "tf2onnx", inAndOut(graph, TinyOnnx.FLOAT, TinyOnnx.FLOAT, 2, 2, 3));

    try (Teacher teacher = open(file, "logits", "map", "positive")) {
      requireNumbers(teacher);
    }
  }

  private static final ImageShape SMALL = new ImageShape(8, 8, 3);
  private static final Normalization OURS =
      new Normalization(List.of(.4, .5, .6), List.of(.2, .25, .3));

  private static byte[] noise(int count) {
    byte[] pixels = new byte[count * SMALL.bytes()];
    new Random(3).nextBytes(pixels);
    return pixels;
  }

  private static TrainedNetwork network() {
    CifarResNetProvider resNets = new CifarResNetProvider();
    Network network = resNets.create(resNets.variant("8"), SMALL, 3);
    try (ImageGraph graph = new ImageGraph(SMALL)) {
      Variables variables = new Variables(graph.tf(), "untrained", 5);
      network.build(Layers.evaluation(graph.tf(), variables), graph.normalised(graph.tf(), OURS));
      graph.initialize(variables.all());
      Weights weights = Weights.read("untrained", graph, variables);
      return new TrainedNetwork(network, SMALL, OURS, weights, List.of("a", "b", "c"));
    }
  }

  /** Exports of ours, opened as anybody's model; the network itself answers in the graph. */
  @ParameterizedTest
  @CsvSource({
    "single, 1e-4, 'float32, input uint8, outputs float32)'",
    "half, 5e-3, 'float32, weights stored in float16, input uint8, outputs float32)'",
    "int8, .1, 'int8 QDQ: 10 of 10 layers in 8 bits, per channel, input uint8, outputs float32)'",
    "floats, 1e-4, float32)",
    "fixed, 1e-4, 'float32, input uint8, outputs float32)'"
  })
  void exports_of_ours_teach_with_their_logits_and_taps(
      String form, float tolerance, String content) throws IOException {
    ExportOptions usual = ExportOptions.defaults().format("onnx").taps(List.of("stage2"));
    ExportOptions options =
        switch (form) {
          case "half" -> usual.precision(Precision.HALF);
          case "int8" -> usual.int8(new Int8Options(50, 1, 100, 8, false, 1));
          case "floats" -> usual.input(ExportOptions.Input.FLOAT32);
          case "fixed" -> usual.fixedSize(true);
          default -> usual;
        };
    TrainedNetwork trained = network();
    byte[] seen = noise(50);
    ClassifierExport.of(trained, options)
        .write(
            new ExportDetails(
                Map.of(),
                new CalibrationPictures(
                    50,
                    "",
                    i ->
                        new ExportDetails.Input(
                            Arrays.copyOfRange(seen, i * SMALL.bytes(), (i + 1) * SMALL.bytes()),
                            new long[] {1, 8, 8, 3}))),
            folder);
    Path file = folder.resolve("model.onnx");
    byte[] pixels = noise(3);
    List<float[]> expected = answers(trained.teacher(), SMALL, pixels, "logits", "stage2");

    try (Teacher teacher =
        ModelTeacher.open(
            "teacher",
            file,
            null,
            TeacherInput.defaults(),
            ModelOutput.named(Map.of("stage2", "stage2")),
            BYTES,
            SMALL,
            3)) {
      assertThat(teacher.source()).isEqualTo(file + " (DJL, ONNX Runtime; opset 17, " + content);
      assertThat(teacher.normalisesItself()).isTrue();
      assertThat(teacher.advice("teacher"))
          .isEqualTo(
              "It was given pictures as nhwc, channels rgb, pixels as they are (0 to "
                  + (form.equals("floats") ? "1" : "255")
                  + "), and 'logits' was taken for its logits. Are these those of its training? See"
                  + " teacher.input (layout, channels, size) and teacher.outputs. Or is the order of"
                  + " its classes another?");
      assertThat(teacher.taps().shape("stage2").asArray())
          .containsExactly(trained.teacher().taps().shape("stage2").asArray());
      List<float[]> answers = answers(teacher, SMALL, pixels, "logits", "stage2");
      requireClose(answers.get(0), expected.get(0), tolerance);
      requireClose(answers.get(1), expected.get(1), tolerance);
    }
    Path single = folder.resolve("djl.onnx");
    assertThatThrownBy(() -> open(single))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            single
                + ": takes one picture at a time, for DJL's own translator; fix: teacher.model: "
                + file);
  }

  private static void requireClose(float[] found, float[] expected, float share) {
    assertThat(found).hasSameSizeAs(expected);
    float largest = 0;
    float apart = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      apart = Math.max(apart, Math.abs(found[i] - expected[i]));
    }
    assertThat(largest).isPositive();
    assertThat(apart).isLessThanOrEqualTo(share * largest);
  }
}
