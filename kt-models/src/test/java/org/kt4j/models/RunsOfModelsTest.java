package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.training.Trainer;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Runs that learn from models of others. */
class RunsOfModelsTest {

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());
  private static final Trainer TRAINER = INJECTOR.getInstance(Trainer.class);

  @TempDir private Path folder;

  private RunPlan plan(String yaml, String name) {
    ExperimentReader reader = INJECTOR.getInstance(ExperimentReader.class);
    return new RunPlan(reader.parse("test.yaml", yaml), folder.resolve(name), folder);
  }

  /** Ten logits of the mean colour, once beside the graph and once inside. */
  private String modelsOfOthers(String cache) throws IOException {
    float[] matrix = new float[30];
    for (int i = 0; i < 30; i++) {
      matrix[i] = (i % 7 - 3) / 4f;
    }
    ByteBuffer raw = ByteBuffer.allocate(120).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(matrix);
    Path onnx =
        Files.write(
            folder.resolve("colour.onnx"),
            TinyOnnx.model(
                new TinyOnnx.Message()
                    .part(1, TinyOnnx.node("GlobalAveragePool", "mean", "x"))
                    .part(1, TinyOnnx.node("Flatten", "colour", "mean"))
                    .part(1, TinyOnnx.node("MatMul", "logits", "colour", "matrix"))
                    .text(2, "colour")
                    .part(
                        5,
                        new TinyOnnx.Message()
                            .number(1, 3)
                            .number(1, 10)
                            .number(2, TinyOnnx.FLOAT)
                            .text(8, "matrix")
                            .raw(9, raw.array()))
                    .part(11, TinyOnnx.value("x", TinyOnnx.FLOAT, 0, 3, 16, 16))
                    .part(12, TinyOnnx.value("logits", TinyOnnx.FLOAT, 0, 10))));
    Path frozen = folder.resolve("colour.pb");
    try (Graph graph = NativeRuntime.newGraph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x =
          tf.placeholder(
              TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.of(-1, 16, 16, 3)));
      tf.withName("logits")
          .linalg
          .matMul(
              tf.math.mean(x, tf.array(1, 2)), // [B, 16, 16, 3] -> [B, 3]
              tf.reshape(tf.constant(matrix), tf.array(3, 10)));
      Files.write(frozen, graph.toGraphDef().toByteArray());
    }
    return "data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}\n"
        + "student: {network: resnet-8, width: 4}\nbatch-size: 16\n"
        + "augmentation: {views: 2}\n"
        + "phases: [{name: all, epochs: 2, objective: [{term: kd}]}]\n"
        + "teachers:\n"
        + ("  - {name: beside, model: " + onnx + ", allow-weak: true}\n")
        + ("  - {name: inside, model: " + frozen + ", allow-weak: true}\n")
        + cache;
  }

  @Test
  void models_of_others_teach_alike_in_every_step_and_from_the_cache() throws IOException {
    List<String> sources = new ArrayList<>();
    List<Double> accuracies = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void teacherEvaluated(String source, double score, Metric metric) {
            sources.add(source);
            accuracies.add(score);
          }
        };
    RunPlan live = plan(modelsOfOthers(""), "live");
    RunPlan stored =
        plan(modelsOfOthers("cache: {folder: " + folder.resolve("cache") + "}\n"), "stored");

    TRAINER.train(live, listener);
    TRAINER.train(stored, TrainingListener.SILENT);

    assertThat(sources)
        .containsExactly(
            folder.resolve("colour.onnx") + " (DJL, ONNX Runtime; opset 13, float32)",
            folder.resolve("colour.pb") + " (in the training graph)",
            "all teachers together");
    // The same function twice, and its mean.
    assertThat(accuracies.get(1)).isEqualTo(accuracies.get(0));
    assertThat(accuracies.get(2)).isEqualTo(accuracies.get(0));
    List<EpochMetrics> expected = RunFolder.metrics(live.folder());
    List<EpochMetrics> metrics = RunFolder.metrics(stored.folder());
    assertThat(metrics).hasSize(2);
    for (int epoch = 0; epoch < 2; epoch++) {
      // ONNX Runtime may add in another order where another number of pictures is computed at once.
      assertThat(metrics.get(epoch).objective())
          .isCloseTo(expected.get(epoch).objective(), withinPercentage(1e-3));
    }
  }

  /** The logits of the mean colour, of a frozen graph, or what else is computed from them. */
  private Path colour(String name, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> last)
      throws IOException {
    return colour(name, (tf, x, logits) -> last.apply(tf, logits));
  }

  @FunctionalInterface
  private interface Last {
    Operand<TFloat32> of(Ops tf, Operand<TFloat32> pictures, Operand<TFloat32> logits);
  }

  private Path colour(String name, Last last) throws IOException {
    float[] matrix = new float[30];
    for (int i = 0; i < 30; i++) {
      matrix[i] = (i % 7 - 3) / .4f;
    }
    return TinyModels.graph(
        folder.resolve(name + ".pb"),
        tf -> {
          Operand<TFloat32> x = TinyModels.pictures(tf);
          Operand<TFloat32> logits =
              tf.linalg.matMul(
                  tf.math.mean(x, tf.array(1, 2)), // [B, 16, 16, 3] -> [B, 3]
                  tf.reshape(tf.constant(matrix), tf.array(3, 10)));
          tf.withName("logits").identity(last.of(tf, x, logits));
        });
  }

  private static String taught(Path model, String keys) {
    return "data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}\n"
        + "student: {network: resnet-8, width: 4}\nbatch-size: 16\n"
        + "phases: [{name: all, epochs: 1, objective: [{term: kd}]}]\n"
        + "teacher: {model: "
        + model
        + ", outputs: {logits: logits}, allow-weak: true"
        + keys
        + "}\n";
  }

  @Test
  void the_logarithm_of_probabilities_teaches_as_the_logits_do() throws IOException {
    Path logits = colour("logits", (tf, z) -> z);
    Path softmax = colour("softmax", (tf, z) -> tf.nn.softmax(z));
    RunPlan expected = plan(taught(logits, ""), "logits");
    RunPlan taken = plan(taught(softmax, ", logits-are: probabilities"), "probabilities");

    TRAINER.train(expected, TrainingListener.SILENT);
    TRAINER.train(taken, TrainingListener.SILENT);

    // Softmax of the logarithm of a softmax is that softmax again.
    assertThat(RunFolder.metrics(taken.folder()).get(0).objective())
        .isCloseTo(RunFolder.metrics(expected.folder()).get(0).objective(), withinPercentage(1e-2));
  }

  @Test
  void probabilities_that_are_taken_for_logits_are_refused_unless_they_are_meant()
      throws IOException {
    Path softmax = colour("softmax", (tf, z) -> tf.nn.softmax(z));
    Path sigmoid = colour("sigmoid", (tf, z) -> tf.math.sigmoid(z));
    Path logits = colour("logits", (tf, z) -> z);

    assertThatThrownBy(
            () -> TRAINER.train(plan(taught(softmax, ""), "softmax"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher: "
                + softmax
                + " (in the training graph) gives probabilities, not logits: on the first 32 pictures"
                + " all its numbers lie between 0 and 1 and those of each picture sum to 1, as behind"
                + " a softmax. Softened by a temperature they would be nearly uniform; fix:"
                + " teacher.logits-are: probabilities, which takes their logarithm; or name the"
                + " output before the softmax in teacher.outputs; or teacher.logits-are: logits if"
                + " these are logits all the same");
    assertThatThrownBy(
            () -> TRAINER.train(plan(taught(sigmoid, ""), "sigmoid"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("lie between 0 and 1, as behind a sigmoid for each class. Softened");
    assertThatThrownBy(
            () ->
                TRAINER.train(
                    plan(taught(logits, ", logits-are: probabilities"), "no"),
                    TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("NaN or infinite")
        .hasMessageContaining("teacher.logits-are: probabilities needs numbers from 0 to 1.");
    TRAINER.train(plan(taught(softmax, ", logits-are: logits"), "meant"), TrainingListener.SILENT);
    assertThat(RunFolder.metrics(folder.resolve("meant"))).hasSize(1);
  }

  @Test
  void a_teacher_that_gives_no_numbers_is_told_before_the_training() throws IOException {
    Path nan = colour("nan", (tf, z) -> tf.math.log(tf.math.neg(tf.math.square(z))));

    assertThatThrownBy(() -> TRAINER.train(plan(taught(nan, ""), "nan"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "teacher: "
                + nan
                + " (in the training graph): its logits hold 320 values that are NaN or infinite, of"
                + " 320, in 32 of 32 pictures; allowed: finite numbers. It was given pictures as")
        .hasMessageContaining("teacher.normalization");
    assertThat(folder.resolve("nan")).doesNotExist();
  }

  /** Ten logits of the mean colour, in float16 or of bytes. */
  private Path colour(String name, int type, int factor) throws IOException {
    float[] matrix = new float[30];
    for (int i = 0; i < 30; i++) {
      matrix[i] = factor * (i % 7 - 3) / 4f;
    }
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("Cast", "seen", "x").part(5, TinyOnnx.number("to", 1)))
            .part(1, TinyOnnx.node("GlobalAveragePool", "mean", "seen"))
            .part(1, TinyOnnx.node("Flatten", "colour", "mean"))
            .part(1, TinyOnnx.node("MatMul", "products", "colour", "matrix"))
            .part(1, TinyOnnx.node("Cast", "halves", "products").part(5, TinyOnnx.number("to", 10)))
            .part(1, TinyOnnx.node("Mul", "logits", "halves", "one"))
            .text(2, "colour")
            .part(5, TinyOnnx.floats("matrix", new int[] {3, 10}, matrix))
            .part(5, TinyOnnx.halves("one", new int[] {}, 0x3c00))
            .part(11, TinyOnnx.value("x", type, 0, 3, 16, 16))
            .part(12, TinyOnnx.value("logits", TinyOnnx.HALF, 0, 10));
    return Files.write(folder.resolve(name + ".onnx"), TinyOnnx.model(13, "pytorch", graph));
  }

  /** Up to 3 colours of 255 times 3000 * 3 / 4: 1.7 million. */
  @Test
  void logits_that_half_precision_has_not_are_told_before_the_training() throws IOException {
    Path half = colour("half", TinyOnnx.UINT8, 3_000);

    assertThatThrownBy(() -> TRAINER.train(plan(taught(half, ""), "run"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "teacher: "
                + half
                + " (DJL, ONNX Runtime; opset 13, float32, input uint8, outputs float16): its logits"
                + " hold ")
        .hasMessageContaining(" values that are NaN or infinite, of 320, in 32 of 32 pictures;")
        .hasMessageEndingWith(
            " It has numbers in float16, in which those beyond 65,504 are infinite: does the model in"
                + " float32 give finite ones?");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void a_normalization_that_a_model_of_bytes_would_not_see_is_refused() throws IOException {
    Path bytes = colour("bytes", TinyOnnx.UINT8, 1);
    String given = ", normalization: {mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2]}";
    String none = ", normalization: {mean: [0, 0, 0], std: [1, 1, 1]}";

    assertThatThrownBy(
            () -> TRAINER.train(plan(taught(bytes, given), "a"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher.normalization: mean [0.5, 0.5, 0.5] and std [0.2, 0.2, 0.2] would not reach "
                + bytes
                + " (DJL, ONNX Runtime; opset 13, float32, input uint8, outputs float16), which takes"
                + " pixels as they are and normalises them itself; allowed: none; fix: leave it out");
    // What leaves pixels as they are says the same.
    TRAINER.train(plan(taught(bytes, none), "b"), TrainingListener.SILENT);
    TRAINER.train(plan(taught(bytes, ""), "c"), TrainingListener.SILENT);
    assertThat(RunFolder.metrics(folder.resolve("b")))
        .extracting(EpochMetrics::objective)
        .isEqualTo(
            RunFolder.metrics(folder.resolve("c")).stream().map(EpochMetrics::objective).toList());
  }

  /**
   * Divides by the first pixel, which is black only where the augmentation has moved the picture.
   */
  @Test
  void a_teacher_that_fails_in_a_step_is_the_cause_that_is_told() throws IOException {
    Path divided =
        colour(
            "divided",
            (tf, x, z) ->
                tf.math.div(
                    z,
                    tf.reshape(
                        tf.slice(x, tf.array(0, 0, 0, 0), tf.array(-1, 1, 1, 1)),
                        tf.array(-1, 1)))); // [B, 16, 16, 3] -> [B, 1]
    String raw = ", normalization: {mean: [0, 0, 0], std: [1, 1, 1]}";

    assertThatThrownBy(
            () -> TRAINER.train(plan(taught(divided, raw), "divided"), TrainingListener.SILENT))
        .isInstanceOf(TrainingException.class)
        .hasMessageStartingWith("phase 'all', epoch 1, step 1: term 'kd' is ")
        .hasMessageContaining(
            "The last checkpoint is untouched. The teacher is the cause: the tap 'logits' of the"
                + " teacher 'teacher' holds ")
        .hasMessageEndingWith(" values that are NaN or infinite");
  }
}
