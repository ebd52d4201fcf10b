package org.kt4j.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.Taps;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.teacher.FrozenClassifier;
import org.kt4j.engine.teacher.ModelTeacher;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput;

/**
 * An ONNX model as a teacher: {@code positive = Relu(x)} of pictures of 1x2 with three channels,
 * {@code mean} over the positions, {@code logits} the same without the positions. It lists mean and
 * logits.
 */
class OnnxTeacherTest {

  private static final ImageShape SHAPE = new ImageShape(1, 2, 3);

  /** A pixel less 25. */
  private static final Normalization LESS =
      new Normalization(
          List.of(25 / 255.0, 25 / 255.0, 25 / 255.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));

  private static final byte[] PIXELS = {10, 20, 30, 40, 50, 60};

  @TempDir private Path folder;

  private Path model(int batch) throws IOException {
    return Files.write(
        folder.resolve("model.onnx"),
        TinyOnnx.model(
            new TinyOnnx.Message()
                .part(1, TinyOnnx.node("Relu", "positive", "x"))
                .part(1, TinyOnnx.node("GlobalAveragePool", "mean", "positive"))
                .part(1, TinyOnnx.node("Flatten", "logits", "mean"))
                .text(2, "tiny")
                .part(11, TinyOnnx.value("x", TinyOnnx.FLOAT, batch, 3, 1, 2))
                .part(12, TinyOnnx.value("mean", TinyOnnx.FLOAT, batch, 3, 1, 1))
                .part(12, TinyOnnx.value("logits", TinyOnnx.FLOAT, batch, 3))));
  }

  private static Teacher open(Path file, Map<String, String> outputs, int classes) {
    return ModelTeacher.open(
        "teacher", file, null, TeacherInput.defaults(), outputs, LESS, SHAPE, classes);
  }

  @Test
  void channels_first_becomes_channels_last_and_an_inner_tensor_is_a_tap() throws IOException {
    Map<String, String> outputs =
        Map.of(Taps.LOGITS, "logits", "inner", "positive", "pooled", "mean");
    try (Teacher teacher = open(model(0), outputs, 3);
        FrozenClassifier classifier = new FrozenClassifier(SHAPE, teacher);
        ImageGraph graph = new ImageGraph(SHAPE)) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", List.of("inner"));

      float[] inner = graph.run(PIXELS, 1, mounted::feed, List.of(mounted.tap("inner"))).get(0);

      assertThat(teacher.source()).endsWith("model.onnx (DJL, ONNX Runtime)");
      assertThat(teacher.taps().shape("inner").asArray()).containsExactly(-1, 1, 2, 3);
      assertThat(teacher.taps().shape("pooled").asArray()).containsExactly(-1, 1, 1, 3);
      // -15, -5, 5 and 15, 25, 35, position by position, without what is below zero.
      assertThat(inner).usingComparatorWithPrecision(1e-4f).containsExactly(0, 0, 5, 15, 25, 35);
      assertThat(classifier.logits(PIXELS, 1))
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(7.5f, 12.5f, 20);
    }
  }

  @Test
  void a_model_of_one_picture_at_a_time_answers_for_many() throws IOException {
    byte[] twice = new byte[12];
    System.arraycopy(PIXELS, 0, twice, 0, 6);
    System.arraycopy(new byte[] {25, 25, 25, 45, 25, 25}, 0, twice, 6, 6);
    try (Teacher teacher = open(model(1), Map.of(Taps.LOGITS, "logits"), 3);
        FrozenClassifier classifier = new FrozenClassifier(SHAPE, teacher)) {

      assertThat(classifier.logits(twice, 2))
          .usingComparatorWithPrecision(1e-4f)
          .containsExactly(7.5f, 12.5f, 20, 10, 0, 0);
    }
  }

  @Test
  void weights_that_lie_beside_the_model_belong_to_its_fingerprint() throws IOException {
    Path file =
        Files.write(
            folder.resolve("outside.onnx"),
            TinyOnnx.model(
                new TinyOnnx.Message()
                    .part(1, TinyOnnx.node("GlobalAveragePool", "mean", "x"))
                    .part(1, TinyOnnx.node("Flatten", "flat", "mean"))
                    .part(1, TinyOnnx.node("Mul", "logits", "flat", "w"))
                    .text(2, "tiny")
                    .part(5, TinyOnnx.external("w", "weights.bin", 3))
                    .part(11, TinyOnnx.value("x", TinyOnnx.FLOAT, 0, 3, 1, 2))
                    .part(12, TinyOnnx.value("logits", TinyOnnx.FLOAT, 0, 3))));
    List<String> fingerprints = new ArrayList<>();
    for (float weight : new float[] {1, 2}) {
      ByteBuffer weights = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
      weights.putFloat(weight).putFloat(weight).putFloat(weight);
      Files.write(folder.resolve("weights.bin"), weights.array());
      try (Teacher teacher = open(file, Map.of(), 3)) {
        fingerprints.add(teacher.fingerprint());
      }
    }

    assertThat(fingerprints).doesNotHaveDuplicates();
  }

  @Test
  void logits_of_other_classes_and_missing_logits_are_refused() throws IOException {
    Path file = model(0);

    assertThatThrownBy(() -> open(file, Map.of(Taps.LOGITS, "logits"), 10))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("'logits' of " + file + " gives [2, 3] for 2 pictures")
        .hasMessageContaining("the data has 10 classes");
    assertThatThrownBy(() -> open(file, Map.of(), 3))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("teacher.outputs: which output of " + file + " is logits?")
        .hasMessageContaining("It has: mean, logits");
  }
}
