package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.kt4j.classification.SmallRuns.DATA;
import static org.kt4j.classification.SmallRuns.STUDENT;
import static org.kt4j.classification.SmallRuns.TRAINER;
import static org.kt4j.classification.SmallRuns.numbers;
import static org.kt4j.classification.SmallRuns.parse;
import static org.kt4j.classification.SmallRuns.values;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.Split;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.FrozenNetworks;

/** Runs that learn from stored knowledge and from several teachers. */
class RunsOfTeachersTest {

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static Path teacher;
  private static Path otherTeacher;

  @BeforeAll
  static void train_two_teachers() {
    teacher = shared.resolve("teacher");
    otherTeacher = shared.resolve("other-teacher");
    SmallRuns.trainTeacher(teacher, 1);
    SmallRuns.trainTeacher(otherTeacher, 2);
  }

  private RunPlan plan(String yaml, String name) {
    return new RunPlan(parse(yaml), folder.resolve(name), folder);
  }

  /** Three epochs of two views, so that one comes again; knowledge of two terms. */
  private String views(String cache) {
    return DATA
        + STUDENT
        + "augmentation: {views: 2}\n"
        + "phases:\n"
        + "  - name: both\n"
        + "    epochs: 3\n"
        + "    objective:\n"
        + "      [{term: cross-entropy}, {term: match}, {term: match, tap: pooled}]\n"
        + "teacher: {run: "
        + teacher
        + ", allow-weak: true}\n"
        + (cache.isEmpty() ? "" : "cache: {folder: " + folder.resolve("cache") + cache + "}\n");
  }

  /** The files with what teachers say of pictures that do not change. */
  private List<Path> answers() {
    return new KnowledgeCache(folder.resolve("cache"))
        .entries().stream()
            .map(KnowledgeCache.Entry::path)
            .filter(path -> path.getFileName().toString().startsWith("answers-"))
            .toList();
  }

  /** Remembers what there was of each file. */
  private static final class Fills implements TrainingListener {

    private final List<Stock> stock = new ArrayList<>();
    private long computed;

    @Override
    public void found(Stock found) {
      stock.add(found);
    }

    @Override
    public void filling(long done, long total, double seconds) {
      computed = done;
    }
  }

  @Test
  void knowledge_computed_once_trains_as_a_teacher_asked_in_every_step() {
    RunPlan live = plan(views(""), "live");
    RunPlan stored = plan(views(", precision: single"), "stored");
    Fills first = new Fills();
    RunResult expected = TRAINER.train(live, TrainingListener.SILENT);

    RunResult result = TRAINER.train(stored, first);

    assertThat(numbers(stored.folder())).isEqualTo(numbers(live.folder())).hasSize(3);
    assertThat(values(stored.folder())).isEqualTo(values(live.folder()));
    assertThat(result)
        .usingRecursiveComparison()
        .ignoringFields("trainingSeconds", "wallSeconds", "peakMemory")
        .isEqualTo(expected);
    // 64 pictures are one block; two terms, two views.
    assertThat(first.stock).hasSize(2).allMatch(stock -> stock.missing() == 2);
    assertThat(first.computed).isEqualTo(2 * 64);
    List<Path> answers = answers();
    assertThat(answers).hasSize(2); // to the held-out and the test pictures

    Fills second = new Fills();
    TRAINER.train(plan(views(", precision: single"), "again"), second);

    assertThat(second.stock).hasSize(2).allMatch(stock -> stock.missing() == 0);
    assertThat(second.computed).isZero();
    assertThat(answers()).isEqualTo(answers);
    assertThat(numbers(folder.resolve("again"))).isEqualTo(numbers(live.folder()));
  }

  @Test
  void a_fill_that_was_stopped_goes_on_when_the_run_is_started_again() {
    RunPlan live = plan(views(""), "live");
    RunPlan stopped = plan(views(", precision: single"), "stopped");
    TRAINER.train(live, TrainingListener.SILENT);
    TrainingListener inTheFill =
        new TrainingListener() {
          @Override
          public void filling(long done, long total, double seconds) {
            throw new IllegalStateException("stopped by the test");
          }
        };
    Fills fills = new Fills();

    assertThatThrownBy(() -> TRAINER.train(stopped, inTheFill)).hasMessage("stopped by the test");
    assertThat(stopped.folder()).doesNotExist();
    TRAINER.train(stopped, fills);

    // The first of two views was there.
    assertThat(fills.stock).hasSize(2).allMatch(stock -> stock.missing() == 1);
    assertThat(numbers(stopped.folder())).isEqualTo(numbers(live.folder()));
  }

  @Test
  void half_precision_stays_close() {
    RunPlan live = plan(views(""), "live");
    RunPlan stored = plan(views(", precision: half"), "half");
    TRAINER.train(live, TrainingListener.SILENT);

    TRAINER.train(stored, TrainingListener.SILENT);

    List<EpochMetrics> expected = RunFolder.metrics(live.folder());
    List<EpochMetrics> metrics = RunFolder.metrics(stored.folder());
    assertThat(metrics).hasSize(3);
    for (int epoch = 0; epoch < 3; epoch++) {
      // Eleven bits are a relative 5e-4 of each number that is learnt.
      assertThat(metrics.get(epoch).objective())
          .isCloseTo(expected.get(epoch).objective(), withinPercentage(1));
    }
    assertThat(values(stored.folder())).isNotEqualTo(values(live.folder()));
  }

  private String several(String objective, String... others) {
    return DATA
        + STUDENT
        + "augmentation: {views: 2}\n"
        + "phases: [{name: all, epochs: 3, objective: ["
        + objective
        + "]}]\n"
        + "teachers:\n"
        + ("  - {name: a, weight: 3, run: " + teacher + ", allow-weak: true}\n")
        + ("  - {name: b, run: " + otherTeacher + ", allow-weak: true}\n")
        + String.join("", others);
  }

  @Test
  void a_term_learns_from_all_teachers_by_their_weights_or_from_one() {
    List<Double> first = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void stepDone(StepDone step) {
            if (first.isEmpty()) {
              first.addAll(step.terms());
            }
          }
        };
    RunPlan plan =
        plan(
            several("{term: match}, {term: match, teacher: a}, {term: match, teacher: b}"),
            "three");

    TRAINER.train(plan, listener);

    // In the first step all three see the same student, with a scale of one.
    assertThat(first.get(1)).isNotCloseTo(first.get(2), withinPercentage(1));
    assertThat(first.get(0))
        .isCloseTo(.75 * first.get(1) + .25 * first.get(2), withinPercentage(1e-3));
    assertThat(RunFolder.metrics(plan.folder()).get(0).terms())
        .containsOnlyKeys("match", "match-2", "match-3");
  }

  /** The second term's own name is what the first calls its teacherTerm of the second teacher. */
  @Test
  void no_two_teacher_terms_share_their_variables_whatever_the_teachers_are_called() {
    String yaml =
        several("{term: match}, {term: match, teacher: '2'}")
            .replace("name: a,", "name: '1',")
            .replace("name: b,", "name: '2',");
    RunPlan plan = plan(yaml, "numbered");

    TRAINER.train(plan, TrainingListener.SILENT);

    assertThat(values(plan.folder()).keySet())
        .filteredOn(path -> path.startsWith("auxiliary/") && path.endsWith("/scale"))
        .hasSize(3);
  }

  @Test
  void the_accuracy_of_several_teachers_is_that_of_their_mean_probabilities() {
    RunPlan plan = plan(several("{term: match}"), "ensemble");
    List<Integer> right = new ArrayList<>();
    List<double[]> probabilities = new ArrayList<>();

    RunResult result = TRAINER.train(plan, TrainingListener.SILENT);

    DataSplits data = SmallRuns.CLASSIFIERS.data(plan.config());
    byte[] pixels = new byte[40 * data.shape().bytes()];
    for (int i = 0; i < 40; i++) {
      data.test().copyImage(i, pixels, i * data.shape().bytes());
    }
    List<String> sources = new ArrayList<>();
    SmallRuns.TASK.evaluateTeachers(
        plan.config(), folder, Split.TEST, teacher -> sources.add(teacher.source()));
    try (Teachers teachers = SmallRuns.CLASSIFIERS.teachers(plan.config(), data, folder);
        FrozenNetworks classifiers = FrozenNetworks.of(data.shape(), teachers.plans())) {
      for (FrozenNetwork each : classifiers.members()) {
        probabilities.add(softened(each.logits(pixels, 40)));
      }
      probabilities.add(
          softened(new Ensemble(classifiers.members(), classifiers.shares()).logits(pixels, 40)));
    }
    for (int i = 0; i < 40; i++) {
      int best = 0;
      double[] joint = new double[10];
      for (int k = 0; k < 10; k++) {
        joint[k] = .75 * probabilities.get(0)[10 * i + k] + .25 * probabilities.get(1)[10 * i + k];
        assertThat(probabilities.get(2)[10 * i + k]).isCloseTo(joint[k], within(1e-5));
        best = joint[k] > joint[best] ? k : best;
      }
      if (best == data.test().label(i)) {
        right.add(i);
      }
    }
    assertThat(sources).hasSize(3).last().isEqualTo("teacher, all teachers together");
    assertThat(result.teacherTest()).isEqualTo(right.size() / 40.0);
    assertThat(result.agreementLast()).isBetween(0.0, 1.0);
  }

  private static double[] softened(float[] logits) {
    double[] probabilities = new double[logits.length];
    for (int from = 0; from < logits.length; from += 10) {
      double total = 0;
      for (int k = from; k < from + 10; k++) {
        total += Math.exp(logits[k]);
      }
      for (int k = from; k < from + 10; k++) {
        probabilities[k] = Math.exp(logits[k]) / total;
      }
    }
    return probabilities;
  }

  @Test
  void a_run_with_the_stored_knowledge_of_several_teachers_goes_on_where_it_was_stopped() {
    String objective = "{term: cross-entropy}, {term: match}, {term: match, teacher: b}";
    String cache = "cache: {folder: " + folder.resolve("cache") + "}\n";
    RunPlan live = plan(several(objective), "live");
    RunPlan stopped = plan(several(objective, cache), "stopped");
    RunResult expected = TRAINER.train(live, TrainingListener.SILENT);
    Fills fills = new Fills();

    for (int steps : new int[] {2, 6}) {
      assertThatThrownBy(() -> TRAINER.train(stopped, new SmallRuns.Stop(steps)))
          .hasMessage("stopped by the test");
    }
    RunResult result = TRAINER.train(stopped, fills);

    assertThat(numbers(stopped.folder())).isEqualTo(numbers(live.folder())).hasSize(3);
    assertThat(result)
        .usingRecursiveComparison()
        .ignoringFields("trainingSeconds", "wallSeconds", "peakMemory")
        .isEqualTo(expected);
    // Of a for the first term, of b for both.
    assertThat(fills.stock).hasSize(3).allMatch(stock -> stock.missing() == 0);
  }

  @Test
  void teachers_that_cannot_be_told_apart_are_refused_with_their_place() {
    assertThatThrownBy(() -> parse(several("{term: match, teacher: c}")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("test.yaml: phases[0].objective[0].teacher: unknown 'c'; known: a, b");
    assertThatThrownBy(() -> parse(several("{term: match}").replace("name: b", "name: a")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: teachers[1].name: 'a' is taken by teachers[0]; each of several teachers"
                + " needs a name of its own");
    assertThatThrownBy(() -> parse(several("{term: match}").replace("name: b, ", "")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: teachers[1].name: is missing; each of several teachers needs a name of its"
                + " own");
    assertThatThrownBy(() -> parse(several("{term: match}", "teacher: {run: " + teacher + "}\n")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: teacher and teachers stand side by side; one teacher goes into teacher,"
                + " several into teachers");
    assertThatThrownBy(() -> parse(views("").replace("term: match}", "term: match, teacher: a}")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test.yaml: phases[0].objective[1].teacher: unknown 'a'; known: none; fix: leave it out,"
                + " or give the teacher that name");
  }

  @Test
  void a_mistake_of_one_of_several_teachers_is_told_with_its_place() {
    String missing =
        several("{term: match}").replace("run: " + otherTeacher, "run: " + folder.resolve("none"));
    String weak =
        several("{term: match}")
            .replace("3, run: " + teacher + ", allow-weak: true", "1, run: " + teacher);

    assertThatThrownBy(() -> TRAINER.train(plan(missing, "missing"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("teachers[1].run: " + folder.resolve("none") + ": there is no run");
    assertThatThrownBy(() -> TRAINER.train(plan(weak, "weak"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("teachers[0]: ")
        .hasMessageEndingWith("To learn from it all the same: teachers[0].allow-weak: true");
  }

  @Test
  void a_term_that_does_not_fit_one_of_several_teachers_says_which() {
    assertThatThrownBy(
            () ->
                TRAINER.train(
                    plan(several("{term: match, tap: stage9}"), "taps"), TrainingListener.SILENT))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "phases[0].objective[0]: of the teacher 'a': unknown tap of the teacher 'stage9'");
  }
}
