package org.kt4j.comparison.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Split;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.Tasks;
import org.kt4j.engine.teacher.Teacher;

/** Networks with their first values: they know nothing, but their neurons differ. */
class TransferFiguresTest {

  private static final int PICTURES = 60; // more than a batch, so that sums go on

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());
  private static final ExperimentReader READER = INJECTOR.getInstance(ExperimentReader.class);
  private static final Tasks TASKS = INJECTOR.getInstance(Tasks.class);
  private static final TransferFigures FIGURES = INJECTOR.getInstance(TransferFigures.class);

  private static final ObservableNetworks WIDE = networks(6, 1);
  private static final ObservableNetworks NARROW = networks(4, 2);

  private static final ImageDataset TEST = NARROW.pictures(Split.TEST);
  private static final Teacher TEACHER = WIDE.untrained();
  private static final Teacher STUDENT = NARROW.untrained();

  private static ObservableNetworks networks(int width, int seed) {
    ExperimentConfig config = config(width, seed);
    return TASKS.of(config).observe(config, Path.of("runs"));
  }

  @AfterAll
  static void close() {
    WIDE.close();
    NARROW.close();
  }

  private static ExperimentConfig config(int width, int seed) {
    return READER.parse(
        "test",
        "{data: {name: shapes, train: 8, held-out: 0, test: 60, size: 16}, student: {network:"
            + " resnet-8, width: "
            + width
            + "}, phases: [{name: one, epochs: 1, objective: [{term: cross-entropy}]}], seed: "
            + seed
            + "}");
  }

  private static FigureOptions options(@Nullable String layer) {
    return new FigureOptions(layer, PICTURES, 3, 4, 1);
  }

  private static NeuronFindings findings(Teacher teacher, Teacher before, Teacher after) {
    return FIGURES.examine(new Subject(teacher, before, after, TEST), options(null), seen -> {});
  }

  /** 1e-6: what float32 leaves of a difference of numbers of order one. */
  @Test
  void a_network_has_no_distance_from_itself() {
    NeuronFindings findings = findings(TEACHER, STUDENT, TEACHER);

    assertThat(findings.mmd())
        .extracting(KernelDistance::kernel)
        .containsExactly("linear", "polynomial", "gaussian");
    assertThat(findings.mmd())
        .allSatisfy(mmd -> assertThat(mmd.after()).isCloseTo(0, within(1e-6)))
        .allSatisfy(mmd -> assertThat(mmd.before()).isGreaterThan(1e-4));
    // The square root of what float32 leaves.
    assertThat(findings.nearestAfter()).isCloseTo(0, within(1e-3));
    assertThat(findings.nearestBefore()).isBetween(0.01, Math.sqrt(2));
    assertThat(findings.neurons())
        .isNotEmpty()
        .allSatisfy(each -> assertThat(each.match().similarityAfter()).isCloseTo(1, within(1e-5)))
        .allSatisfy(
            each ->
                assertThat(each.match().after().channel())
                    .isEqualTo(each.match().neuron().channel()))
        .allSatisfy(each -> assertThat(each.sights()).hasSize(4));
  }

  @Test
  void figures_stopped_anywhere_are_the_same_the_next_time(@TempDir Path folder)
      throws IOException {
    NeuronFindings findings = findings(TEACHER, STUDENT, STUDENT);
    findings.write(folder.resolve("whole"));
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      Path place = folder.resolve("stopped-" + step);
      stopped = FileSteps.stoppedBefore(step++, () -> findings.write(place));
      findings.write(place);

      assertThat(place.toFile().list())
          .as("stopped before step " + (step - 1))
          .containsExactlyInAnyOrder(folder.resolve("whole").toFile().list());
      assertThat(place.resolve("figures.html"))
          .hasSameBinaryContentAs(folder.resolve("whole/figures.html"));
    }
    // Three for each of six files.
    assertThat(step).isEqualTo(18 + 1);
  }

  /** The linear kernel is a sum of inner products, which the patterns hold as well. */
  @Test
  void the_term_and_the_inner_products_of_the_patterns_agree() {
    Subject subject = new Subject(TEACHER, STUDENT, STUDENT, TEST);
    LayerPair layers = ComparedLayers.of(subject, "stage2=stage2");
    Map<String, KnowledgeTransfer> methods =
        NstMethods.on(layers, INJECTOR.getInstance(Methods.class));
    List<Integer> seen = new ArrayList<>();

    Survey survey;
    try (SelectivityGraph graph = new SelectivityGraph(subject, layers)) {
      survey = graph.survey(TEST, methods, seen::add);
    }

    assertThat(seen).containsExactly(50, 60);
    NeuronPatterns patterns = survey.patterns();
    double expected =
        mean(patterns, NeuronSet.TEACHER, NeuronSet.TEACHER)
            + mean(patterns, NeuronSet.AFTER, NeuronSet.AFTER)
            - 2 * mean(patterns, NeuronSet.TEACHER, NeuronSet.AFTER);
    assertThat(survey.mmd().get(0).after()).isCloseTo(expected, within(1e-5));
    assertThat(survey.mmd().get(0).before()).isEqualTo(survey.mmd().get(0).after());
  }

  /** Inner product of two neurons' maps at length one, mean over all pairs and pictures. */
  private static double mean(NeuronPatterns patterns, NeuronSet one, NeuronSet other) {
    double sum = 0;
    for (Neuron x : patterns.alive(one)) {
      for (Neuron y : patterns.alive(other)) {
        sum +=
            patterns.cosine(x, y) * Math.sqrt((double) patterns.pictures(x) * patterns.pictures(y));
      }
    }
    return sum / PICTURES / patterns.channels(one) / patterns.channels(other);
  }

  @Test
  void the_last_layers_of_one_size_are_compared_unless_others_are_named() {
    Subject subject = new Subject(TEACHER, STUDENT, STUDENT, TEST);

    LayerPair last = ComparedLayers.of(subject, null);
    LayerPair named = ComparedLayers.of(subject, "stage1.pre-relu=stage1");

    assertThat(List.of(last.teacher(), last.student())).containsExactly("stage3", "stage3");
    assertThat(List.of(named.teacher(), named.student()))
        .containsExactly("stage1.pre-relu", "stage1");
  }

  @Test
  void layers_that_cannot_be_compared_are_told_with_those_that_can() {
    Subject subject = new Subject(TEACHER, STUDENT, STUDENT, TEST);

    assertThatThrownBy(() -> ComparedLayers.of(subject, "stage2"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--layer: 'stage2'; allowed: TEACHERTAP=STUDENTTAP; the teacher's")
        .hasMessageContaining("stage3 4x4");
    assertThatThrownBy(() -> ComparedLayers.of(subject, "stage4=stage3"))
        .hasMessageContaining("unknown tap of the teacher 'stage4'; known: ")
        .hasMessageContaining("did you mean 'stage1'?");
    assertThatThrownBy(() -> ComparedLayers.of(subject, "stage2=stage3"))
        .hasMessageContaining("are no feature maps of one height and width");
    assertThatThrownBy(() -> ComparedLayers.of(subject, "logits=logits"))
        .hasMessageContaining("are no feature maps of one height and width");
  }
}
