package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
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
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.classification.export.OptimizedOnnx;
import org.kt4j.classification.export.StudentExport;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.BinaryConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.NoisePictures;
import org.kt4j.engine.graph.Binarization;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.PackedWeights;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.TrainedNetwork;

/** Runs whose student computes with signs, small. */
class BinaryRunTest {

  private static final String FLOAT = "student: {network: resnet-8, width: 8";
  private static final String SIGNS = FLOAT + ", binary: xnor}\nbatch-size: 16\n";
  private static final String TWENTY_EPOCHS =
      DATA
          + SIGNS
          + "augmentation: {crop-padding: 0, flip: false}\n"
          + "optimizer: {name: adam, learning-rate: 0.01}\n"
          + "phases: [{name: only, epochs: 20, objective: [{term: cross-entropy}]}]\n";
  private static final String ONE_EPOCH =
      "phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]\n";

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Path run;

  @BeforeAll
  static void train_one() {
    run = shared.resolve("run");
    TRAINER.train(new RunPlan(parse(TWENTY_EPOCHS), run, shared), TrainingListener.SILENT);
  }

  private RunPlan plan(String yaml, String name) {
    return new RunPlan(parse(yaml), folder.resolve(name), folder);
  }

  @Test
  void a_student_of_signs_learns() {
    List<EpochMetrics> metrics = RunFolder.metrics(run);

    // Guessing is one in ten; signs take longer than floats to know 64 pictures by heart.
    assertThat(metrics.get(0).trainScore()).isLessThan(0.3);
    assertThat(metrics.get(19).trainScore()).isGreaterThan(0.4);
    assertThat(metrics.get(19).objective()).isLessThan(0.75 * metrics.get(0).objective());
  }

  @Test
  void a_run_stopped_anywhere_ends_with_the_same_numbers() {
    RunPlan stopped = plan(TWENTY_EPOCHS, "stopped");

    for (int steps : new int[] {22, 18}) {
      assertThatThrownBy(() -> TRAINER.train(stopped, new SmallRuns.Stop(steps)))
          .hasMessage("stopped by the test");
    }
    TRAINER.train(stopped, TrainingListener.SILENT);

    assertThat(numbers(stopped.folder())).isEqualTo(numbers(run));
    assertThat(values(stopped.folder())).isEqualTo(values(run));
  }

  /** A step of 3 leads beyond 1 from anywhere. */
  @Test
  void the_numbers_behind_signs_stay_between_minus_1_and_1_and_others_do_not() {
    String wild =
        DATA
            + SIGNS
            + "optimizer: {name: adam, learning-rate: 3}\nschedule: {name: constant}\n"
            + ONE_EPOCH;

    TRAINER.train(plan(wild, "wild"), TrainingListener.SILENT);

    Map<String, List<Float>> values = values(folder.resolve("wild"));
    assertThat(values.get("student/layer1.0.conv1.weight"))
        .allMatch(number -> Math.abs(number) <= 1)
        .contains(1f, -1f);
    assertThat(values.get("student/conv1.weight")).anyMatch(number -> Math.abs(number) > 1);
    assertThat(values.get("student/linear.weight")).anyMatch(number -> Math.abs(number) > 1);
  }

  @Test
  void a_student_of_signs_begins_with_a_run_in_floats_and_teaches_one() {
    Path floats = folder.resolve("floats");
    TRAINER.train(
        plan(DATA + FLOAT + "}\nbatch-size: 16\n" + ONE_EPOCH, "floats"), TrainingListener.SILENT);
    StringBuilder told = new StringBuilder();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void begins(String source, int known, int variables) {
            told.append(known).append(" of ").append(variables);
          }
        };
    String from = "start: {run: " + floats + "}\n" + DATA + SIGNS + ONE_EPOCH;

    TRAINER.train(plan(from, "from"), listener);

    // Seven convolutions, four numbers of seven normalisations, and the dense layer's two.
    assertThat(told).hasToString("37 of 37");

    String learnt =
        DATA
            + SIGNS
            + "optimizer: {name: sgd, learning-rate: 1e-6}\nteacher: {run: "
            + run
            + ", allow-weak: true}\nstart: {run: "
            + run
            + "}\nphases: [{name: only, epochs: 1, objective: [{term: match}]}]\n";
    TRAINER.train(plan(learnt, "learnt"), TrainingListener.SILENT);

    // The same network but for the statistics of the batch; one in floats would be far from it.
    assertThat(RunFolder.metrics(folder.resolve("learnt")).get(0).objective()).isLessThan(2);
  }

  private static StudentExport exports() {
    return new StudentExport(
        SmallRuns.CLASSIFIERS,
        SmallRuns.INJECTOR.getInstance(ExperimentReader.class),
        SmallRuns.TASK);
  }

  private StudentExport.Outcome exported(ExportOptions options, Path export) {
    return exports()
        .write(
            new TrainedRun(run, parse(TWENTY_EPOCHS), Checkpoints.Which.LAST),
            new ExportRequest(options, export, false, shared));
  }

  @ParameterizedTest
  @ValueSource(strings = {"saved-model", "onnx"})
  void an_export_answers_as_the_run_does(String format) {
    Path export = folder.resolve("export");

    StudentExport.Outcome outcome = exported(ExportOptions.defaults().format(format), export);

    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().mean()).isLessThan(0.01);
    assertThat(outcome.check().same()).isGreaterThan(0.95);
    assertThat(outcome.facts())
        .filteredOn(fact -> fact.name().equals("signs"))
        .singleElement()
        .satisfies(
            fact ->
                assertThat(fact.value())
                    .startsWith("weights-binary.npz has ")
                    .endsWith("the model itself is neither smaller nor faster than one in floats"));
  }

  @Test
  void an_onnx_export_moves_channels_once_and_has_its_signs_as_constants()
      throws IOException, OrtException {
    Path export = folder.resolve("export");
    exported(ExportOptions.defaults().format("onnx"), export);

    Map<String, Integer> counts =
        OptimizedOnnx.operations(export.resolve("model.onnx"), folder.resolve("optimized.onnx"));

    // What six convolutions read has its sign taken; signs of weights are known.
    assertThat(counts).containsEntry("Where", 6).containsEntry("Transpose", 1);
  }

  /** All convolutions but the first, with 8, 16 and 32 filters in the stages. */
  @Test
  void a_weight_takes_a_bit_and_is_what_the_network_computes_with() throws IOException {
    Path export = folder.resolve("export");
    exported(ExportOptions.defaults(), export);
    Weights trained = NpzFile.read(export.resolve(StudentExport.WEIGHTS));

    Weights packed = NpzFile.read(export.resolve(PackedWeights.FILE));
    Weights unpacked = PackedWeights.read(export.resolve(PackedWeights.FILE));

    long bits =
        bitsOf(packed)
            .mapToLong(name -> Objects.requireNonNull(packed.arrays().get(name)).values().length)
            .sum();
    // Filters of 3 x 3 x 8, 16 and 32 weights take 9, 18 and 36 bytes.
    assertThat(bits).isEqualTo(8 * 9 + 8 * 9 + 16 * 9 + 16 * 18 + 32 * 18 + 32 * 36);
    Set<String> names = new TreeSet<>(unpacked.arrays().keySet());
    bitsOf(packed).forEach(name -> names.add(name.replace(".bits", ".scale")));
    assertThat(trained.arrays().keySet()).containsExactlyInAnyOrderElementsOf(names);
    ImageShape shape = new ImageShape(16, 16, 3);
    byte[] pixels = NoisePictures.of(shape, 8);
    float[] logits;
    try (ExportedClassifier model = ExportedClassifier.open(export)) {
      logits = model.logits(pixels, 8);
    }
    TrainedNetwork student =
        SmallRuns.CLASSIFIERS.trained(
            new TrainedRun(run, parse(TWENTY_EPOCHS), Checkpoints.Which.LAST));
    TrainedNetwork again =
        new TrainedNetwork(
            student.network(), shape, student.normalization(), unpacked, student.classes());
    try (FrozenNetwork found = again.open()) {
      assertThat(found.rounds()).isTrue();
      // The same signs and scales; what is left are rounding errors of floats.
      assertThat(found.logits(pixels, 8)).containsExactly(logits, within(1e-3f));
    }
  }

  private static Stream<String> bitsOf(Weights packed) {
    return packed.arrays().keySet().stream().filter(name -> name.endsWith(".bits"));
  }

  @Test
  void weights_of_a_student_of_signs_begin_a_student_and_are_none_of_a_teacher() {
    Path export = folder.resolve("export");
    exported(ExportOptions.defaults(), export);
    String begun =
        DATA
            + FLOAT
            + "}\nbatch-size: 16\nstart: {weights: "
            + export.resolve(StudentExport.WEIGHTS)
            + "}\n"
            + ONE_EPOCH;

    TRAINER.train(plan(begun, "begun"), TrainingListener.SILENT);

    assertThat(RunFolder.metrics(folder.resolve("begun"))).hasSize(1);
    for (String file : List.of(StudentExport.WEIGHTS, PackedWeights.FILE)) {
      String taught =
          DATA
              + FLOAT
              + "}\nteacher: {network: resnet-8, width: 8, weights: "
              + export.resolve(file)
              + "}\n"
              + "phases: [{name: only, epochs: 1, objective: [{term: match}]}]\n";
      RunPlan plan = plan(taught, "taught");
      assertThatThrownBy(() -> TRAINER.train(plan, TrainingListener.SILENT))
          .hasMessageContaining(file + ": the weights of a student of signs, as these arrays say:")
          .hasMessageEndingWith(
              "; allowed: weights of a network in floats; fix: name the run of the student, which"
                  + " says how it computes");
    }
  }

  /** It may cost much: a value near 0 that is rounded gets another sign. */
  @Test
  void an_export_in_whole_numbers_is_checked_by_its_accuracy() {
    ExportOptions options =
        ExportOptions.defaults().format("onnx").int8(new Int8Options(32, 1, 100, 8, false, 100));

    StudentExport.Outcome outcome = exported(options, folder.resolve("int8"));

    assertThat(outcome.check().passed()).isTrue();
    assertThat(outcome.check().same()).isGreaterThan(0.1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet-8, width: 4, binary: bnn",
        "resnet-8, width: 4, shortcut: b, binary: {scheme: xnor, shortcuts: convolution}",
        "preact-resnet-8, width: 4, binary: {scheme: bnn, shortcuts: convolution}",
        "wide-resnet-10-1, dropout: 0.3, binary: {first-and-last: signs}"
      })
  void other_students_of_signs_train_with_a_teacher_a_cache_and_phases(String student) {
    String yaml =
        DATA
            + "student: {network: "
            + student
            + "}\nbatch-size: 16\nteacher: {run: "
            + run
            + ", allow-weak: true}\naugmentation: {views: 1}\ncache: {folder: "
            + folder.resolve("cache")
            + "}\n"
            + "phases: [{name: one, epochs: 1, objective: [{term: match, weight: 0.1}]},"
            + " {name: two, epochs: 1, objective: [{term: cross-entropy}, {term: match}]}]\n";

    TRAINER.train(plan(yaml, "other"), TrainingListener.SILENT);

    assertThat(RunFolder.metrics(folder.resolve("other"))).hasSize(2);
    assertThat(RunFolder.metrics(folder.resolve("other")).get(1).objective()).isFinite();
  }

  @Test
  void the_scheme_alone_is_enough_and_all_is_written() {
    ExperimentReader reader = SmallRuns.INJECTOR.getInstance(ExperimentReader.class);

    var signs = parse(DATA + FLOAT + ", binary: bnn}\n" + ONE_EPOCH);
    assertThat(signs.student().binary())
        .isEqualTo(
            new BinaryConfig(
                Binarization.Scheme.BNN, Binarization.Ends.FLOATS, Binarization.Shortcuts.BLOCK));
    assertThat(reader.write(signs))
        .contains("  binary:\n    scheme: bnn\n    first-and-last: floats\n    shortcuts: block\n");
    assertThat(reader.parse("written", reader.write(signs))).isEqualTo(signs);
    assertThat(parse(DATA + FLOAT + ", binary: {}}\n" + ONE_EPOCH).student().binary())
        .isEqualTo(BinaryConfig.defaults());

    var floats = parse(DATA + FLOAT + ", binary: null}\n" + ONE_EPOCH);
    assertThat(floats).isEqualTo(parse(DATA + FLOAT + "}\n" + ONE_EPOCH));
    assertThat(reader.write(floats)).doesNotContain("binary");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "xnr|student.binary.scheme: unknown 'xnr'; known: xnor, bnn",
        "{scheme: dorefa}|student.binary.scheme: unknown 'dorefa'; known: xnor, bnn",
        "1|student.binary: expected xnor, bnn or a map such as {scheme: xnor, shortcuts:"
            + " convolution}, found 1",
        "true|student.binary: expected xnor, bnn or a map",
        "[xnor]|student.binary: expected xnor, bnn or a map",
        "{bits: 1}|student.binary: unknown key 'bits'",
        "{shortcuts: none}|student.binary.shortcuts: unknown 'none'; known: block, convolution",
        "{first-and-last: true}|student.binary.first-and-last: ",
        "xnor, quantization: {}|student.binary: beside quantization is not allowed; allowed: one of"
            + " the two; a student of signs has no further levels"
      })
  void what_is_no_binary_student_is_told_with_its_place(String value, String told) {
    String yaml = DATA + FLOAT + ", binary: " + value + "}\n" + ONE_EPOCH;

    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("test.yaml: " + told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{run: x, binary: xnor}",
        "{config: x.yaml, binary: {}}",
        "{network: resnet-20, weights: x.npz, binary: bnn}",
        "{model: x.onnx, binary: xnor}"
      })
  void the_key_on_a_teacher_is_told(String teacher) {
    String yaml = DATA + FLOAT + "}\nteacher: " + teacher + "\n" + ONE_EPOCH;

    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: teacher.binary: is a key of student; a teacher computes as it was trained,"
                + " so a run with binary computes with signs and everything else does not; fix: leave"
                + " it out");
  }

  @Test
  void a_network_without_blocks_for_such_shortcuts_is_told_before_the_first_step() {
    RunPlan plan =
        plan(
            DATA.replace("size: 16", "size: 32")
                + "student: {network: vgg-11, binary: {shortcuts: convolution}}\n"
                + ONE_EPOCH,
            "none");

    assertThatThrownBy(() -> TRAINER.train(plan, TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "student.binary: vgg-11 has no residual blocks of two convolutions, whose shortcuts"
                + " could go around each convolution; allowed: shortcuts: block");
    assertThat(plan.folder()).doesNotExist();
  }
}
