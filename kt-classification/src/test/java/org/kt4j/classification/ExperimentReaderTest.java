package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.google.inject.Guice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.Augmentation;
import org.kt4j.data.Normalization;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.experiment.BaselineConfig;
import org.kt4j.engine.experiment.CacheConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.ScheduleConfig;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.teacher.LogitsAre;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;

class ExperimentReaderTest {

  private static final ExperimentReader READER =
      Guice.createInjector(new KtModule()).getInstance(ExperimentReader.class);

  private static final String SMALL =
      """
      data: {name: shapes, train: 96, held-out: 32}
      student: {network: resnet-8, width: 4}
      teacher: {config: teacher.yaml}
      phases:
        - {name: only, epochs: 3, objective: [{term: cross-entropy, weight: 2, label-smoothing: 0.1}]}
      """;

  @TempDir private Path folder;

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("test.yaml"), yaml);
  }

  @Test
  void a_weight_is_a_number_or_changes_over_epochs() throws IOException {
    ExperimentConfig config =
        READER.read(
            file(SMALL), Map.of("phases.0.objective.0.weight", "{from: 0, to: 8.5, epochs: 20}"));

    TermWeight ramp = config.phases().get(0).objective().get(0).weight();
    String written = READER.write(config);

    assertThat(ramp).isEqualTo(new TermWeight.Ramp(0, 8.5, 20));
    assertThat(READER.parse("again", written)).isEqualTo(config);
  }

  @Test
  void a_weight_that_is_neither_is_a_mistake() throws IOException {
    Path file = file(SMALL);
    String place = "phases.0.objective.0.weight";

    assertThatThrownBy(() -> READER.read(file, Map.of(place, "much")))
        .hasMessageContaining(
            "phases[0].objective[0].weight: expected a number, or a map such as {from: 0, to: 8,"
                + " epochs: 20} or {share: 0.5}, found \"much\"");
    assertThatThrownBy(() -> READER.read(file, Map.of(place, "{from: 0, to: -8, epochs: 20}")))
        .hasMessageContaining("weight.to: -8.0 is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(() -> READER.read(file, Map.of(place, "{from: 0, until: 8}")))
        .hasMessageContaining("unknown key 'until'");
  }

  @Test
  void what_is_written_reads_back_as_the_same_experiment() throws IOException {
    ExperimentConfig config = READER.read(file(SMALL), Map.of());

    ExperimentConfig again = READER.parse("again", READER.write(config));

    assertThat(again).isEqualTo(config);
  }

  @Test
  void models_several_teachers_and_a_cache_are_written_and_read_back() throws IOException {
    String yaml =
        """
        data: {name: shapes, train: 96, held-out: 32}
        student: {network: resnet-8, width: 4}
        teachers:
          - name: deep
            weight: 2
            model: deep.onnx
            engine: onnx
            input: {name: x, layout: nhwc, channels: bgr, scaling: bytes, size: [224, 200]}
            outputs:
              logits: out
              stage3: /layer3/Relu_output_0
              stage4: {output: blocks.8, tokens: 14x14, skip: 1}
              pooled: {output: blocks.9, token: 0}
            normalization: {mean: [0, 0, 0], std: [1, 1, 1]}
          - {name: wide, network: resnet-20, width: 32, weights: wide.npz, allow-weak: true, logits-are: probabilities}
          - {name: ours, config: teacher.yaml}
        augmentation: {views: 4, flip: false}
        cache: {precision: half}
        phases:
          - {name: only, epochs: 3, objective: [{term: cross-entropy, teacher: deep}]}
        """;

    ExperimentConfig config = READER.read(file(yaml), Map.of());
    ExperimentConfig again = READER.parse("again", READER.write(config));

    assertThat(again).isEqualTo(config);
    assertThat(config.teachers().get(0).source())
        .isEqualTo(
            new TeacherSource.OfModel(
                Path.of("deep.onnx"),
                TeacherEngine.ONNX,
                new TeacherInput(
                    "x",
                    TeacherInput.Layout.NHWC,
                    TeacherInput.Channels.BGR,
                    TeacherInput.Scaling.BYTES,
                    List.of(224, 200)),
                Map.of(
                    "logits",
                    new ModelOutput("out"),
                    "stage3",
                    new ModelOutput("/layer3/Relu_output_0"),
                    "stage4",
                    new ModelOutput("blocks.8", "14x14", 1, null),
                    "pooled",
                    new ModelOutput("blocks.9", null, 0, 0))));
    assertThat(config.teachers())
        .extracting(TeacherConfig::logitsAre)
        .containsExactly(null, LogitsAre.PROBABILITIES, null);
    assertThat(config.teachers().get(2).source())
        .isEqualTo(new RunSource.OfConfiguration(folder.resolve("teacher.yaml")));
    assertThat(config.augmentation()).isEqualTo(new Augmentation(4, false, 0, 4));
    assertThat(config.cache()).isEqualTo(new CacheConfig(Path.of("cache"), Precision.HALF));
  }

  @Test
  void what_belongs_to_a_model_goes_with_a_model_only() {
    assertThatThrownBy(
            () ->
                READER.parse(
                    "test.yaml",
                    SMALL.replace("{config: teacher.yaml}", "{run: a, outputs: {logits: x}}")))
        .hasMessage(
            "test.yaml: teacher: input and outputs go with model only; our networks know theirs");
    assertThatThrownBy(
            () ->
                READER.parse(
                    "test.yaml",
                    SMALL.replace("{config: teacher.yaml}", "{run: a, engine: pytorch}")))
        .hasMessage(
            "test.yaml: teacher: engine computes models of other tools; allowed of a network of"
                + " ours: in-graph, onnx");
    for (String keys : List.of("run: a, precision: int8", "model: a.onnx, precision: int8")) {
      assertThatThrownBy(
              () ->
                  READER.parse(
                      "test.yaml", SMALL.replace("{config: teacher.yaml}", "{" + keys + "}")))
          .hasMessage(
              "test.yaml: teacher: precision int8 goes with a network of ours and engine: onnx; a"
                  + " model has its own");
    }
    assertThatThrownBy(
            () ->
                READER.parse(
                    "test.yaml",
                    SMALL.replace(
                        "{config: teacher.yaml}", "{model: a.onnx, input: {size: [32]}}")))
        .hasMessageContaining("test.yaml: teacher.input.size: ")
        .hasMessageContaining("[height, width], each 1 to 8192");
  }

  @Test
  void what_is_left_out_has_its_default() throws IOException {
    ExperimentConfig config = READER.read(file(SMALL), Map.of());

    assertThat(config.batchSize()).isEqualTo(64);
    assertThat(config.seed()).isEqualTo(1);
    assertThat(config.optimizer()).isEqualTo(OptimizerConfig.defaults());
    assertThat(config.schedule()).isEqualTo(ScheduleConfig.defaults());
  }

  @Test
  void overrides_reach_into_lists() throws IOException {
    ExperimentConfig config = READER.read(file(SMALL), Map.of("phases.0.epochs", "7", "seed", "3"));

    assertThat(config.phases().get(0).epochs()).isEqualTo(7);
    assertThat(config.seed()).isEqualTo(3);
  }

  @Test
  void another_configuration_is_found_beside_the_one_that_names_it() throws IOException {
    ExperimentConfig config = READER.read(file(SMALL), Map.of());

    TeacherConfig teacher = config.teacher();
    assertThat(teacher).isNotNull();
    assertThat(teacher.source())
        .isEqualTo(new RunSource.OfConfiguration(folder.resolve("teacher.yaml")));
  }

  @Test
  void all_mistakes_are_reported_at_once() throws IOException {
    Path wrong =
        file(
            """
            data: {name: shaps}
            student: {network: resnet-8, widht: 4}
            phases:
              - {name: only, epochs: many, objective: [{term: cross-entropi}]}
            optimiser: {name: sgd}
            """);

    assertThatThrownBy(() -> READER.read(wrong, Map.of()))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .hasSize(5)
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .startsWith("test.yaml: unknown key 'optimiser'")
                                .endsWith("did you mean 'optimizer'?"))
                    .anySatisfy(p -> assertThat(p).contains("data.name: unknown data set 'shaps'"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .startsWith("test.yaml: student: unknown key 'widht'")
                                .endsWith("did you mean 'width'?"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .isEqualTo(
                                    "test.yaml: phases[0].epochs: expected a whole number (passes over the training pictures, 1 to 1000000), found "
                                        + "'many' (text)"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .contains(
                                    "phases[0].objective[0].term: unknown term 'cross-entropi'")));
  }

  @Test
  void a_teacher_has_exactly_one_source() {
    assertThatThrownBy(
            () -> READER.parse("test.yaml", SMALL.replace("{config: teacher.yaml}", "{}")))
        .hasMessage("test.yaml: teacher: needs exactly one of run, config, weights and model");
    assertThatThrownBy(
            () ->
                READER.parse(
                    "test.yaml", SMALL.replace("{config: teacher.yaml}", "{weights: a.npz}")))
        .hasMessage(
            "test.yaml: teacher: weights need the network that they belong to: {network: resnet-56, "
                + "weights: ...}");
  }

  @Test
  void each_source_is_written_with_its_own_keys_alone() {
    String yaml =
        SMALL.replace(
            "teacher: {config: teacher.yaml}",
            """
                teachers:
                  - {name: a, run: runs/a}
                  - {name: b, config: b.yaml}
                  - {name: c, network: resnet-8, width: 4, weights: c.npz}
                  - {name: d, model: d.onnx}
                start: {weights: start.npz}
                baseline: {config: alone.yaml}\
                """);

    ExperimentConfig config = READER.parse("test.yaml", yaml);
    String written = READER.write(config);

    assertThat(written)
        .contains(
            """
            teachers:
              - run: runs/a
                name: a
                weight: 1.0
                allow-weak: false
              - config: b.yaml
                name: b
                weight: 1.0
                allow-weak: false
              - network: resnet-8
            """,
            """
                weights: c.npz
                name: c
                weight: 1.0
                allow-weak: false
              - model: d.onnx
                input:
            """,
            """
            start:
              weights: start.npz
            baseline:
              config: alone.yaml
            """)
        .doesNotContain("null");
    assertThat(READER.parse("again", written)).isEqualTo(config);
  }

  @Test
  void frozen_parts_rates_and_a_head_are_written_back_and_absent_where_they_are_not_set()
      throws IOException {
    ExperimentConfig config =
        READER.read(
            file(SMALL + "start: {weights: a.npz, head: fresh}\n"),
            Map.of(
                "phases.0.freeze", "[stem, stage1]",
                "phases.0.learning-rates", "{stage3: 0.1, head: 10}"));

    PhaseConfig phase = config.phases().get(0);
    assertThat(phase.frozen()).containsExactly("stem", "stage1");
    assertThat(phase.factors()).containsExactly(entry("stage3", 0.1), entry("head", 10.0));
    String written = READER.write(config);
    assertThat(written)
        .contains(
            """
            start:
              weights: a.npz
              head: fresh
            """,
            """
                freeze:
                  - stem
                  - stage1
                learning-rates:
                  stage3: 0.1
                  head: 10.0
            """);
    assertThat(READER.parse("again", written)).isEqualTo(config);
    assertThat(READER.write(READER.read(file(SMALL + "start: {weights: a.npz}\n"), Map.of())))
        .doesNotContain("freeze", "learning-rates", "head:");
  }

  @Test
  void a_normalization_may_have_a_name_and_is_written_as_numbers() throws IOException {
    ExperimentConfig config =
        READER.read(
            file(SMALL.replace("teacher.yaml", "teacher.yaml, normalization: cifar-10")),
            Map.of("normalization", "imagenet"));

    assertThat(config.normalization()).isEqualTo(Normalization.imageNet());
    // The numbers of the data set of that name.
    assertThat(config.allTeachers().get(0).normalization())
        .isEqualTo(
            new Normalization(List.of(0.4914, 0.4822, 0.4465), List.of(0.2470, 0.2435, 0.2616)));
    assertThat(READER.parse("again", READER.write(config))).isEqualTo(config);
    assertThat(READER.write(config)).contains("mean:\n    - 0.485\n").doesNotContain("imagenet");
    assertThatThrownBy(() -> READER.read(file(SMALL), Map.of("normalization", "imagnet")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("normalization: unknown normalization 'imagnet'; known: imagenet, ")
        .hasMessageEndingWith(", {mean: [...], std: [...]}; did you mean 'imagenet'?");
    assertThatThrownBy(() -> READER.read(file(SMALL), Map.of("normalization", "7")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "normalization: expected a name or a map, found 7; known: imagenet, ");
  }

  @Test
  void a_start_and_a_baseline_are_found_beside_the_file_too() throws IOException {
    ExperimentConfig config =
        READER.read(
            file(SMALL + "start: {config: start.yaml}\nbaseline: {config: alone.yaml}\n"),
            Map.of());

    assertThat(config.start())
        .isEqualTo(new StartConfig(new RunSource.OfConfiguration(folder.resolve("start.yaml"))));
    assertThat(config.baseline())
        .isEqualTo(new BaselineConfig(new RunSource.OfConfiguration(folder.resolve("alone.yaml"))));
  }

  @Test
  void mistakes_in_a_source_are_reported_with_those_beside_it() {
    assertThatThrownBy(
            () ->
                READER.parse(
                    "test.yaml",
                    SMALL.replace(
                            "{config: teacher.yaml}",
                            "{network: resnet-8, widht: 4, wieghts: a.npz, weight: 0}")
                        + "start: {run: a, model: b}\n"))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .startsWith("test.yaml: teacher: unknown key 'widht'; known: ")
                                .endsWith("did you mean 'width'?"))
                    .anySatisfy(
                        p ->
                            assertThat(p)
                                .startsWith("test.yaml: teacher: unknown key 'wieghts'; known: ")
                                .endsWith("did you mean 'weights'?"))
                    .contains(
                        "test.yaml: teacher.weight: 0.0 is not allowed; allowed: 1e-6 to 1e6",
                        "test.yaml: teacher: needs exactly one of run, config, weights and model",
                        "test.yaml: start: unknown key 'model'; known: run, config, weights, head")
                    .hasSize(5));
  }

  @Test
  void what_is_taken_of_a_file_of_weights_is_written_and_read_again() {
    String yaml =
        SMALL.replace(
            "teacher: {config: teacher.yaml}",
            "teacher: {network: resnet-8, weights: a.pt, part: ema, rename: {head: fc, a.b: ''}}\n"
                + "start: {weights: b.pt, part: net, rename: {x: y}}");

    ExperimentConfig config = READER.parse("test.yaml", yaml);
    String written = READER.write(config);

    assertThat(written)
        .contains("  part: ema\n  rename:\n    head: fc\n", "start:\n  weights: b.pt");
    assertThat(READER.parse("again", written)).isEqualTo(config);
    assertThatThrownBy(
            () ->
                READER.parse(
                    "test.yaml", SMALL.replace("{config: teacher.yaml}", "{run: a, part: ema}")))
        .hasMessage(
            "test.yaml: teacher: part and rename go with weights only; they say what is taken of a"
                + " file");
    assertThatThrownBy(() -> READER.parse("test.yaml", SMALL + "start: {run: a, part: b}\n"))
        .hasMessage("test.yaml: start: unknown key 'part'; known: run, config, weights, head");
  }

  @Test
  void a_start_has_exactly_one_source() {
    assertThatThrownBy(() -> READER.parse("test.yaml", SMALL + "start: {run: a, weights: b.npz}\n"))
        .hasMessage("test.yaml: start: needs exactly one of run, config and weights");
  }

  @Test
  void an_optimizer_and_a_schedule_have_their_own_keys_alone() {
    String plain = READER.write(READER.parse("test.yaml", SMALL));
    String others =
        READER.write(
            READER.parse(
                "test.yaml",
                SMALL + "optimizer: {name: adam-w}\nschedule: {name: step, milestones: [2]}\n"));

    assertThat(plain)
        .contains(
            """
            optimizer:
              name: sgd
              learning-rate: 0.1
              momentum: 0.9
              nesterov: true
              weight-decay: 0.0001
              decay-all: false
              clip-norm: 0.0
            schedule:
              name: cosine
              warm-up-epochs: 0.0
            seed: 1
            """);
    assertThat(others)
        .contains(
            """
            optimizer:
              name: adam-w
              learning-rate: 0.1
              beta1: 0.9
              beta2: 0.999
              epsilon: 1.0E-8
              weight-decay: 0.0001
              decay-all: false
              clip-norm: 0.0
            schedule:
              name: step
              warm-up-epochs: 0.0
              milestones:
                - 2
              factor: 0.1
            seed: 1
            """);
  }

  @Test
  void a_key_of_another_optimizer_is_a_mistake() throws IOException {
    Path withMomentum = file(SMALL + "optimizer: {momentum: 0.8}\n");

    assertThatThrownBy(() -> READER.parse("test.yaml", SMALL + "optimizer: {beta1: 0.8}\n"))
        .hasMessage(
            "test.yaml: optimizer.beta1: belongs to adam and adam-w, not to sgd, which has"
                + " learning-rate, momentum, nesterov, weight-decay, decay-all, clip-norm; fix:"
                + " leave it out, or name: adam or adam-w");
    assertThatThrownBy(() -> READER.read(withMomentum, Map.of("optimizer.name", "adam")))
        .hasMessageStartingWith(
            "test.yaml: optimizer.momentum: belongs to sgd, not to adam, which has learning-rate,"
                + " beta1, beta2, epsilon");
    assertThatThrownBy(
            () -> READER.parse("test.yaml", SMALL + "schedule: {name: cosine, factor: 0.5}\n"))
        .hasMessage(
            "test.yaml: schedule.factor: belongs to step, not to cosine, which has warm-up-epochs;"
                + " fix: leave it out, or name: step");
  }
}
