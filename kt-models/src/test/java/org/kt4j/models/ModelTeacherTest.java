package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.engine.teacher.TeacherInput.Channels;
import org.kt4j.engine.teacher.TeacherInput.Layout;
import org.kt4j.engine.teacher.TeacherInput.Scaling;
import org.kt4j.imagelevel.FrozenNetwork;
import org.tensorflow.GraphOperation;
import org.tensorflow.ndarray.Shape;

/** Models that the test writes itself, with results worked out by hand. */
class ModelTeacherTest {

  private static final ImageShape SHAPE = new ImageShape(2, 2, 3);

  /** A network sees the bytes themselves. */
  private static final Normalization BYTES =
      new Normalization(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1 / 255.0));

  /** And with these, numbers from 0 to 1. */
  private static final Normalization UNIT =
      new Normalization(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1.0));

  private static final Map<String, String> BOTH = Map.of("logits", "logits", "stage1", "stage");

  /** Two pictures of four pixels, RGB. */
  private static final byte[] PIXELS = {
    5, 1, 2, 1, 5, 2, 10, 2, 0, 0, 0, 4, // R - G: 4, -4, 8, 0; B: 2, 2, 0, 4; means 3 and 2
    7, 0, 1, 7, 0, 1, 7, 0, 1, 7, 0, 1 // R - G: 7; B: 1
  };

  private static final float[] STAGE = {4, 2, 0, 2, 8, 0, 0, 4, 7, 1, 7, 1, 7, 1, 7, 1};
  private static final float[] LOGITS = {23, 46, 69, 17, 34, 51};

  @TempDir private Path folder;

  private static Teacher open(Path file, Map<String, String> outputs) {
    return open(file, TeacherInput.defaults(), outputs, BYTES);
  }

  private static Teacher open(
      Path file, TeacherInput input, Map<String, String> outputs, Normalization normalization) {
    return ModelTeacher.open(
        "teacher", file, null, input, ModelOutput.named(outputs), normalization, SHAPE, 3);
  }

  /** What each of these taps gives for the two pictures. */
  private static List<float[]> answers(Teacher teacher, String... taps) {
    try (ImageGraph graph = new ImageGraph(SHAPE)) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", List.of(taps));
      mounted.load();
      return graph.run(PIXELS, 2, mounted::feed, List.of(taps).stream().map(mounted::tap).toList());
    }
  }

  private static void requireNumbers(Teacher teacher) {
    assertThat(teacher.taps().names()).containsExactlyInAnyOrder("logits", "stage1");
    assertThat(teacher.taps().shape("logits").asArray()).containsExactly(-1, 3);
    assertThat(teacher.taps().shape("stage1").asArray()).containsExactly(-1, 2, 2, 2);
    try (FrozenNetwork classifier = new FrozenNetwork(SHAPE, teacher)) {
      assertThat(classifier.logits(PIXELS, 2)).containsExactly(LOGITS);
    }
    List<float[]> answers = answers(teacher, "stage1", "logits");
    assertThat(answers.get(0)).containsExactly(STAGE);
    assertThat(answers.get(1)).containsExactly(LOGITS);
  }

  @Test
  void a_frozen_graph_becomes_part_of_the_training_graph() throws IOException {
    Path file = TinyModels.frozen(folder.resolve("tiny.pb"), 1);

    try (Teacher teacher = open(file, BOTH)) {
      assertThat(teacher).isInstanceOf(GraphTeacher.class);
      assertThat(teacher.source()).isEqualTo(file + " (in the training graph)");
      requireNumbers(teacher);
    }
  }

  @Test
  void a_saved_model_of_a_plain_graph_does_too_with_its_variables_as_constants()
      throws IOException {
    for (Path model :
        List.of(
            TinyModels.savedModel(folder.resolve("reference"), 1, "kernel"),
            TinyModels.withResources(folder.resolve("resource"), 1, "kernel"))) {
      for (Path named : List.of(model, model.resolve("saved_model.pb"))) {
        try (Teacher teacher = open(named, BOTH)) {
          assertThat(teacher).isInstanceOf(GraphTeacher.class);
          assertThat(teacher.source()).isEqualTo(named + " (in the training graph)");
          requireNumbers(teacher);
        }
      }
    }
  }

  @Test
  void a_saved_model_of_functions_runs_beside_the_training_graph() throws IOException {
    Path model = TinyModels.functions(folder.resolve("functions"), 1);

    try (Teacher teacher = open(model, BOTH)) {
      assertThat(teacher).isInstanceOf(DjlTeacher.class);
      assertThat(teacher.source())
          .startsWith(model + " (DJL, TensorFlow")
          .endsWith("made of functions, so it runs beside the training graph)");
      requireNumbers(teacher);
    }
    assertThatThrownBy(
            () ->
                ModelTeacher.open(
                    "teacher",
                    model,
                    TeacherEngine.IN_GRAPH,
                    TeacherInput.defaults(),
                    ModelOutput.named(BOTH),
                    BYTES,
                    SHAPE,
                    3))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "teacher.engine: in-graph is not possible: " + model + " calls functions (")
        .hasMessageContaining("PartitionedCall")
        .hasMessageEndingWith("fix: leave engine out for a SavedModel, or freeze the graph");
  }

  @Test
  void a_plain_saved_model_may_run_beside_the_training_graph_if_it_is_told_so() throws IOException {
    Path model = TinyModels.savedModel(folder.resolve("plain"), 1, "kernel");

    try (Teacher teacher =
        ModelTeacher.open(
            "teacher",
            model,
            TeacherEngine.TENSORFLOW,
            TeacherInput.defaults(),
            ModelOutput.named(BOTH),
            BYTES,
            SHAPE,
            3)) {
      assertThat(teacher.source()).isEqualTo(model + " (DJL, TensorFlow)");
      requireNumbers(teacher);
    }
  }

  @Test
  void a_teacher_stands_in_one_graph_as_often_as_it_is_mounted() throws IOException {
    Path frozen = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    Path twice = TinyModels.frozen(folder.resolve("twice.pb"), 2);
    Path functions = TinyModels.functions(folder.resolve("functions"), 3);
    try (Teacher one = open(frozen, BOTH);
        Teacher other = open(twice, BOTH);
        Teacher beside = open(functions, BOTH);
        ImageGraph graph = new ImageGraph(SHAPE)) {
      List<MountedTeacher> mounted =
          List.of(
              one.mount(graph, "first", List.of("logits")),
              one.mount(graph, "second", List.of("logits", "stage1")),
              other.mount(graph, "third", List.of("logits")),
              beside.mount(graph, "fourth", List.of("logits")),
              beside.mount(graph, "fifth", List.of("logits")));

      List<float[]> logits =
          graph.run(
              PIXELS,
              2,
              (runner, pixels) -> {
                List<org.tensorflow.Tensor> opened = new ArrayList<>();
                mounted.forEach(each -> opened.addAll(each.feed(runner, pixels)));
                return opened;
              },
              mounted.stream().map(each -> each.tap("logits")).toList());

      assertThat(logits.get(0)).containsExactly(LOGITS);
      assertThat(logits.get(1)).containsExactly(LOGITS);
      assertThat(logits.get(2)).containsExactly(46, 92, 138, 34, 68, 102);
      assertThat(logits.get(3)).containsExactly(69, 138, 207, 51, 102, 153);
      assertThat(logits.get(4)).containsExactly(69, 138, 207, 51, 102, 153);
      assertThatThrownBy(() -> mounted.get(0).tap("stage1"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no tap 'stage1'; mounted: [logits]");
    }
  }

  /** In one session, two variables of one shared name are one variable. */
  @Test
  void its_variables_are_out_of_reach_whatever_they_are_called() throws IOException {
    String taken = "student/conv1.weight";
    for (Path model :
        List.of(
            TinyModels.savedModel(folder.resolve("reference"), 1, taken),
            TinyModels.withResources(folder.resolve("resource"), 1, taken))) {
      try (Teacher teacher = open(model, BOTH);
          ImageGraph graph = new ImageGraph(SHAPE)) {
        Variable ours =
            new Variables(graph.tf(), "student", 1)
                .filled("conv1.weight", Shape.of(1, 1, 3, 2), Variable.Kind.CONVOLUTION, 9);
        graph.initialize(List.of(ours));
        MountedTeacher mounted = teacher.mount(graph, "teacher", List.of("logits"));
        mounted.load();

        float[] logits = graph.run(PIXELS, 2, mounted::feed, List.of(mounted.tap("logits"))).get(0);

        assertThat(ours.path()).isEqualTo(taken);
        assertThat(logits).containsExactly(LOGITS);
        assertThat(graph.read(ours)).containsOnly(9).hasSize(6);
        assertThat(mounted.variables()).isEmpty();
        assertThat(graph.graph().operations())
            .toIterable()
            .filteredOn(operation -> operation.name().startsWith("teacher/"))
            .isNotEmpty()
            .extracting(GraphOperation::type)
            .noneMatch(type -> type.contains("Var"));
      }
    }
  }

  /** Such as a rate of dropout, which is one unless somebody trains. */
  @Test
  void a_placeholder_with_a_default_has_it() throws IOException {
    Path file =
        TinyModels.graph(
            folder.resolve("default.pb"),
            tf ->
                tf.withName("logits")
                    .math
                    .mul(
                        tf.math.mean(TinyModels.pictures(tf), tf.array(1, 2)),
                        tf.placeholderWithDefault(tf.constant(2f), Shape.scalar())));

    try (Teacher teacher = open(file, Map.of("logits", "logits"))) {
      assertThat(answers(teacher, "logits").get(0)).containsExactly(8, 4, 4, 14, 0, 2);
    }
  }

  @Test
  void nchw_in_and_out_comes_out_as_nhwc() throws IOException {
    Path file = TinyModels.onnx(folder.resolve("tiny.onnx"), 3, 2, 2);

    try (Teacher teacher = open(file, Map.of("logits", "logits", "pixels", "seen"))) {
      assertThat(teacher.source()).isEqualTo(file + " (DJL, ONNX Runtime; opset 13, float32)");
      assertThat(teacher.taps().shape("pixels").asArray()).containsExactly(-1, 2, 2, 3);
      List<float[]> answers = answers(teacher, "pixels", "logits");

      for (int i = 0; i < PIXELS.length; i++) {
        assertThat(answers.get(0)[i]).isEqualTo(PIXELS[i]);
      }
      // Means of the channels: 16, 8 and 8 quarters; then of one colour.
      assertThat(answers.get(1)).containsExactly(4, 2, 2, 7, 0, 1);
    }
  }

  @Test
  void an_onnx_model_may_take_nhwc() throws IOException {
    Path file = TinyModels.onnx(folder.resolve("rows.onnx"), 3, 2, 3);
    ImageShape rows = new ImageShape(3, 2, 3);
    byte[] pixels = {
      6, 0, 0, 0, 0, 0, // the first row, its mean 1
      0, 12, 0, 0, 0, 0, // 2
      1, 2, 3, 4, 5, 9 // 4
    };
    TeacherInput input = new TeacherInput("x", Layout.NHWC, Channels.RGB, Scaling.UNIT, null);
    try (Teacher teacher =
            ModelTeacher.open(
                "teacher",
                file,
                null,
                input,
                ModelOutput.named(Map.of("logits", "logits", "pixels", "seen")),
                BYTES,
                rows,
                3);
        ImageGraph graph = new ImageGraph(rows)) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", List.of("logits", "pixels"));

      List<float[]> answers =
          graph.run(
              pixels, 1, mounted::feed, List.of(mounted.tap("logits"), mounted.tap("pixels")));

      assertThat(teacher.taps().shape("pixels").asArray()).containsExactly(-1, 3, 2, 3);
      assertThat(answers.get(0)).containsExactly(new float[] {1, 2, 4}, within(1e-6f)); // sixths
      assertThat(answers.get(1))
          .containsExactly(6, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 0, 1, 2, 3, 4, 5, 9);
    }
  }

  private static TeacherInput input(Channels channels, Scaling scaling) {
    return new TeacherInput(null, null, channels, scaling, null);
  }

  /** The first pixel of the first picture, (5, 1, 2), as the model sees it. */
  private float[] firstPixel(TeacherInput input, Normalization normalization) throws IOException {
    Path file = TinyModels.onnx(folder.resolve("tiny.onnx"), 3, 0, 0);
    try (Teacher teacher =
        open(file, input, Map.of("logits", "logits", "pixels", "seen"), normalization)) {
      return java.util.Arrays.copyOf(answers(teacher, "pixels").get(0), 3);
    }
  }

  @Test
  void pixels_are_normalised_scaled_and_ordered_as_the_model_was_trained() throws IOException {
    // As tools count that know bytes only: means 2, 1 and 0 of 255, deviation 1 of 255.
    Normalization means =
        new Normalization(
            List.of(2 / 255.0, 1 / 255.0, 0.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));
    Normalization halved = new Normalization(List.of(.0, .0, .0), List.of(1.0, .5, .25));

    assertThat(firstPixel(input(Channels.RGB, Scaling.UNIT), UNIT))
        .containsExactly(new float[] {5 / 255f, 1 / 255f, 2 / 255f}, within(1e-7f));
    assertThat(firstPixel(input(Channels.RGB, Scaling.BYTES), UNIT))
        .containsExactly(new float[] {5, 1, 2}, within(1e-5f));
    assertThat(firstPixel(input(Channels.BGR, Scaling.BYTES), UNIT))
        .containsExactly(new float[] {2, 1, 5}, within(1e-5f));
    assertThat(firstPixel(input(Channels.RGB, Scaling.UNIT), means))
        .containsExactly(new float[] {3, 0, 2}, within(1e-5f));
    // Mean and deviation are in the order of the data, whatever the model's is.
    assertThat(firstPixel(input(Channels.BGR, Scaling.UNIT), means))
        .containsExactly(new float[] {2, 0, 3}, within(1e-5f));
    assertThat(firstPixel(input(Channels.RGB, Scaling.BYTES), halved))
        .containsExactly(new float[] {5, 2, 8}, within(1e-5f));
  }

  @Test
  void pictures_of_one_colour_keep_it_when_they_are_resized() throws IOException {
    Path file = TinyModels.onnx(folder.resolve("large.onnx"), 3, 5, 4);
    TeacherInput input = new TeacherInput(null, null, Channels.RGB, Scaling.UNIT, List.of(5, 4));

    try (Teacher teacher = open(file, input, Map.of("logits", "logits", "map", "seen"), BYTES)) {
      assertThat(teacher.taps().shape("map").asArray()).containsExactly(-1, 5, 4, 3);
      float[] map = answers(teacher, "map").get(0);

      assertThat(map).hasSize(2 * 5 * 4 * 3);
      for (int at = 5 * 4 * 3; at < map.length; at += 3) { // the second picture
        assertThat(new float[] {map[at], map[at + 1], map[at + 2]})
            .containsExactly(new float[] {7, 0, 1}, within(1e-5f));
      }
    }
  }

  @Test
  void a_graph_inside_the_training_graph_takes_its_pictures_in_the_same_ways() throws IOException {
    Path file = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    TeacherInput swapped = new TeacherInput("x", null, Channels.BGR, Scaling.BYTES, List.of(3, 3));

    try (Teacher teacher = open(file, swapped, BOTH, UNIT)) {
      float[] logits = answers(teacher, "logits").get(0);

      // The second picture, blue first: relu(1 - 0) and 7.
      assertThat(logits[3]).isCloseTo(71, within(1e-3f));
      assertThat(teacher.taps().shape("stage1").asArray()).containsExactly(-1, 3, 3, 2);
    }
  }

  @Test
  void a_model_with_one_output_needs_no_outputs() throws IOException {
    Path frozen = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    Path onnx = TinyModels.onnx(folder.resolve("tiny.onnx"), 3, 2, 2);

    try (Teacher one = open(frozen, Map.of());
        Teacher other = open(onnx, Map.of())) {
      assertThat(answers(one, "logits").get(0)).containsExactly(LOGITS);
      assertThat(answers(other, "logits").get(0)).containsExactly(4, 2, 2, 7, 0, 1);
    }
  }

  /** As of exports with their logits and probabilities. */
  @Test
  void the_output_called_logits_is_taken_among_several() throws IOException {
    for (Path model :
        List.of(
            TinyModels.savedModel(folder.resolve("saved"), 1, "kernel"),
            TinyModels.functions(folder.resolve("functions"), 1))) {
      for (Map<String, String> outputs :
          List.of(Map.<String, String>of(), Map.of("stage1", "stage"))) {
        try (Teacher teacher = open(model, outputs)) {
          assertThat(answers(teacher, "logits").get(0)).containsExactly(LOGITS);
        }
      }
    }
  }

  private static String fingerprint(
      Path file, TeacherInput input, Map<String, String> outputs, Normalization normalization) {
    try (Teacher teacher = open(file, input, outputs, normalization)) {
      return teacher.fingerprint();
    }
  }

  @Test
  void its_fingerprint_is_that_of_all_that_decides_its_answers() throws IOException {
    Path file = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    Path other = TinyModels.frozen(folder.resolve("other.pb"), 2);
    TeacherInput usual = TeacherInput.defaults();

    String first = fingerprint(file, usual, BOTH, BYTES);

    assertThat(first).matches("[0-9a-f]{64}").isEqualTo(fingerprint(file, usual, BOTH, BYTES));
    assertThat(
            List.of(
                first,
                fingerprint(other, usual, BOTH, BYTES),
                fingerprint(file, usual, BOTH, UNIT),
                fingerprint(file, usual, Map.of("logits", "logits"), BYTES),
                fingerprint(file, usual, Map.of("logits", "logits", "stage2", "stage"), BYTES),
                fingerprint(file, input(Channels.BGR, Scaling.UNIT), BOTH, BYTES),
                fingerprint(file, input(Channels.RGB, Scaling.BYTES), BOTH, BYTES),
                fingerprint(
                    file,
                    new TeacherInput(null, null, Channels.RGB, Scaling.UNIT, List.of(4, 4)),
                    BOTH,
                    BYTES)))
        .doesNotHaveDuplicates();
  }

  @Test
  void variables_count_for_the_fingerprint_however_the_model_is_named() throws IOException {
    Path one = TinyModels.withResources(folder.resolve("one"), 1, "kernel");
    Path other = TinyModels.withResources(folder.resolve("other"), 2, "kernel");
    TeacherInput usual = TeacherInput.defaults();
    Files.copy(
        one.resolve("saved_model.pb"),
        other.resolve("saved_model.pb"),
        StandardCopyOption.REPLACE_EXISTING);

    assertThat(fingerprint(one, usual, BOTH, BYTES))
        .isNotEqualTo(fingerprint(other, usual, BOTH, BYTES))
        .isEqualTo(fingerprint(one.resolve("saved_model.pb"), usual, BOTH, BYTES));
    assertThat(fingerprint(one.resolve("saved_model.pb"), usual, BOTH, BYTES))
        .isNotEqualTo(fingerprint(other.resolve("saved_model.pb"), usual, BOTH, BYTES));
  }

  /** As large ONNX models have them. */
  @Test
  void weights_in_a_file_beside_the_model_count_for_the_fingerprint() throws IOException {
    Path weights = folder.resolve("weights.bin");
    Path file = TinyModels.onnxWithWeightsBeside(folder.resolve("beside.onnx"), weights, 2);
    TeacherInput usual = TeacherInput.defaults();
    Map<String, String> outputs = Map.of("logits", "logits");
    try (Teacher teacher = open(file, outputs)) {
      assertThat(answers(teacher, "logits").get(0)).containsExactly(8, 4, 4, 14, 0, 2);
    }
    String before = fingerprint(file, usual, outputs, BYTES);

    TinyModels.onnxWithWeightsBeside(file, weights, 3);

    assertThat(fingerprint(file, usual, outputs, BYTES)).isNotEqualTo(before);
  }
}
