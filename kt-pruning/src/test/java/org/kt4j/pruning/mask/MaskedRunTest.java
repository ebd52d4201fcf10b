package org.kt4j.pruning.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.classification.ClassificationTask;
import org.kt4j.classification.ClassifierFactory;
import org.kt4j.classification.export.StudentExport;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.checkpoint.Checkpoint;
import org.kt4j.engine.checkpoint.CheckpointWriter;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.MaskConfig;
import org.kt4j.engine.experiment.MaskSchedule;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunFolderException;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.training.Trainer;
import org.tensorflow.ndarray.Shape;

/** Runs whose student has weights that are held at zero, small. */
class MaskedRunTest {

  private static final String DATA =
      "data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}\n";
  private static final String STUDENT = "student: {network: resnet-8, width: 4}\nbatch-size: 16\n";

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());
  private static final Trainer TRAINER = INJECTOR.getInstance(Trainer.class);

  /** Stops a training as Ctrl-C would, after so many steps. */
  private static final class Stop implements TrainingListener {

    private int left;

    Stop(int steps) {
      left = steps;
    }

    @Override
    public void stepDone(StepDone step) {
      if (left-- == 0) {
        throw new IllegalStateException("stopped by the test");
      }
    }
  }

  private static ExperimentConfig parse(String yaml) {
    return INJECTOR.getInstance(ExperimentReader.class).parse("test.yaml", yaml);
  }

  /** All of a run's metrics but the time. */
  private static List<String> numbers(Path run) {
    return RunFolder.metrics(run).stream()
        .map(
            m ->
                List.of(
                        m.epoch(),
                        m.steps(),
                        m.terms(),
                        m.objective(),
                        m.heldOutScore(),
                        m.heldOut())
                    .toString())
        .toList();
  }

  /** All that a run's last checkpoint holds. */
  private static Map<String, List<Float>> values(Path run) {
    Map<String, List<Float>> values = new TreeMap<>();
    Checkpoints.of(run)
        .read(Checkpoints.Which.LAST)
        .orElseThrow()
        .values()
        .forEach(
            (path, saved) -> {
              List<Float> numbers = new ArrayList<>();
              for (float number : saved.numbers()) {
                numbers.add(number);
              }
              values.put(path, numbers);
            });
    return values;
  }

  /** What a ResNet-8 of width 4 for pictures in three channels has, but biases. */
  private static final Map<String, Integer> SIZES = new LinkedHashMap<>();

  static {
    SIZES.put("conv1.weight", 3 * 3 * 3 * 4);
    SIZES.put("layer1.0.conv1.weight", 3 * 3 * 4 * 4);
    SIZES.put("layer1.0.conv2.weight", 3 * 3 * 4 * 4);
    SIZES.put("layer2.0.conv1.weight", 3 * 3 * 4 * 8);
    SIZES.put("layer2.0.conv2.weight", 3 * 3 * 8 * 8);
    SIZES.put("layer3.0.conv1.weight", 3 * 3 * 8 * 16);
    SIZES.put("layer3.0.conv2.weight", 3 * 3 * 16 * 16);
    SIZES.put("linear.weight", 16 * 10);
  }

  private static final int ALL = SIZES.values().stream().mapToInt(size -> size).sum();

  private static final String ONE_EPOCH =
      "phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]\n";

  @TempDir private static Path shared;

  @TempDir private Path folder;

  /** A run with all of its weights. */
  private static Path whole;

  private static final String PRUNED =
      DATA
          + "student: {network: resnet-8, width: 4, mask: {criterion: magnitude}}\nbatch-size: 16\n"
          + ONE_EPOCH;

  /** A run by {@link #PRUNED}. */
  private static Path pruned;

  @BeforeAll
  static void train_one_of_each() {
    whole = shared.resolve("whole");
    TRAINER.train(
        new RunPlan(parse(DATA + STUDENT + ONE_EPOCH), whole, shared), TrainingListener.SILENT);
    pruned = shared.resolve("pruned");
    TRAINER.train(new RunPlan(parse(PRUNED), pruned, shared), TrainingListener.SILENT);
  }

  private static String masked(String mask) {
    return DATA + "student: {network: resnet-8, width: 4, mask: " + mask + "}\nbatch-size: 16\n";
  }

  private static String epochs(int epochs) {
    return "phases: [{name: only, epochs: "
        + epochs
        + ", objective: [{term: cross-entropy}]}]\naugmentation: {crop-padding: 0, flip: false}\n";
  }

  private Path trained(String yaml) {
    return trained(yaml, "run", TrainingListener.SILENT);
  }

  private Path trained(String yaml, String name, TrainingListener listener) {
    Path run = folder.resolve(name);
    TRAINER.train(new RunPlan(parse(yaml), run, folder), listener);
    return run;
  }

  private static List<Float> numbersOf(Path run, String path) {
    List<Float> found = values(run).get(path);
    assertThat(found).as(path).isNotNull();
    return found == null ? List.of() : found;
  }

  private static long zeros(List<Float> numbers) {
    return numbers.stream().filter(each -> each == 0).count();
  }

  /** How many weights of each layer are 0, which all others are not. */
  private static Map<String, Long> zeros(Path run) {
    Map<String, Long> zeros = new LinkedHashMap<>();
    SIZES.keySet().forEach(name -> zeros.put(name, zeros(numbersOf(run, "student/" + name))));
    return zeros;
  }

  private static long sum(Map<String, Long> zeros) {
    return zeros.values().stream().mapToLong(each -> each).sum();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: sgd, learning-rate: 0.1, momentum: 0.9, nesterov: true, weight-decay: 0.001}",
        "{name: sgd, learning-rate: 0.1, momentum: 0.9, clip-norm: 0.5}",
        "{name: sgd, learning-rate: 0.1, momentum: 0}",
        "{name: adam, learning-rate: 0.01, weight-decay: 0.001}",
        "{name: adam-w, learning-rate: 0.01, weight-decay: 0.1, decay-all: true}"
      })
  void the_smallest_weights_of_the_start_become_zero_and_stay_so(String optimizer) {
    Path run =
        trained(
            masked("{criterion: magnitude, sparsity: 0.7}")
                + "start: {run: "
                + whole
                + "}\noptimizer: "
                + optimizer
                + "\n"
                + ONE_EPOCH);

    List<Float> before = new ArrayList<>();
    List<Float> after = new ArrayList<>();
    List<Float> mask = new ArrayList<>();
    SIZES
        .keySet()
        .forEach(
            name -> {
              before.addAll(numbersOf(whole, "student/" + name));
              after.addAll(numbersOf(run, "student/" + name));
              mask.addAll(numbersOf(run, "mask/" + name));
            });
    List<Float> sorted = before.stream().map(Math::abs).sorted().toList();
    float threshold = sorted.get(Math.round(0.7f * ALL) - 1);
    for (int k = 0; k < ALL; k++) {
      boolean zero = Math.abs(before.get(k)) <= threshold;
      assertThat(mask.get(k)).isEqualTo(zero ? 0f : 1f);
      assertThat(after.get(k) == 0).isEqualTo(zero);
    }
    assertThat(zeros(after)).isEqualTo(Math.round(0.7f * ALL));
  }

  @Test
  void what_the_optimizer_remembers_of_a_weight_becomes_zero_with_it() {
    Path run =
        trained(
            masked("{criterion: magnitude, sparsity: 0.7, schedule: {from-epoch: 1}}")
                + "optimizer: {name: adam}\n"
                + epochs(2));

    for (String slot : Set.of("first-moment", "second-moment")) {
      for (String name : SIZES.keySet()) {
        List<Float> mask = numbersOf(run, "mask/" + name);
        List<Float> remembered = numbersOf(run, "optimizer/" + slot + "/student/" + name);
        for (int k = 0; k < mask.size(); k++) {
          assertThat(mask.get(k) * remembered.get(k)).isEqualTo(remembered.get(k));
        }
        assertThat(zeros(remembered)).isLessThan(mask.size());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"magnitude", "'obd, pictures: 2'"})
  void every_layer_has_its_share_or_all_have_theirs(String criterion) {
    Map<String, Long> ofLayers =
        zeros(
            trained(
                masked("{criterion: " + criterion + ", sparsity: 0.6, scope: layer}") + ONE_EPOCH,
                "layers",
                TrainingListener.SILENT));
    Map<String, Long> ofAll =
        zeros(
            trained(
                masked("{criterion: " + criterion + ", sparsity: 0.6, skip: [conv1, linear]}")
                    + ONE_EPOCH,
                "all",
                TrainingListener.SILENT));

    SIZES.forEach(
        (name, size) -> assertThat(ofLayers.get(name)).as(name).isEqualTo(Math.round(0.6 * size)));
    assertThat(ofAll).containsEntry("conv1.weight", 0L).containsEntry("linear.weight", 0L);
    assertThat(sum(ofAll)).isEqualTo(Math.round(0.6 * (ALL - 108 - 160)));
    assertThat(ofAll.get("layer3.0.conv2.weight")).isNotEqualTo(Math.round(0.6 * 2304));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{criterion: magnitude, schedule: {name: gradual, until-epoch: 3, every: 3}}",
        "{criterion: obd, pictures: 3, schedule: {name: rounds, rounds: 3}}"
      })
  void a_run_stopped_anywhere_ends_with_the_same_numbers(String mask) {
    String yaml =
        masked(mask)
            + "phases: [{name: first, epochs: 2, objective: [{term: cross-entropy}]},"
            + " {name: second, epochs: 2, objective: [{term: cross-entropy}]}]\n";
    Path run = trained(yaml);
    RunPlan stopped = new RunPlan(parse(yaml), folder.resolve("stopped"), folder);

    // Four steps an epoch: within the second epoch, and behind its end, within the third.
    for (int steps : new int[] {6, 5}) {
      assertThatThrownBy(() -> TRAINER.train(stopped, new Stop(steps)))
          .hasMessage("stopped by the test");
    }
    TRAINER.train(stopped, TrainingListener.SILENT);

    assertThat(numbers(stopped.folder())).isEqualTo(numbers(run));
    assertThat(values(stopped.folder())).isEqualTo(values(run));
    assertThat(sum(zeros(run))).isEqualTo(Math.round(0.8 * ALL));
  }

  @Test
  void the_best_epoch_is_one_with_the_whole_mask() {
    Path run =
        trained(
            masked(
                    "{criterion: magnitude, sparsity: 0.97, scope: layer, skip: [conv1], schedule:"
                        + " {from-epoch: 2}}")
                + "optimizer: {learning-rate: 0.000001}\nstart: {run: "
                + whole
                + "}\n"
                + epochs(4));

    // At this rate nothing is learnt: what differs is the pruning, in the third epoch.
    List<EpochMetrics> metrics = RunFolder.metrics(run);
    assertThat(metrics).hasSize(4);
    int best = RunFolder.result(run).orElseThrow().bestEpoch();
    assertThat(best).isGreaterThanOrEqualTo(3);
    assertThat(RunFolder.result(run).orElseThrow().heldOutBest())
        .isEqualTo(metrics.get(best - 1).heldOutScore());
    assertThat(Checkpoints.weightsOf(run, Checkpoints.Which.BEST).arrays().keySet())
        .noneMatch(name -> name.contains("mask"));
  }

  @Test
  void what_was_pruned_is_told() {
    List<String> told = new ArrayList<>();

    trained(
        masked("{criterion: magnitude, sparsity: 0.75, schedule: {name: rounds, rounds: 2}}")
            + epochs(2),
        "told",
        new TrainingListener() {
          @Override
          public void masks(String what) {
            told.add(what);
          }
        });

    // Half of 4,876, then three quarters.
    assertThat(told)
        .containsExactly(
            "step 0: 2,438 of 4,876 weights are held at zero (50.00 %), by magnitude",
            "step 4: 3,657 of 4,876 weights are held at zero (75.00 %), by magnitude");
  }

  @Test
  void a_masked_run_teaches_and_is_the_start_of_one_with_all_weights() {
    Path learnt =
        trained(
            DATA
                + STUDENT
                + "teacher: {run: "
                + pruned
                + ", allow-weak: true}\nstart: {run: "
                + pruned
                + "}\nphases: [{name: only, epochs: 1, objective: [{term: kd}]}]\n",
            "learnt",
            TrainingListener.SILENT);

    assertThat(values(learnt).keySet()).noneMatch(path -> path.startsWith("mask/"));
    assertThat(sum(zeros(learnt))).isLessThan(100);
  }

  @Test
  void an_export_has_the_weights_without_zeros_beside_it_and_answers_as_the_run()
      throws IOException {
    Path export = folder.resolve("export");

    StudentExport.Outcome outcome =
        new StudentExport(
                INJECTOR.getInstance(ClassifierFactory.class),
                INJECTOR.getInstance(ExperimentReader.class),
                INJECTOR.getInstance(ClassificationTask.class))
            .write(
                new TrainedRun(pruned, parse(PRUNED), Checkpoints.Which.LAST),
                new ExportRequest(ExportOptions.defaults(), export, false, folder));

    assertThat(outcome.check().passed()).isTrue();
    Path sparse = export.resolve("weights-sparse.npz");
    Map<String, Weights.Array> dense = NpzFile.read(export.resolve(StudentExport.WEIGHTS)).arrays();
    Map<String, Weights.Array> whole = NpzFile.read(sparse).arrays();
    assertThat(whole.keySet()).isEqualTo(dense.keySet());
    dense.forEach(
        (name, array) -> {
          Weights.Array read = whole.get(name);
          assertThat(read).as(name).isNotNull();
          if (read != null) {
            assertThat(read.shape()).isEqualTo(array.shape());
            assertThat(read.values()).containsExactly(array.values());
          }
        });
    // Never larger: no layer of so small a network gains by leaving its zeros out.
    assertThat(Files.size(sparse))
        .isLessThanOrEqualTo(Files.size(export.resolve(StudentExport.WEIGHTS)));
    assertThat(outcome.facts())
        .anySatisfy(
            fact ->
                assertThat(fact.value())
                    .contains("weights-sparse.npz has", "no engine here computes it faster"));
    assertThat(export.resolve("model-card.md"))
        .content()
        .contains("no engine here computes it faster", "held at zero");
  }

  @Test
  void a_rounded_student_is_masked_and_its_zeros_are_levels() {
    Path run =
        trained(
            DATA
                + "student: {network: resnet-8, width: 4, quantization: {weights: 4}, mask:"
                + " {criterion: magnitude}}\nbatch-size: 16\n"
                + ONE_EPOCH);

    assertThat(sum(zeros(run))).isEqualTo(Math.round(0.8 * ALL));
  }

  @Test
  void obd_of_a_rounded_student_is_refused() {
    assertRefused(
        DATA
            + "student: {network: resnet-8, width: 4, quantization: {weights: 4}, mask:"
            + " {criterion: obd}}\nbatch-size: 16\n"
            + ONE_EPOCH,
        "student.mask.criterion: obd needs second derivatives, and the student is rounded, whose"
            + " derivatives are 0; fix: a criterion that reads the weights alone, such as"
            + " magnitude");
  }

  @Test
  void a_student_of_signs_has_no_mask() {
    assertThatThrownBy(
            () ->
                parse(
                    DATA
                        + "student: {network: resnet-8, binary: xnor, mask: {criterion:"
                        + " magnitude}}\n"
                        + ONE_EPOCH))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: student.mask: beside binary is not allowed; allowed: one of the two; the"
                + " sign of a weight is never 0");
  }

  private void assertRefused(String yaml, String message) {
    Path run = folder.resolve("refused");

    assertThatThrownBy(
            () -> TRAINER.train(new RunPlan(parse(yaml), run, folder), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(message);
    assertThat(run).doesNotExist();
  }

  @Test
  void frozen_layers_beside_a_mask_are_refused() {
    assertThatThrownBy(
            () ->
                parse(
                    masked("{criterion: magnitude}")
                        + "start: {run: somewhere}\n"
                        + ONE_EPOCH.replace("epochs: 1", "epochs: 1, freeze: [backbone]")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("phases[0].freeze: stands beside student.mask");
  }

  @Test
  void an_unknown_layer_is_told_with_those_that_there_are() {
    assertRefused(
        masked("{criterion: magnitude, skip: [conv1, layer1.0.conv3]}") + ONE_EPOCH,
        "student.mask.skip: unknown layer 'layer1.0.conv3'; known: conv1, layer1.0.conv1,"
            + " layer1.0.conv2, layer2.0.conv1, layer2.0.conv2, layer3.0.conv1, layer3.0.conv2,"
            + " linear; did you mean 'layer1.0.conv1'?; allowed: convolutions and dense layers that"
            + " are learnt");
  }

  @Test
  void a_layer_that_would_be_empty_is_told_before_anything_is_trained() {
    assertRefused(
        masked("{criterion: magnitude, scope: layer, sparsity: 0.998}") + ONE_EPOCH,
        "student.mask: a sparsity of 0.998 sets all 108 weights of the layer conv1 to zero, and"
            + " nothing passes it; fix: a lower sparsity, or skip: [conv1]");
    assertRefused(
        masked("{criterion: magnitude, sparsity: 0.999}") + ONE_EPOCH,
        "student.mask.sparsity: 0.999 leaves 5 of 4876 weights to 8 layers, so that one would have"
            + " none; fix: a lower sparsity, or name layers in skip");
  }

  @Test
  void a_layer_that_one_threshold_empties_is_told_and_the_checkpoint_stays() {
    String yaml =
        masked("{criterion: magnitude, sparsity: 0.99, schedule: {from-epoch: 1}}") + epochs(2);
    Path run = folder.resolve("emptied");

    assertThatThrownBy(
            () -> TRAINER.train(new RunPlan(parse(yaml), run, folder), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageMatching(
            "student.mask: a sparsity of 0.99 sets all \\d+ weights of the layer \\S+ to zero, and"
                + " nothing passes it; fix: a lower sparsity, or skip: \\[\\S+], or scope: layer,"
                + " which leaves every layer its share");
    assertThat(RunFolder.metrics(run)).hasSize(1);
    assertThat(Checkpoints.of(run).read(Checkpoints.Which.LAST)).isPresent();
  }

  @Test
  void a_mask_that_does_not_fit_is_told_and_nothing_is_lost() throws IOException {
    RunPlan plan =
        new RunPlan(
            parse(masked("{criterion: magnitude}") + epochs(2)), folder.resolve("run"), folder);
    // Four steps an epoch.
    assertThatThrownBy(() -> TRAINER.train(plan, new Stop(5))).hasMessage("stopped by the test");
    Checkpoints checkpoints = Checkpoints.of(plan.folder());
    Checkpoint last = checkpoints.read(Checkpoints.Which.LAST).orElseThrow();
    assertThat(last.values().get("mask/conv1.weight"))
        .extracting(Checkpoint.Saved::shape)
        .isEqualTo(Shape.of(3, 3, 3, 4));

    write(checkpoints, last, Shape.of(3, 3, 3, 5));
    assertDoesNotFit(plan, "mask/conv1.weight is [3, 3, 3, 5] there, and [3, 3, 3, 4] in it");
    write(checkpoints, last, null);
    assertDoesNotFit(plan, "it lacks mask/conv1.weight");

    write(checkpoints, last, Shape.of(3, 3, 3, 4));
    TRAINER.train(plan, TrainingListener.SILENT);
    assertThat(RunFolder.metrics(plan.folder())).hasSize(2);
  }

  private static void assertDoesNotFit(RunPlan plan, String told) throws IOException {
    Map<String, List<Float>> before = values(plan.folder());
    String metrics = Files.readString(plan.folder().resolve("metrics.jsonl"));

    assertThatThrownBy(() -> TRAINER.train(plan, TrainingListener.SILENT))
        .isInstanceOf(RunFolderException.class)
        .hasMessage(
            plan.folder().resolve("checkpoints").resolve("epoch-0001")
                + ": the checkpoint does not fit the run's network: "
                + told
                + "; nothing was changed. Restore the checkpoint from a copy, or start over with"
                + " --overwrite");
    assertThat(values(plan.folder())).isEqualTo(before);
    assertThat(plan.folder().resolve("metrics.jsonl")).hasContent(metrics);
  }

  /** Writes a checkpoint again, with the mask of the first layer in a shape, or without it. */
  private static void write(
      Checkpoints checkpoints, Checkpoint checkpoint, @Nullable Shape ofMask) {
    try (ImageGraph graph = new ImageGraph(new ImageShape(1, 1, 1))) {
      Map<Variable, float[]> all = new LinkedHashMap<>();
      checkpoint
          .values()
          .forEach(
              (path, saved) -> {
                boolean mask = path.equals("mask/conv1.weight");
                Shape shape = mask ? ofMask : saved.shape();
                if (shape == null) {
                  return;
                }
                int slash = path.indexOf('/');
                Variables set = new Variables(graph.tf(), path.substring(0, slash), 0);
                all.put(
                    set.filled(path.substring(slash + 1), shape, saved.kind(), 1f),
                    Arrays.copyOf(saved.numbers(), Math.toIntExact(shape.size())));
              });
      graph.assign(all);
      checkpoints.write(new CheckpointWriter(graph, all.keySet()), checkpoint.progress());
    }
  }

  @Test
  void a_pruning_that_no_training_follows_is_told() {
    assertRefused(
        masked("{criterion: magnitude, schedule: {from-epoch: 2}}") + epochs(2),
        "student.mask.schedule: the last weights are set to zero after 2.0 epochs, and the training"
            + " has 2; what is left would not be trained; fix: an earlier end, or more epochs");
    assertRefused(
        masked("{criterion: magnitude, schedule: {name: gradual, until-epoch: 1, every: 5}}")
            + epochs(2),
        "student.mask.schedule.every: 5 steps are more than there are between from-epoch 0 and"
            + " until-epoch 1, which are 4 of 4 an epoch; fix: fewer steps, or more epochs");
  }

  @Test
  void what_is_not_said_is_written_and_without_the_key_nothing_is() {
    ExperimentReader reader = INJECTOR.getInstance(ExperimentReader.class);

    var config = parse(masked("{criterion: obd}") + ONE_EPOCH);

    MaskConfig mask = config.student().mask();
    assertThat(mask).isNotNull();
    if (mask != null) {
      assertThat(mask.keys())
          .isEqualTo(
              new MaskConfig.Keys(
                  0.8, MaskConfig.Scope.GLOBAL, new MaskSchedule.Constant(0), List.of()));
    }
    assertThat(reader.write(config))
        .contains("  mask:\n    criterion: obd\n    sparsity: 0.8\n    scope: global\n");
    assertThat(reader.parse("written", reader.write(config))).isEqualTo(config);
    assertThat(reader.write(parse(DATA + STUDENT + ONE_EPOCH))).doesNotContain("mask");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{criterion: magnitude, sparsity: 0}|student.mask.sparsity: 0.0 is not allowed",
        "{criterion: magnitude, sparsity: 1}|student.mask.sparsity: 1.0 is not allowed",
        "{criterion: magnitude, sparsity: 80}|student.mask.sparsity: 80.0 is not allowed",
        "{criterion: magnitude, sparsity: .nan}|student.mask.sparsity: expected a finite number",
        "{criterion: size}|student.mask.criterion: unknown criterion 'size'; known: magnitude, obd",
        "{sparsity: 0.5}|student.mask.criterion: is required",
        "{criterion: magnitude, pictures: 5}|student.mask: unknown key 'pictures'",
        "{criterion: obd, pictures: 0}|student.mask.pictures: 0 is not allowed",
        "{criterion: magnitude, scope: stage}|student.mask.scope: unknown 'stage'",
        "{criterion: magnitude, schedule: {name: linear}}|student.mask.schedule.name: unknown",
        "{criterion: magnitude, schedule: {name: gradual}}|student.mask.schedule.until-epoch",
        "{criterion: magnitude, schedule: {name: rounds, rounds: 0}}|student.mask.schedule.rounds",
        "0.8|student.mask: expected a map"
      })
  void what_is_no_mask_is_told_with_its_place(String value, String told) {
    assertThatThrownBy(() -> parse(masked(value) + ONE_EPOCH))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("test.yaml: " + told);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{run: x, mask: {criterion: magnitude}}",
        "{network: resnet-20, weights: x.npz, mask: {criterion: obd}}",
        "{model: x.onnx, mask: {criterion: magnitude}}"
      })
  void the_key_on_a_teacher_is_told(String teacher) {
    String yaml = DATA + STUDENT + "teacher: " + teacher + "\n" + ONE_EPOCH;

    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: teacher.mask: is a key of student; a teacher computes with the weights that"
                + " it has, so one whose weights were set to zero in its training keeps them there;"
                + " fix: leave it out");
  }
}
