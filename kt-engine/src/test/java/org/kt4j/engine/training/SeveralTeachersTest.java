package org.kt4j.engine.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;

/** Whole runs, small, that learn from stored knowledge and from several teachers. */
class SeveralTeachersTest {

  private static final String DATA =
      "data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}\n";
  private static final String STUDENT = "student: {network: resnet-8, width: 4}\nbatch-size: 16\n";

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Injector injector;
  private static Trainer trainer;

  @BeforeAll
  static void train_two_teachers() {
    injector =
        Guice.createInjector(
            new KtModule(),
            new AbstractModule() {
              @Override
              protected void configure() {
                Multibinder.newSetBinder(
                        binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {})
                    .addBinding()
                    .to(TrainerTest.MatchProvider.class);
              }
            });
    trainer = injector.getInstance(Trainer.class);
    for (String seed : List.of("1", "2")) {
      trainer.train(
          new RunPlan(
              parse(
                  DATA
                      + STUDENT
                      + "seed: "
                      + seed
                      + "\nphases: [{name: teacher, epochs: 1, objective: [{term:"
                      + " cross-entropy}]}]"),
              shared.resolve("teacher-" + seed),
              shared),
          TrainingListener.SILENT);
    }
  }

  private static ExperimentConfig parse(String yaml) {
    return injector.getInstance(ExperimentReader.class).parse("test.yaml", yaml);
  }

  private static String one() {
    return "teacher: {run: " + shared.resolve("teacher-1") + ", allow-weak: true}\n";
  }

  private static String two(String weight) {
    return "teachers:\n"
        + ("  - {name: a, run: " + shared.resolve("teacher-1") + ", allow-weak: true}\n")
        + ("  - {name: b, run: " + shared.resolve("teacher-2") + ", allow-weak: true")
        + (weight + "}\n");
  }

  private static String phases(String... terms) {
    return "phases: [{name: only, epochs: 3, objective: [{term: cross-entropy}, "
        + String.join(", ", terms)
        + "]}]\n";
  }

  private String stored(String name, String more) {
    return "cache: {folder: " + folder.resolve(name) + more + "}\n";
  }

  private List<EpochMetrics> train(String yaml, String name, TrainingListener listener) {
    RunPlan plan = new RunPlan(parse(yaml), folder.resolve(name), folder);
    trainer.train(plan, listener);
    return RunFolder.metrics(plan.folder());
  }

  private List<EpochMetrics> train(String yaml, String name) {
    return train(yaml, name, TrainingListener.SILENT);
  }

  /** All that does not tell the time. */
  private static List<String> numbers(List<EpochMetrics> metrics) {
    return metrics.stream()
        .map(
            m ->
                List.of(
                        m.epoch(),
                        m.terms(),
                        m.objective(),
                        String.valueOf(m.trainAccuracy()),
                        m.heldOutAccuracy(),
                        m.heldOutCrossEntropy(),
                        String.valueOf(m.agreement()))
                    .toString())
        .toList();
  }

  @Test
  void stored_knowledge_in_single_precision_trains_as_a_live_teacher_does() {
    String yaml =
        DATA
            + STUDENT
            + "augmentation: {views: 2}\n"
            + one()
            + phases("{term: match}", "{term: match, factor: 0.5, weight: 0.1}");

    List<EpochMetrics> live = train(yaml, "live");
    List<EpochMetrics> cached = train(yaml + stored("cache", ""), "cached");
    List<EpochMetrics> again = train(yaml + stored("cache", ""), "again");

    assertThat(numbers(cached)).isEqualTo(numbers(live)).hasSize(3);
    assertThat(numbers(again)).isEqualTo(numbers(live));
  }

  @Test
  void half_precision_moves_the_losses_by_less_than_a_thousandth() {
    String yaml = DATA + STUDENT + "augmentation: {views: 2}\n" + one() + phases("{term: match}");

    List<EpochMetrics> live = train(yaml, "live");
    List<EpochMetrics> half = train(yaml + stored("cache", ", precision: half"), "half");

    double exact = live.get(0).terms().getOrDefault("match", Double.NaN);
    double rounded = half.get(0).terms().getOrDefault("match", Double.NaN);
    // Eleven binary digits of each logit; the first epoch has had no time to drift.
    assertThat(rounded).isNotEqualTo(exact).isCloseTo(exact, within(1e-3 * exact));
  }

  @Test
  void a_run_stopped_in_the_fill_or_in_an_epoch_ends_with_the_same_numbers() {
    String yaml =
        DATA
            + STUDENT
            + "augmentation: {views: 3}\n"
            + two("")
            + phases("{term: match}", "{term: match, teacher: b}");
    List<EpochMetrics> whole = train(yaml, "whole");

    TrainingListener inTheFill =
        new TrainingListener() {
          @Override
          public void filling(long done, long total, double seconds) {
            if (done > 64) {
              throw new IllegalStateException("stopped by the test");
            }
          }
        };
    TrainingListener inAnEpoch =
        new TrainingListener() {
          @Override
          public void stepDone(StepDone step) {
            if (step.epoch() == 2) {
              throw new IllegalStateException("stopped by the test");
            }
          }
        };
    String cached = yaml + stored("cache", "");
    for (TrainingListener stops : List.of(inTheFill, inAnEpoch)) {
      assertThatThrownBy(() -> train(cached, "stopped", stops)).hasMessage("stopped by the test");
    }

    assertThat(numbers(train(cached, "stopped"))).isEqualTo(numbers(whole));
  }

  @Test
  void a_term_averages_over_all_teachers_unless_it_names_one() {
    // The first batch of the first step sees the same student in every run.
    double ofA = firstMatch(two("") + phases("{term: match, teacher: a}"), "a");
    double ofB = firstMatch(two("") + phases("{term: match, teacher: b}"), "b");
    double equal = firstMatch(two("") + phases("{term: match}"), "equal");
    double weighted = firstMatch(two(", weight: 3") + phases("{term: match}"), "weighted");

    assertThat(ofA).isNotCloseTo(ofB, within(1e-4 * ofA));
    assertThat(equal).isCloseTo((ofA + ofB) / 2, within(1e-5 * equal));
    assertThat(weighted).isCloseTo((ofA + 3 * ofB) / 4, within(1e-5 * weighted));
  }

  private double firstMatch(String yaml, String name) {
    List<Double> first = new ArrayList<>();
    train(
        DATA + STUDENT + yaml,
        name,
        new TrainingListener() {
          @Override
          public void stepDone(StepDone step) {
            if (first.isEmpty()) {
              first.addAll(step.terms());
            }
          }
        });
    return first.get(1);
  }

  @Test
  void each_teacher_is_tried_and_then_all_together() {
    List<String> tried = new ArrayList<>();

    train(
        DATA + STUDENT + two("") + phases("{term: match}"),
        "tried",
        new TrainingListener() {
          @Override
          public void teacherEvaluated(String source, double accuracy) {
            tried.add(source);
          }
        });

    assertThat(tried)
        .containsExactly(
            "resnet-8 from " + shared.resolve("teacher-1"),
            "resnet-8 from " + shared.resolve("teacher-2"),
            "all teachers together");
  }

  @Test
  void teachers_that_cannot_be_told_apart_are_refused() {
    assertThatThrownBy(
            () -> parse(DATA + STUDENT + two("").replace("b,", "a,") + phases("{term: match}")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("teachers[1].name: each of several teachers needs a name of its own");
    assertThatThrownBy(() -> parse(DATA + STUDENT + two("") + one() + phases("{term: match}")))
        .hasMessageContaining("teacher and teachers stand side by side");
    assertThatThrownBy(() -> parse(DATA + STUDENT + two("") + phases("{term: match, teacher: bb}")))
        .hasMessageContaining(
            "phases[0].objective[1].teacher: unknown 'bb'; known: a, b; did you mean 'b'?");
    assertThatThrownBy(() -> parse(DATA + STUDENT + two(", weight: 0") + phases("{term: match}")))
        .hasMessageContaining("teachers[1].weight: ");
  }

  @Test
  void fresh_augmentation_cannot_be_stored_and_says_what_can() {
    assertThatThrownBy(
            () -> parse(DATA + STUDENT + one() + stored("cache", "") + phases("{term: match}")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("test.yaml: cache: only pictures that come again can be stored")
        .hasMessageContaining("augmentation: {views: 4}");
  }

  @Test
  void a_mistake_leaves_neither_a_run_nor_a_cache() throws IOException {
    String yaml =
        DATA
            + STUDENT
            + "augmentation: {views: 1}\n"
            + one().replace(", allow-weak: true", "")
            + stored("cache", "")
            + phases("{term: match, tap: nowhere}");

    assertThatThrownBy(() -> train(yaml, "run")).hasMessageContaining("nowhere");

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
