package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.engine.training.Trainer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * A vision transformer of one block as a teacher: patches of 4x4 pixels, a class token, which is
 * the mean of the others here, positions, attention of one head, a residual connection.
 */
class TransformerTeacherTest {

  private static final ImageShape SHAPE = new ImageShape(16, 16, 3);
  private static final Normalization AS_IT_IS =
      new Normalization(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1.0));
  private static final int SIDE = 4;
  private static final int TOKENS = SIDE * SIDE;
  private static final int CHANNELS = 6;
  private static final int CLASSES = 10;
  private static final float[] PATCHES = random(1, CHANNELS * 3 * SIDE * SIDE);
  private static final float[] POSITIONS = random(2, (TOKENS + 1) * CHANNELS);
  private static final float[] HEAD = random(3, CHANNELS * CLASSES);

  /** Sums of some ten products in float32, of which each rounds at 6e-8. */
  private static final float ROUNDING = 1e-5f;

  @TempDir private Path folder;

  private static float[] random(long seed, int count) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian() / 4;
    }
    return numbers;
  }

  private Path transformer() throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(
                1,
                TinyOnnx.node("Conv", "patches", "x", "kernel")
                    .part(5, TinyOnnx.numbers("strides", SIDE, SIDE)))
            .part(1, TinyOnnx.node("Reshape", "flat", "patches", "sizes"))
            .part(1, transposed("embedded", "flat"))
            .part(
                1,
                TinyOnnx.node("ReduceMean", "class", "embedded")
                    .part(5, TinyOnnx.numbers("axes", 1)))
            .part(
                1,
                TinyOnnx.node("Concat", "tokens", "class", "embedded")
                    .part(5, TinyOnnx.number("axis", 1)))
            .part(1, TinyOnnx.node("Add", "placed", "tokens", "positions"))
            .part(1, transposed("keys", "placed"))
            .part(1, TinyOnnx.node("MatMul", "scores", "placed", "keys"))
            .part(
                1,
                TinyOnnx.node("Softmax", "attention", "scores").part(5, TinyOnnx.number("axis", 2)))
            .part(1, TinyOnnx.node("MatMul", "seen", "attention", "placed"))
            .part(1, TinyOnnx.node("Add", "block", "placed", "seen"))
            .part(
                1,
                TinyOnnx.node("Gather", "first", "block", "zero")
                    .part(5, TinyOnnx.number("axis", 1)))
            .part(1, TinyOnnx.node("MatMul", "logits", "first", "head"))
            .text(2, "transformer")
            .part(5, TinyOnnx.floats("kernel", new int[] {CHANNELS, 3, SIDE, SIDE}, PATCHES))
            .part(5, TinyOnnx.floats("positions", new int[] {1, TOKENS + 1, CHANNELS}, POSITIONS))
            .part(5, TinyOnnx.floats("head", new int[] {CHANNELS, CLASSES}, HEAD))
            .part(5, TinyOnnx.longs("sizes", new int[] {3}, 0, CHANNELS, TOKENS))
            .part(5, TinyOnnx.longs("zero", new int[] {}, 0))
            .part(11, TinyOnnx.value("x", TinyOnnx.FLOAT, 0, 3, 16, 16))
            .part(12, TinyOnnx.value("logits", TinyOnnx.FLOAT, 0, CLASSES))
            .part(12, TinyOnnx.value("block", TinyOnnx.FLOAT, 0, TOKENS + 1, CHANNELS));
    return Files.write(folder.resolve("transformer.onnx"), TinyOnnx.model(graph));
  }

  private static TinyOnnx.Message transposed(String output, String input) {
    return TinyOnnx.node("Transpose", output, input).part(5, TinyOnnx.numbers("perm", 0, 2, 1));
  }

  /** All tokens behind the block, {@code [17][6]}, in double precision. */
  private static double[][] tokens(byte[] pixels) {
    double[][] placed = new double[TOKENS + 1][CHANNELS];
    for (int t = 0; t < TOKENS; t++) {
      for (int c = 0; c < CHANNELS; c++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
          for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
              int row = t / SIDE * SIDE + y;
              int column = t % SIDE * SIDE + x;
              double pixel = (pixels[(row * 16 + column) * 3 + k] & 0xff) / 255.0;
              sum += pixel * PATCHES[((c * 3 + k) * SIDE + y) * SIDE + x];
            }
          }
        }
        placed[t + 1][c] = sum;
        placed[0][c] += sum / TOKENS;
      }
    }
    double[][] block = new double[TOKENS + 1][CHANNELS];
    for (int t = 0; t <= TOKENS; t++) {
      for (int c = 0; c < CHANNELS; c++) {
        placed[t][c] += POSITIONS[t * CHANNELS + c];
      }
    }
    for (int t = 0; t <= TOKENS; t++) {
      double[] weights = new double[TOKENS + 1];
      double all = 0;
      for (int o = 0; o <= TOKENS; o++) {
        double score = 0;
        for (int c = 0; c < CHANNELS; c++) {
          score += placed[t][c] * placed[o][c];
        }
        weights[o] = Math.exp(score);
        all += weights[o];
      }
      for (int c = 0; c < CHANNELS; c++) {
        block[t][c] = placed[t][c];
        for (int o = 0; o <= TOKENS; o++) {
          block[t][c] += weights[o] / all * placed[o][c];
        }
      }
    }
    return block;
  }

  private static Teacher open(Path file, Map<String, ModelOutput> outputs) {
    return ModelTeacher.open(
        "teacher", file, null, TeacherInput.defaults(), outputs, AS_IT_IS, SHAPE, CLASSES);
  }

  @Test
  void tokens_are_a_map_and_the_class_token_a_vector() throws IOException {
    byte[] pixels = new byte[SHAPE.bytes()];
    new Random(4).nextBytes(pixels);
    double[][] expected = tokens(pixels);
    Map<String, ModelOutput> outputs =
        Map.of(
            "stage3",
            new ModelOutput("block", "4x4", 1, null),
            "pooled",
            new ModelOutput("block", null, 0, 0),
            "logits",
            new ModelOutput("logits"));

    try (Teacher teacher = open(transformer(), outputs);
        ImageGraph graph = new ImageGraph(SHAPE)) {
      assertThat(teacher.taps().shape("stage3").asArray()).containsExactly(-1, 4, 4, CHANNELS);
      assertThat(teacher.taps().shape("pooled").asArray()).containsExactly(-1, CHANNELS);
      MountedTeacher mounted =
          teacher.mount(graph, "teacher", List.of("stage3", "pooled", "logits"));
      List<float[]> taps =
          graph.run(
              pixels, 1, mounted::feed, List.of(mounted.tap("stage3"), mounted.tap("pooled")));

      for (int t = 0; t < TOKENS; t++) {
        for (int c = 0; c < CHANNELS; c++) {
          // [1, 4, 4, C]: tokens row by row, behind the class token.
          assertThat(taps.get(0)[t * CHANNELS + c])
              .isCloseTo((float) expected[t + 1][c], within(ROUNDING));
        }
      }
      for (int c = 0; c < CHANNELS; c++) {
        assertThat(taps.get(1)[c]).isCloseTo((float) expected[0][c], within(ROUNDING));
      }
    }
  }

  /** The tokens are the pixels, row by row, so that the map is the picture. */
  @Test
  void tokens_of_a_tensorflow_graph_are_a_map_too() throws IOException {
    Path file =
        TinyModels.graph(
            folder.resolve("tokens.pb"),
            tf -> {
              Operand<TFloat32> x =
                  tf.withName("x")
                      .placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 16, 16, 3)));
              tf.withName("tokens").reshape(x, tf.array(-1, 256, 3)); // [B, H, W, 3] -> [B, HW, 3]
              tf.withName("logits")
                  .linalg
                  .matMul(
                      tf.math.mean(x, tf.array(1, 2)),
                      tf.reshape(tf.constant(random(5, 30)), tf.array(3, CLASSES)));
            });
    byte[] pixels = new byte[SHAPE.bytes()];
    new Random(6).nextBytes(pixels);
    Map<String, ModelOutput> outputs =
        Map.of(
            "stage3",
            new ModelOutput("tokens", "16x16", 0, null),
            "pooled",
            new ModelOutput("tokens", null, 0, 17),
            "logits",
            new ModelOutput("logits"));

    try (Teacher teacher = open(file, outputs);
        ImageGraph graph = new ImageGraph(SHAPE)) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", List.of("stage3", "pooled"));
      mounted.load();
      List<float[]> taps =
          graph.run(
              pixels, 1, mounted::feed, List.of(mounted.tap("stage3"), mounted.tap("pooled")));

      assertThat(taps.get(0)).hasSize(768);
      for (int i = 0; i < 768; i++) {
        assertThat(taps.get(0)[i]).isCloseTo((pixels[i] & 0xff) / 255f, within(ROUNDING));
      }
      // The pixel 1 of the row 1.
      for (int c = 0; c < 3; c++) {
        assertThat(taps.get(1)[c]).isCloseTo((pixels[17 * 3 + c] & 0xff) / 255f, within(ROUNDING));
      }
    }
  }

  @Test
  void a_student_learns_the_maps_of_a_transformer() throws IOException {
    Injector injector = Guice.createInjector(KtModule.fromClassPath());
    String yaml =
        "data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}\n"
            + "student: {network: resnet-8, width: 4}\nbatch-size: 16\n"
            + ("teacher:\n  model: " + transformer() + "\n  allow-weak: true\n")
            + "  outputs: {logits: logits, stage3: {output: block, tokens: 4x4, skip: 1}}\n"
            + "phases: [{name: all, epochs: 1, objective: [{term: cross-entropy},"
            + " {term: nst, layers: {stage3: stage3}}, {term: kd}]}]\n";
    Path run = folder.resolve("run");

    injector
        .getInstance(Trainer.class)
        .train(
            new RunPlan(
                injector.getInstance(ExperimentReader.class).parse("test.yaml", yaml), run, folder),
            TrainingListener.SILENT);

    assertThat(RunFolder.metrics(run).get(0).terms().get("nst")).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "4x4  | 0 |   | 17 tokens, and tokens: 4x4 with skip: 0 are 16; fix: {output: block, tokens: 4x4, skip: 1}, or one of them: {output: block, token: 0}",
        "5x3  | 1 |   | 17 tokens, and tokens: 5x3 with skip: 1 are 16; fix: {output: block, tokens: 4x4, skip: 1}",
        "     | 0 |   | the batch first; tokens of a transformer become one by {output: block, tokens: 4x4, skip: 1}, or one of them: {output: block, token: 0}",
        "     | 0 | 17 | 17 tokens; allowed: token: 0 to 16",
      })
  void tokens_that_make_no_map_are_refused(
      @Nullable String tokens, int skip, @Nullable Integer token, String message)
      throws IOException {
    Path file = transformer();
    Map<String, ModelOutput> outputs =
        Map.of(
            "stage3",
            new ModelOutput("block", tokens, skip, token),
            "logits",
            new ModelOutput("logits"));

    assertThatThrownBy(() -> open(file, outputs))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "teacher.outputs.stage3: 'block' of " + file + " gives [2, 17, 6] for 2 pictures")
        .hasMessageContaining(message);
  }

  @Test
  void tokens_of_what_has_none_are_refused() throws IOException {
    Path file = transformer();
    Map<String, ModelOutput> outputs = Map.of("logits", new ModelOutput("logits", "4x4", 0, null));

    assertThatThrownBy(() -> open(file, outputs))
        .hasMessageContaining("no tokens [B, N, C]; fix: leave out tokens, skip and token");
  }
}
