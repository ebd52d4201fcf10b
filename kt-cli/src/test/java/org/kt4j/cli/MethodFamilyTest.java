package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import com.google.inject.Guice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.Preset;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.registry.Methods;

/** The methods as a user of the command meets them: presets, phases, mistakes. */
class MethodFamilyTest {

  private static final String EXPERIMENT =
      """
      data: {name: shapes, train: 160, held-out: 32, test: 32, size: 16}
      teacher: {config: teacher.yaml, allow-weak: true}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      phases:
      """;

  private static final ExperimentReader READER =
      Guice.createInjector(KtModule.fromClassPath()).getInstance(ExperimentReader.class);

  @TempDir private static Path folder;

  @BeforeAll
  static void write_the_teacher() throws IOException {
    Files.writeString(
        folder.resolve("teacher.yaml"),
        EXPERIMENT.replace("teacher: {config: teacher.yaml, allow-weak: true}\n", "")
            + "  - {name: alone, epochs: 1, objective: [{term: cross-entropy}]}\n");
  }

  private static CommandRun train(String name, String phases) throws IOException {
    Path config = Files.writeString(folder.resolve(name + ".yaml"), EXPERIMENT + phases);
    return kt("train", config, "--runs", folder.resolve("runs"));
  }

  private static String phase(String objective) {
    return "  - {name: distil, epochs: 1, objective: " + objective + "}\n";
  }

  static List<String> presets() {
    return Guice.createInjector(KtModule.fromClassPath()).getInstance(Methods.class).all().stream()
        .flatMap(method -> method.presets().stream())
        .map(Preset::name)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("presets")
  void every_preset_stands_for_terms_that_exist(String preset) {
    ExperimentConfig named =
        READER.parse("test.yaml", EXPERIMENT + phase("[{preset: " + preset + "}]"));

    assertThat(named.phases().get(0).objective()).isNotEmpty();
    assertThat(READER.parse("again.yaml", READER.write(named))).isEqualTo(named);
  }

  @Test
  void a_presets_further_terms_go_to_the_end_so_that_others_keep_their_place() {
    ExperimentConfig config =
        READER.parse(
            "test.yaml",
            EXPERIMENT + phase("[{preset: kd-repdistiller}, {term: nst, weight: 50}]"));

    assertThat(config.phases().get(0).objective())
        .extracting(TermConfig::term)
        .containsExactly("cross-entropy", "nst", "kd");
    assertThat(config.phases().get(0).objective())
        .extracting(term -> term.weight().described())
        .containsExactly("0.1", "50", "0.9");
  }

  @Test
  void mistakes_in_presets_and_terms_are_told_at_once() throws IOException {
    CommandRun run =
        train(
            "mistakes",
            phase("[{preset: kd-repdistiler}, {preset: kd-paper, weight: 2}]")
                + phase("[{term: nst, weight: -1, degree: 0}, {term: kd, temperature: -4}]"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("phases[0].objective[0].preset: unknown 'kd-repdistiler'; known: ")
        .contains("did you mean 'kd-repdistiller'?")
        .contains("phases[0].objective[1]: a preset takes no further keys")
        .contains("phases[1].objective[0].weight: -1.0 is not allowed; allowed: 0 to 1e9")
        .contains("phases[1].objective[0].degree: 0 is not allowed; allowed: 1 to 100")
        .contains("phases[1].objective[1].temperature: -4.0 is not allowed");
  }

  @Test
  void phases_that_are_no_list_are_told_so() throws IOException {
    CommandRun run = train("map", "  distil: {epochs: 1, objective: [{preset: kd-paper}]}\n");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("phases: expected a list of maps, found a map");
  }

  @Test
  void layers_that_do_not_exist_or_fit_are_told_before_the_first_step() throws IOException {
    CommandRun run =
        train(
            "layers",
            phase(
                "[{term: nst, layers: {stage3: stage4}}, {term: attention, layers: {stage2:"
                    + " stage3}}, {term: fitnets, layers: {stage3: stage2}}]"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("phases[0].objective[0]: unknown tap of the student 'stage4'; known: ")
        .contains("phases[0].objective[1]: term 'attention': the maps of a pair must have the same")
        .contains("phases[0].objective[2]: term 'fitnets': the hint 'stage3' [-1, 4, 4, 16] lies")
        .contains("above the guided layer 'stage2' [-1, 8, 8, 8]");
  }

  /** The paper's two stages: a phase with the hint alone, one with distillation. */
  @Test
  void fitnets_trains_in_two_stages() throws IOException {
    CommandRun run =
        train(
            "two-stages",
            "  - {name: hint, epochs: 1, objective: [{preset: fitnets-hint}]}\n"
                + phase("[{preset: kd-paper}]"));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("layers     fitnets: stage2")
        .containsPattern("epoch 1/2 {2}fitnets [0-9.]+ +held-out")
        .containsPattern("epoch 2/2 {2}cross-entropy [0-9.]+ +kd [0-9.]+ +train");
  }

  /** The paraphraser alone, then the student with it; and what the second needs of the first. */
  @Test
  void factor_transfer_trains_in_two_stages() throws IOException {
    CommandRun run =
        train(
            "factors",
            "  - {name: paraphrase, epochs: 1, objective: [{preset: ft-paraphraser}]}\n"
                + phase("[{preset: ft-translator}]"));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("layers     ft: the teacher's stage3", "layers     ft: stage3")
        .containsPattern("epoch 1/2 {2}ft [0-9.]+ +held-out")
        .containsPattern("epoch 2/2 {2}cross-entropy [0-9.]+ +ft [0-9.]+ +train");

    // A phase between would lose them: only what a phase computes with is handed on.
    CommandRun between =
        train(
            "translator",
            "  - {name: paraphrase, epochs: 1, objective: [{preset: ft-paraphraser}]}\n"
                + "  - {name: hint, epochs: 1, objective: [{preset: fitnets-hint}]}\n"
                + phase("[{preset: ft-translator}]"));

    assertThat(between.exitCode()).isEqualTo(2);
    assertThat(between.err())
        .contains("phases[2].objective[1]: term 'ft': computes with ft/stage3.encoder.1.weight, ")
        .contains("which it does not train and which the phase directly before does not hand on;");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nst, kernel: gaussian",
        "attention, weight: 1000",
        "logit-regression",
        "fitnets, form: pre-regression, batch-norm: true",
        "fitnets, form: neuron-selection, neurons: 8"
      })
  void every_method_trains_beside_cross_entropy(String term) throws IOException {
    CommandRun run =
        train("one-" + term.hashCode(), phase("[{term: cross-entropy}, {term: " + term + "}]"));

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out()).contains("complete ");
  }
}
