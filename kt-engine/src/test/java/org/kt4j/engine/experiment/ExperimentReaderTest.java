package org.kt4j.engine.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.Augmentation;
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
            engine: onnx-runtime
            input: {name: x, layout: nhwc, channels: bgr, scaling: bytes, size: [224, 200]}
            outputs: {logits: out, stage3: /layer3/Relu_output_0}
            normalization: {mean: [0, 0, 0], std: [1, 1, 1]}
          - {name: wide, network: resnet-20, width: 32, weights: wide.npz, allow-weak: true}
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
                TeacherEngine.ONNX_RUNTIME,
                new TeacherInput(
                    "x",
                    TeacherInput.Layout.NHWC,
                    TeacherInput.Channels.BGR,
                    TeacherInput.Scaling.BYTES,
                    List.of(224, 200)),
                Map.of("logits", "out", "stage3", "/layer3/Relu_output_0")));
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
            "test.yaml: teacher: engine, input and outputs go with model only; our networks know"
                + " theirs");
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
                                    "test.yaml: phases[0].epochs: expected a whole number, found "
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
}
