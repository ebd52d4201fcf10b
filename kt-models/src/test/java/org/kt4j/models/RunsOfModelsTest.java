package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
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
            folder.resolve("colour.onnx") + " (DJL, ONNX Runtime)",
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
}
