package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kt4j.classification.SmallRuns.DATA;
import static org.kt4j.classification.SmallRuns.TRAINER;
import static org.kt4j.classification.SmallRuns.numbers;
import static org.kt4j.classification.SmallRuns.parse;
import static org.kt4j.classification.SmallRuns.values;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.classification.export.OptimizedOnnx;
import org.kt4j.classification.export.StudentExport;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.QuantizationConfig;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.QuantizedTensor;
import org.kt4j.engine.export.QuantizedTensors;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.task.TrainingListener;

/** Runs whose student is rounded, small. */
class QuantizedRunTest {

  private static final String FLOAT = "student: {network: resnet-8, width: 4";
  private static final String FOUR_BITS = FLOAT + ", quantization: {weights: 4}}\nbatch-size: 16\n";

  /** Four steps an epoch, so 40 in all; the ranges stay as they are in the last four. */
  private static final String TEN_EPOCHS =
      DATA
          + FOUR_BITS
          + "augmentation: {crop-padding: 0, flip: false}\n"
          + "phases: [{name: only, epochs: 10, objective: [{term: cross-entropy}]}]\n";

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Path run;

  @BeforeAll
  static void train_one() {
    run = shared.resolve("run");
    TRAINER.train(new RunPlan(parse(TEN_EPOCHS), run, shared), TrainingListener.SILENT);
  }

  private RunPlan plan(String yaml, String name) {
    return new RunPlan(parse(yaml), folder.resolve(name), folder);
  }

  private static Map<String, List<Float>> ranges(Path run) {
    Map<String, List<Float>> ranges = new TreeMap<>(values(run));
    ranges.keySet().removeIf(path -> !path.endsWith(".range"));
    return ranges;
  }

  @Test
  void a_student_with_weights_of_four_bits_learns() {
    List<EpochMetrics> metrics = RunFolder.metrics(run);

    // Guessing is one in ten; 64 pictures are soon known by heart.
    assertThat(metrics.get(0).trainScore()).isLessThan(0.3);
    assertThat(metrics.get(9).trainScore()).isGreaterThan(0.6);
    assertThat(metrics.get(9).objective()).isLessThan(0.6 * metrics.get(0).objective());
  }

  @Test
  void a_run_stopped_anywhere_ends_with_the_same_numbers() {
    RunPlan stopped = plan(TEN_EPOCHS, "stopped");

    // Within the sixth epoch, and within the tenth, in which the ranges are frozen.
    for (int steps : new int[] {22, 18}) {
      assertThatThrownBy(() -> TRAINER.train(stopped, new SmallRuns.Stop(steps)))
          .hasMessage("stopped by the test");
    }
    Map<String, List<Float>> ninth = ranges(stopped.folder());
    Object mean = values(stopped.folder()).get("student/bn1.running_mean");
    TRAINER.train(stopped, TrainingListener.SILENT);

    assertThat(numbers(stopped.folder())).isEqualTo(numbers(run));
    assertThat(values(stopped.folder())).isEqualTo(values(run));
    // The tenth epoch has moved no range, but everything else.
    assertThat(RunFolder.metrics(run)).hasSize(10);
    assertThat(ranges(run)).isEqualTo(ninth).isNotEmpty();
    assertThat(values(run).get("student/bn1.running_mean")).isNotEqualTo(mean);
  }

  @Test
  void an_export_answers_as_the_run_does_with_the_levels_that_it_was_trained_with() {
    Path export = folder.resolve("export");

    StudentExport.Outcome outcome =
        new StudentExport(
                SmallRuns.CLASSIFIERS,
                SmallRuns.INJECTOR.getInstance(ExperimentReader.class),
                SmallRuns.TASK)
            .write(
                new TrainedRun(run, parse(TEN_EPOCHS), Checkpoints.Which.LAST),
                new ExportRequest(ExportOptions.defaults(), export, false, shared));

    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().mean()).isLessThan(0.01);
    assertThat(outcome.check().same()).isEqualTo(1);
    assertThat(outcome.model().folded()).isEqualTo(7);
    assertThat(outcome.model().normalisations()).isEqualTo(7);
    List<QuantizedTensor> tensors = QuantizedTensors.of(SavedModelFile.graph(export).getGraphDef());
    // Seven convolutions and the dense layer; their inputs, and what three additions read and give.
    assertThat(tensors).filteredOn(QuantizedTensor::signed).hasSize(8);
    assertThat(tensors)
        .filteredOn(QuantizedTensor::signed)
        .allSatisfy(
            weights -> {
              QuantizedTensor.Levels levels = weights.constant();
              assertThat(weights.bits()).isEqualTo(4);
              assertThat(levels).isNotNull();
              if (levels != null) {
                assertThat(levels.values()).containsAnyOf(7, -7).doesNotContain(8, -8);
              }
            });
    assertThat(tensors)
        .filteredOn(tensor -> !tensor.signed())
        .hasSize(12)
        .allSatisfy(tensor -> assertThat(tensor.bits()).isEqualTo(8));
  }

  @Test
  void an_onnx_export_is_integer_operations_with_the_levels_that_it_was_trained_with()
      throws IOException, OrtException {
    Path export = folder.resolve("export");

    StudentExport.Outcome outcome =
        new StudentExport(
                SmallRuns.CLASSIFIERS,
                SmallRuns.INJECTOR.getInstance(ExperimentReader.class),
                SmallRuns.TASK)
            .write(
                new TrainedRun(run, parse(TEN_EPOCHS), Checkpoints.Which.LAST),
                new ExportRequest(ExportOptions.defaults().format("onnx"), export, false, shared));

    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().mean()).isLessThan(0.02);
    Map<String, Integer> counts =
        OptimizedOnnx.operations(export.resolve("model.onnx"), folder.resolve("optimized.onnx"));
    // Seven convolutions, and two shortcuts as convolutions.
    assertThat(counts)
        .containsEntry("QLinearConv", 9)
        .containsEntry("QLinearAdd", 3)
        .containsEntry("QGemm", 1)
        .doesNotContainKeys("Conv", "FusedConv", "Add", "Relu", "Gemm");
  }

  @Test
  void half_precision_of_whole_numbers_is_refused_and_nothing_is_left() {
    assertThatAnExportIsRefused(
        ExportOptions.defaults().format("onnx").precision(Precision.HALF),
        "half precision: the weights of this student are whole numbers of 8 bits already; fix:"
            + " leave out --half");
  }

  @Test
  void ranges_of_an_export_that_the_training_has_chosen_are_refused() {
    assertThatAnExportIsRefused(
        ExportOptions.defaults().format("onnx").int8(new Int8Options(50, 1, 99, 8, false, 1)),
        "int8: this student was trained on its levels, and its export has exactly those; fix:"
            + " leave out --calibration, --range, --weights-bits and --float-ends");
  }

  private void assertThatAnExportIsRefused(ExportOptions options, String message) {
    Path export = folder.resolve("export");
    StudentExport exports =
        new StudentExport(
            SmallRuns.CLASSIFIERS,
            SmallRuns.INJECTOR.getInstance(ExperimentReader.class),
            SmallRuns.TASK);

    assertThatThrownBy(
            () ->
                exports.write(
                    new TrainedRun(run, parse(TEN_EPOCHS), Checkpoints.Which.LAST),
                    new ExportRequest(options, export, false, shared)))
        .isInstanceOf(ExportException.class)
        .hasMessage(message);
    assertThat(export).doesNotExist();
  }

  @Test
  void a_student_begins_with_the_weights_of_a_run_in_floats_and_finds_its_ranges_anew() {
    Path floats = shared.resolve("floats");
    SmallRuns.trainTeacher(floats, 3);
    String begun = "start: {run: " + floats + "}\n" + DATA + FOUR_BITS + ONE_EPOCH;
    StringBuilder told = new StringBuilder();

    TRAINER.train(
        plan(begun, "begun"),
        new TrainingListener() {
          @Override
          public void begins(String source, int known, int variables) {
            told.append(known).append(" of ").append(variables);
          }
        });

    // Seven convolutions, four numbers of seven normalisations, the dense layer's two; and 12
    // ranges that no run in floats has.
    assertThat(told).hasToString("37 of 49");
    assertThat(ranges(folder.resolve("begun"))).hasSize(12);
    assertThat(ranges(folder.resolve("begun")).values())
        .allSatisfy(ends -> assertThat(ends.get(1)).isPositive());
  }

  private static final String ONE_EPOCH =
      "phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]\n";

  @Test
  void a_rounded_run_teaches_and_is_the_start_of_one_in_floats() {
    String learnt =
        DATA
            + FLOAT
            + "}\nbatch-size: 16\n"
            + "teacher: {run: "
            + run
            + ", allow-weak: true}\nstart: {run: "
            + run
            + "}\nphases: [{name: only, epochs: 1, objective: [{term: match}]}]\n";

    TRAINER.train(plan(learnt, "learnt"), TrainingListener.SILENT);

    // The same weights but for the rounding, so there is little to learn.
    assertThat(RunFolder.metrics(folder.resolve("learnt")).get(0).objective()).isLessThan(1);
    assertThat(ranges(folder.resolve("learnt"))).isEmpty();
  }

  @Test
  void what_is_not_said_is_eight_bits_and_without_the_key_nothing_is_written() {
    ExperimentReader reader = SmallRuns.INJECTOR.getInstance(ExperimentReader.class);

    var rounded = parse(DATA + FLOAT + ", quantization: {}}\n" + ONE_EPOCH);
    assertThat(rounded.student().quantization()).isEqualTo(new QuantizationConfig(8, 8));
    assertThat(reader.write(rounded))
        .contains("  quantization:\n    weights: 8\n    activations: 8\n");
    assertThat(reader.parse("written", reader.write(rounded))).isEqualTo(rounded);

    var floats = parse(DATA + FLOAT + ", quantization: null}\n" + ONE_EPOCH);
    assertThat(floats).isEqualTo(parse(DATA + FLOAT + "}\n" + ONE_EPOCH));
    assertThat(reader.write(floats)).doesNotContain("quantization");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{weights: 1}|student.quantization.weights: 1",
        "{weights: 9}|student.quantization.weights: 9",
        "{activations: 16}|student.quantization.activations: 16",
        "{activations: 0, weights: 4}|student.quantization.activations: 0",
        "8|student.quantization: expected a map",
        "{bits: 8}|student.quantization: unknown key 'bits'",
        "{weights: 4.5}|student.quantization.weights: expected a whole number"
      })
  void other_bits_are_told_with_their_place(String value, String told) {
    String yaml = DATA + FLOAT + ", quantization: " + value + "}\n" + ONE_EPOCH;

    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("test.yaml: " + told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{run: x, quantization: {weights: 8}}",
        "{config: x.yaml, quantization: {}}",
        "{network: resnet-20, weights: x.npz, quantization: {weights: 4}}",
        "{model: x.onnx, quantization: {weights: 4}}"
      })
  void the_key_on_a_teacher_is_told(String teacher) {
    String yaml = DATA + FLOAT + "}\nteacher: " + teacher + "\n" + ONE_EPOCH;

    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: teacher.quantization: is a key of student; a teacher computes as it was"
                + " trained, so a run with quantization is rounded and everything else is not; fix:"
                + " leave it out");
  }
}
