package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.classification.SmallRuns.DATA;
import static org.kt4j.classification.SmallRuns.STUDENT;
import static org.kt4j.classification.SmallRuns.TRAINER;
import static org.kt4j.classification.SmallRuns.numbers;
import static org.kt4j.classification.SmallRuns.parse;
import static org.kt4j.classification.SmallRuns.values;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.Tuning;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.NetworkGraph;
import org.tensorflow.ndarray.Shape;

/** Students that begin with weights, of which parts are frozen or learn at rates of their own. */
class FineTuningTest {

  private static final ImageShape SHAPE = new ImageShape(8, 8, 3);
  private static final int CLASSES = 5;
  private static final int BATCH = 4;
  private static final Network NETWORK =
      new CifarResNetProvider()
          .create(
              new CifarResNetProvider.Options(8, 4, CifarResNetProvider.Shortcut.A),
              SHAPE,
              CLASSES);

  /** Two phases of an epoch of four steps, the first of which trains the head alone. */
  private static final String HEAD_FIRST =
      """
      phases:
        - {name: head, epochs: 1, freeze: [backbone], objective: [{term: cross-entropy}]}
        - name: all
          epochs: 1
          learning-rates: {stem: 0.1, head: 2}
          objective: [{term: cross-entropy}]
      """;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Path begun;

  @BeforeAll
  static void train_what_students_begin_with() {
    begun = shared.resolve("begun");
    SmallRuns.trainTeacher(begun, 1);
  }

  private RunPlan plan(String yaml, String name) {
    return new RunPlan(parse(yaml), folder.resolve(name), folder);
  }

  private static String start(String more) {
    return "start: {run: " + begun + more + "}\n" + DATA + STUDENT;
  }

  private static NetworkGraph graph(OptimizerConfig optimizer, Tuning tuning) {
    CrossEntropyProvider labels = new CrossEntropyProvider();
    return new NetworkGraph(
        new NetworkGraph.Blueprint(
            SHAPE,
            NETWORK,
            new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25)),
            new ClassLabels(),
            new DistillationStep.Blueprint(
                Map.of(),
                List.of(new Term(labels.name(), 1, labels.create(labels.defaults()))),
                optimizer,
                0,
                BATCH,
                1,
                null,
                tuning,
                Replication.ALONE),
            1));
  }

  private static Batch batch() {
    byte[] images = new byte[BATCH * SHAPE.bytes()];
    new Random(3).nextBytes(images);
    return new Batch(images, new int[] {0, 1, 2, 4}, new int[] {0, 1, 2, 3}, BATCH);
  }

  private static Map<String, float[]> read(NetworkGraph graph) {
    Map<String, float[]> values = new LinkedHashMap<>();
    graph
        .student()
        .all()
        .forEach(variable -> values.put(variable.name(), graph.graph().read(variable)));
    return values;
  }

  private static float[] ofName(Map<String, float[]> all, String name) {
    return Objects.requireNonNull(all.get(name), name);
  }

  /** The names of all variables of the parts, as a graph that is thrown away has them. */
  private static Set<String> names(String... parts) {
    try (NetworkGraph graph = graph(OptimizerConfig.defaults(), Tuning.ALL)) {
      return Stream.of(parts)
          .flatMap(part -> graph.student().parts().getOrDefault(part, Set.of()).stream())
          .map(Variable::name)
          .collect(Collectors.toUnmodifiableSet());
    }
  }

  private static Set<String> unchanged(Map<String, float[]> before, Map<String, float[]> after) {
    return before.keySet().stream()
        .filter(name -> Arrays.equals(before.get(name), after.get(name)))
        .collect(Collectors.toUnmodifiableSet());
  }

  @Test
  void frozen_parts_keep_every_number_and_all_others_move() {
    Set<String> frozen = names("stem", "stage1");
    assertThat(frozen).hasSize(15); // three convolutions with a normalisation of four arrays each

    try (NetworkGraph graph =
        graph(OptimizerConfig.defaults(), new Tuning(frozen, Map.of()))) { // with weight decay
      Map<String, float[]> before = read(graph);
      graph.step(batch(), 0.1, 0);
      graph.step(batch(), 0.1, 1);

      assertThat(unchanged(before, read(graph))).isEqualTo(frozen);
      assertThat(graph.slots().all())
          .hasSize(14) // of four convolutions, four normalisations and the dense layer
          .noneMatch(slot -> frozen.stream().anyMatch(name -> slot.name().endsWith("/" + name)));
    }
  }

  /**
   * The loss of a step, taken before its update, is the cross-entropy of the logits in evaluation,
   * worked out here.
   */
  @Test
  void a_frozen_backbone_is_the_one_of_evaluation() {
    try (NetworkGraph graph =
        graph(OptimizerConfig.defaults(), new Tuning(names("backbone"), Map.of()))) {
      Batch batch = batch();
      float[] logits = graph.studentLogits(batch.images(), BATCH);
      double expected = 0;
      for (int b = 0; b < BATCH; b++) {
        double sum = 0;
        for (int k = 0; k < CLASSES; k++) {
          sum += Math.exp(logits[b * CLASSES + k]);
        }
        expected += (Math.log(sum) - logits[b * CLASSES + batch.labels()[b]]) / BATCH;
      }

      float loss = graph.step(batch, 0.1, 0).objective();

      assertThat((double) loss).isCloseTo(expected, within(1e-5)); // single precision
    }
  }

  static Stream<OptimizerConfig> optimizers() {
    return Stream.of(
        new OptimizerConfig.Sgd(0.1, 0, false, 0.01, true, 0),
        new OptimizerConfig.Sgd(0.1, 0.9, true, 0.01, true, 0.5),
        new OptimizerConfig.Adam(0.1, 0.9, 0.999, 1e-8, 0.01, true, 0),
        new OptimizerConfig.AdamW(0.1, 0.9, 0.999, 1e-8, 0, true, 0));
  }

  /** Moves are about 0.1 and less; sums of gradients are rounded differently from run to run. */
  @ParameterizedTest
  @MethodSource("optimizers")
  void a_factor_moves_weights_that_much_less_far_in_the_first_step(OptimizerConfig optimizer) {
    Map<String, Double> factors = new TreeMap<>();
    names("stage2").forEach(name -> factors.put(name, 0.5));
    Map<String, float[]> first;
    Map<String, float[]> whole;
    Map<String, float[]> part;
    try (NetworkGraph graph = graph(optimizer, Tuning.ALL)) {
      first = read(graph);
      graph.step(batch(), 0.1, 0);
      whole = read(graph);
    }
    try (NetworkGraph graph = graph(optimizer, new Tuning(Set.of(), factors))) {
      graph.step(batch(), 0.1, 0);
      part = read(graph);
    }

    assertThat(factors).isNotEmpty();
    for (String name : first.keySet()) {
      boolean slower = factors.containsKey(name) && !name.contains("running");
      float[] before = ofName(first, name);
      float[] after = ofName(whole, name);
      for (int i = 0; i < before.length; i++) {
        double moved = after[i] - before[i];
        assertThat((double) ofName(part, name)[i] - before[i])
            .as("%s[%d]", name, i)
            .isCloseTo(slower ? moved / 2 : moved, within(1e-6));
      }
    }
  }

  @Test
  void a_tenth_is_a_tenth() {
    OptimizerConfig descent = new OptimizerConfig.Sgd(0.1, 0, false, 0, false, 0);
    try (NetworkGraph whole = graph(descent, Tuning.ALL);
        NetworkGraph part = graph(descent, new Tuning(Set.of(), Map.of("linear.bias", 0.1)))) {
      whole.step(batch(), 0.1, 0);
      part.step(batch(), 0.1, 0);

      // Biases begin at 0, so that a move is not rounded to the weight.
      float[] moved = ofName(read(whole), "linear.bias");
      float[] tenth = ofName(read(part), "linear.bias");
      for (int i = 0; i < moved.length; i++) {
        assertThat(moved[i]).isNotZero();
        assertThat(tenth[i] / moved[i]).isCloseTo(0.1f, within(1e-7f)); // two roundings of 2^-24
      }
    }
  }

  @Test
  void a_phase_trains_the_head_alone_and_the_next_one_everything() {
    List<String> told = new ArrayList<>();
    List<Map<String, List<Float>>> epochs = new ArrayList<>();
    RunPlan plan = plan(start(", head: fresh") + HEAD_FIRST, "run");

    TRAINER.train(
        plan,
        new TrainingListener() {
          @Override
          public void beginsSo(String what) {
            told.add(what);
          }

          @Override
          public void tunes(String phase, String what) {
            told.add(phase + ": " + what);
          }

          @Override
          public void epochDone(EpochMetrics metrics, int all, boolean best) {
            epochs.add(values(plan.folder()));
          }
        });

    Map<String, float[]> first = student(begun);
    assertThat(told)
        .containsExactly(
            "head: frozen: backbone, 4,836 of 5,006 parameters",
            "all: learning rates: stem times 0.1, head times 2",
            "head begun fresh: 10 classes in " + begun + ", 10 here (linear)");
    List<String> kept = new ArrayList<>();
    first.forEach(
        (name, numbers) -> {
          if (boxed(numbers).equals(epochs.get(0).get("student/" + name))) {
            kept.add(name);
          }
        });
    assertThat(kept).hasSize(35).doesNotContain("linear.weight", "linear.bias");
    assertThat(epochs.get(0).keySet())
        .filteredOn(path -> path.startsWith("optimizer/"))
        .containsExactlyInAnyOrder(
            "optimizer/momentum/student/linear.weight", "optimizer/momentum/student/linear.bias");
    assertThat(epochs.get(1).keySet())
        .filteredOn(path -> path.startsWith("optimizer/"))
        .hasSize(23);
    first.forEach(
        (name, numbers) ->
            assertThat(epochs.get(1).get("student/" + name)).as(name).isNotEqualTo(boxed(numbers)));
  }

  private static List<Float> boxed(float[] numbers) {
    List<Float> boxed = new ArrayList<>();
    for (float number : numbers) {
      boxed.add(number);
    }
    return boxed;
  }

  private static Map<String, float[]> student(Path run) {
    Map<String, float[]> values = new TreeMap<>();
    Checkpoints.of(run)
        .read(Checkpoints.Which.BEST)
        .orElseThrow()
        .values()
        .forEach(
            (path, saved) -> {
              if (path.startsWith("student/")) {
                values.put(path.substring("student/".length()), saved.numbers());
              }
            });
    return values;
  }

  @Test
  void a_run_stopped_in_either_phase_ends_with_the_same_numbers() {
    RunPlan whole = plan(start("") + HEAD_FIRST.replace("epochs: 1", "epochs: 2"), "whole");
    RunPlan stopped = new RunPlan(whole.config(), folder.resolve("stopped"), folder);
    TRAINER.train(whole, TrainingListener.SILENT);

    for (int steps : new int[] {6, 7}) { // within the second epoch, and within the third
      assertThatThrownBy(() -> TRAINER.train(stopped, new SmallRuns.Stop(steps)))
          .hasMessage("stopped by the test");
    }
    TRAINER.train(stopped, TrainingListener.SILENT);

    assertThat(numbers(stopped.folder())).isEqualTo(numbers(whole.folder()));
    assertThat(values(stopped.folder())).isEqualTo(values(whole.folder()));
  }

  @Test
  void a_term_that_reads_frozen_layers_alone_is_told() {
    List<String> told = new ArrayList<>();
    String yaml =
        start("")
            + "teacher: {run: "
            + begun
            + ", allow-weak: true}\n"
            + """
            phases:
              - name: head
                epochs: 1
                freeze: [backbone]
                objective: [{term: cross-entropy}, {term: match, tap: pooled}]
            """;

    TRAINER.train(
        plan(yaml, "told"),
        new TrainingListener() {
          @Override
          public void tunes(String phase, String what) {
            told.add(what);
          }
        });

    assertThat(told)
        .contains(
            "match reads frozen layers alone (pooled): it teaches the student nothing in"
                + " this phase");
    assertThatThrownBy(
            () -> TRAINER.check(plan(yaml.replace("{term: cross-entropy}, ", ""), "refused")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "phases[0].freeze: nothing is left to learn: match reads frozen layers alone");
  }

  /** Weights of the same network for other classes, such as those of a data set of photographs. */
  private Path file(int classes) throws IOException {
    Path file = folder.resolve("of-" + classes + ".npz");
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    Weights read = Checkpoints.weightsOf(begun, Checkpoints.Which.BEST);
    arrays.putAll(read.arrays());
    arrays.put("linear.weight", new Weights.Array(Shape.of(classes, 16), new float[classes * 16]));
    arrays.put("linear.bias", new Weights.Array(Shape.of(classes), new float[classes]));
    NpzFile.write(new Weights("of-" + classes, arrays), file);
    return file;
  }

  private List<String> told(String yaml, String name) {
    List<String> told = new ArrayList<>();
    TRAINER.train(
        plan(yaml, name),
        new TrainingListener() {
          @Override
          public void begins(String source, int known, int variables) {
            told.add(known + " of " + variables);
          }

          @Override
          public void beginsSo(String what) {
            told.add(what);
          }
        });
    return told;
  }

  private static final String ONE_PHASE =
      "phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]\n";

  @Test
  void weights_for_other_classes_begin_all_layers_but_the_head() throws IOException {
    Path other = file(7);
    String from = "start: {weights: " + other + "}\n" + DATA + STUDENT + ONE_PHASE;

    List<String> told = told(from, "other-classes");

    assertThat(told)
        .containsExactly(
            "35 of 37", "head begun fresh: 7 classes in " + other + ", 10 here (linear)");
    String frozen = from.replace("epochs: 1,", "epochs: 1, freeze: [head],");
    assertThatThrownBy(() -> TRAINER.train(plan(frozen, "frozen-head"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("phases[0].freeze: linear would stay random")
        .hasMessageContaining("head begun fresh: 7 classes");
    assertThat(folder.resolve("frozen-head")).doesNotExist();
    String kept = from.replace(".npz}", ".npz, head: kept}");
    assertThatThrownBy(() -> TRAINER.check(plan(kept, "kept")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("has a head of 7 classes, the student one of 10");
  }

  @Test
  void weights_of_a_thousand_classes_remind_of_the_normalization_of_imagenet() throws IOException {
    String from = "start: {weights: " + file(1000) + "}\n" + DATA + STUDENT + ONE_PHASE;

    assertThat(told(from, "data-set"))
        .contains(
            "the weights know 1,000 classes, as those of ImageNet do, and pictures are normalised"
                + " as those of shapes; weights of torchvision, and most of timm, expect"
                + " normalization: imagenet");
    assertThat(told(from + "normalization: imagenet\n", "imagenet"))
        .noneMatch(words -> words.contains("as those of ImageNet do"));
    assertThat(RunFolder.config(folder.resolve("imagenet")))
        .content()
        .contains("mean:\n    - 0.485\n    - 0.456\n    - 0.406");
  }

  @Test
  void a_student_sees_pictures_as_the_run_that_it_begins_with() {
    String own = "normalization: {mean: [0.25, 0.5, 0.75], std: [0.5, 0.5, 0.25]}\n";
    Path first = folder.resolve("first");
    TRAINER.train(
        new RunPlan(parse(DATA + STUDENT + ONE_PHASE + own), first, folder),
        TrainingListener.SILENT);
    String from = "start: {run: " + first + "}\n" + DATA + STUDENT + ONE_PHASE;

    assertThat(told(from, "taken"))
        .contains(
            "pictures are normalised as in the run that the student begins with: mean [0.25, 0.5,"
                + " 0.75], std [0.5, 0.5, 0.25]");
    assertThat(RunFolder.config(folder.resolve("taken")))
        .content()
        .contains(
            "mean:\n    - 0.25\n    - 0.5\n    - 0.75\n  std:\n    - 0.5\n    - 0.5\n    - 0.25\n");
    // A run of the data set's own leaves the configuration as it is.
    told(start("") + ONE_PHASE, "usual");
    assertThat(RunFolder.config(folder.resolve("usual"))).content().doesNotContain("normalization");
  }

  @Test
  void another_network_is_refused_before_anything_is_trained() {
    String wider = start("").replace("width: 4", "width: 8") + ONE_PHASE;

    assertThatThrownBy(() -> TRAINER.train(plan(wider, "wider"), TrainingListener.SILENT))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("weights of another network: conv1.weight is [4, 3, 3, 3]");
    assertThat(folder.resolve("wider")).doesNotExist();
  }

  @Test
  void frozen_weights_that_nobody_has_trained_are_refused() {
    assertThatThrownBy(() -> TRAINER.check(plan(DATA + STUDENT + HEAD_FIRST, "random")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("phases[0].freeze: bn1 and further layers (14 in all) would stay")
        .hasMessageContaining("the configuration has no start");
  }

  /** Rounded, and with signs: their frozen layers keep their weights too. */
  @ParameterizedTest
  @ValueSource(strings = {"quantization: {weights: 8}", "binary: xnor"})
  void students_that_compute_otherwise_have_frozen_layers_too(String how) {
    String yaml = start("").replace("width: 4", "width: 4, " + how) + HEAD_FIRST;
    List<Map<String, List<Float>>> epochs = new ArrayList<>();
    RunPlan plan = plan(yaml, "run");

    TRAINER.train(
        plan,
        new TrainingListener() {
          @Override
          public void epochDone(EpochMetrics metrics, int all, boolean best) {
            epochs.add(values(plan.folder()));
          }
        });

    student(begun)
        .forEach(
            (name, numbers) -> {
              if (!name.startsWith("linear")) {
                assertThat(epochs.get(0).get("student/" + name)).isEqualTo(boxed(numbers));
              }
            });
    assertThat(epochs).hasSize(2);
  }
}
