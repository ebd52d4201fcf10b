package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.classification.SmallRuns.DATA;
import static org.kt4j.classification.SmallRuns.STUDENT;
import static org.kt4j.classification.SmallRuns.TRAINER;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.DataSplits;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;

/** Teachers that are networks of ours, computed by ONNX Runtime. */
class FasterTeachersTest {

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Path teacher;

  @BeforeAll
  static void train_a_teacher() {
    teacher = shared.resolve("teacher");
    SmallRuns.trainTeacher(teacher, 1);
  }

  private static ExperimentConfig config(String keys) {
    return config(keys, "");
  }

  private static ExperimentConfig config(String keys, String more) {
    return SmallRuns.parse(
        DATA
            + STUDENT
            + "augmentation: {views: 1}\n"
            + "phases:\n"
            + "  - name: both\n"
            + "    epochs: 2\n"
            + "    objective:\n"
            + "      [{term: cross-entropy}, {term: match}, {term: match, tap: pooled}]\n"
            + "teacher: {run: "
            + teacher
            + ", allow-weak: true"
            + keys
            + "}\n"
            + more);
  }

  private static Map<String, float[]> activations(String keys, List<String> taps, byte[] pixels) {
    ExperimentConfig config = config(keys);
    DataSplits data = SmallRuns.CLASSIFIERS.data(config);
    try (Teachers teachers = SmallRuns.CLASSIFIERS.teachers(config, data, shared);
        ImageGraph graph = new ImageGraph(data.shape())) {
      Teacher only = teachers.plans().get(0).teacher();
      MountedTeacher mounted = only.mount(graph, "teacher", taps);
      mounted.load();
      List<float[]> computed =
          graph.run(
              pixels,
              pixels.length / data.shape().bytes(),
              mounted::feed,
              taps.stream().map(mounted::tap).toList());
      return Map.of(taps.get(0), computed.get(0), taps.get(1), computed.get(1));
    }
  }

  private static byte[] pixels() {
    DataSplits data = SmallRuns.CLASSIFIERS.data(config(""));
    int bytes = data.shape().bytes();
    byte[] pixels = new byte[20 * bytes];
    for (int i = 0; i < 20; i++) {
      data.part(Split.TEST).copyImage(i, pixels, i * bytes);
    }
    return pixels;
  }

  @ParameterizedTest
  @CsvSource({"', engine: onnx', 1e-4", "', engine: onnx, precision: int8', 0.02"})
  void every_tap_is_what_the_graph_computes(String keys, double share) {
    List<String> taps = List.of("logits", "stage2");
    byte[] pixels = pixels();

    Map<String, float[]> exact = activations("", taps, pixels);
    Map<String, float[]> found = activations(keys, taps, pixels);

    for (String tap : taps) {
      float[] given = exact.getOrDefault(tap, new float[0]);
      float[] computed = found.getOrDefault(tap, new float[0]);
      assertThat(computed).hasSameSizeAs(given);
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < given.length; i++) {
        largest = Math.max(largest, Math.abs(given[i]));
        // In 8 bits what is out of the range of the training pictures is cut off.
        double apart = Math.abs((double) given[i] - computed[i]);
        difference = share < 0.01 ? Math.max(difference, apart) : difference + apart / given.length;
      }
      assertThat(difference).as(tap).isLessThanOrEqualTo(share * largest).isPositive();
    }
  }

  /** What is said of the logits alone, beside the pooled features, and of these. */
  @ParameterizedTest
  @CsvSource({"', engine: onnx', 2", "', engine: onnx, precision: int8', 3"})
  void in_8_bits_runs_that_read_other_layers_do_not_share_what_is_stored(String keys, int files)
      throws IOException {
    Path cache = folder.resolve("cache");
    ExperimentConfig both = config(keys, "cache: {folder: " + cache + "}\n");
    PhaseConfig phase = both.phases().get(0);
    ExperimentConfig logits =
        both.with(
            both.student(),
            both.start(),
            List.of(
                new PhaseConfig(
                    phase.name(),
                    phase.epochs(),
                    phase.objective().subList(0, 2),
                    phase.optimizer(),
                    phase.schedule(),
                    phase.freeze(),
                    phase.learningRates())));

    TRAINER.fillCaches(
        List.of(
            new RunPlan(logits, folder.resolve("logits"), folder),
            new RunPlan(both, folder.resolve("both"), folder)),
        TrainingListener.SILENT);

    try (Stream<Path> stored = Files.list(cache)) {
      assertThat(stored.map(each -> String.valueOf(each.getFileName())))
          .filteredOn(name -> name.startsWith("match") && name.endsWith(".knowledge"))
          .hasSize(files);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "', engine: onnx', 1e-3, ' (ONNX Runtime)'",
    "', engine: onnx, precision: int8', 0.1, ' % of 64 training pictures answered as in single precision)'"
  })
  void a_run_goes_the_same_way_live_and_from_a_cache(String keys, double share, String source) {
    Path expected = train("", "expected", "");
    String[] told = {""};
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void teacherEvaluated(String name, double score, Metric metric) {
            told[0] = name;
          }
        };

    Path live = folder.resolve("live");
    TRAINER.train(new RunPlan(config(keys), live, folder), listener);
    Path stored = train(keys, "stored", "cache: {folder: " + folder.resolve("cache") + "}\n");

    List<EpochMetrics> first = RunFolder.metrics(expected);
    for (Path run : List.of(live, stored)) {
      List<EpochMetrics> second = RunFolder.metrics(run);
      assertThat(second).hasSameSizeAs(first);
      for (int e = 0; e < first.size(); e++) {
        double loss = first.get(e).objective();
        assertThat(second.get(e).objective()).isCloseTo(loss, within(share * loss));
      }
    }
    assertThat(told[0]).contains(source);
  }

  private Path train(String keys, String name, String more) {
    Path run = folder.resolve(name);
    ExperimentConfig config = config(keys, more);
    TRAINER.train(new RunPlan(config, run, folder), TrainingListener.SILENT);
    return run;
  }
}
