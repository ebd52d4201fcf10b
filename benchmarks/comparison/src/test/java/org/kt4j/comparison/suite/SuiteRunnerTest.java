package org.kt4j.comparison.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.comparison.report.ComparisonReport;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TrainingException;

/** One suite, run again and again, as its user would. */
@TestMethodOrder(OrderAnnotation.class)
class SuiteRunnerTest {

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());
  private static final SuiteRunner RUNNER = INJECTOR.getInstance(SuiteRunner.class);

  @TempDir private static Path folder;

  private static class Heard implements SuiteListener {

    private final List<String> trained = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    private int complete;

    @Override
    public void begins(int runs, int before) {
      complete = before;
    }

    @Override
    public void runEnds(PlannedRun run, int number, int runs) {
      trained.add(run + " " + number + "/" + runs);
    }

    @Override
    public void runFailed(PlannedRun run, Throwable failure) {
      failed.add(run + ": " + failure.getMessage());
    }
  }

  @BeforeAll
  static void write() throws IOException {
    String common =
        """
        data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
        student: {network: resnet-8, width: 4}
        batch-size: 16
        phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
        """;
    Files.writeString(folder.resolve("teacher.yaml"), common);
    Files.writeString(
        folder.resolve("base.yaml"),
        common + "teacher: {config: teacher.yaml, allow-weak: true}\n");
    Files.writeString(
        folder.resolve("suite.yaml"),
        """
        base: base.yaml
        seeds: [1, 2]
        methods: [{name: KD, objective: [{term: cross-entropy}, {term: kd}]}]
        """);
  }

  private static SuitePlan plan(Map<String, String> overrides) {
    return INJECTOR
        .getInstance(SuiteReader.class)
        .read(folder.resolve("suite.yaml"), overrides, folder.resolve("runs"));
  }

  private static SuiteOutcome run(SuitePlan plan, RunLauncher launcher, Heard heard)
      throws InterruptedException {
    return RUNNER.run(plan, launcher, 1, heard);
  }

  @Test
  @Order(1)
  void a_run_that_fails_is_noted_and_the_others_go_on() throws InterruptedException {
    SuitePlan plan = plan(Map.of());
    Heard heard = new Heard();
    RunLauncher trainer = RUNNER.inThisProcess(plan, heard);

    SuiteOutcome outcome =
        run(
            plan,
            run -> {
              if (run.toString().equals("KD, seed 1")) {
                throw new TrainingException("the disk is full");
              }
              trainer.train(run);
            },
            heard);

    assertThat(heard.trained)
        .containsExactly(
            "student alone, seed 1 1/4", "student alone, seed 2 3/4", "KD, seed 2 4/4");
    assertThat(heard.failed).containsExactly("KD, seed 1: the disk is full");
    assertThat(outcome.failures()).hasSize(1);
    assertThat(ComparisonReport.ofSuite(plan.folder()).findings())
        .contains("KD: seed 1 failed: the disk is full.");
  }

  @Test
  @Order(2)
  void the_next_time_only_what_failed_is_trained() throws InterruptedException {
    SuitePlan plan = plan(Map.of());
    Heard heard = new Heard();

    SuiteOutcome outcome = run(plan, RUNNER.inThisProcess(plan, heard), heard);

    assertThat(heard.complete).isEqualTo(3);
    assertThat(heard.trained).containsExactly("KD, seed 1 4/4");
    assertThat(outcome.failures()).isEmpty();
    assertThat(outcome.secondsOfRuns()).isPositive().isLessThan(outcome.seconds());
    ComparisonReport report = ComparisonReport.ofSuite(plan.folder());
    assertThat(report.runs()).isEqualTo(4);
  }

  @Test
  @Order(3)
  void when_all_is_done_nothing_is_trained() throws InterruptedException {
    SuitePlan plan = plan(Map.of());
    Heard heard = new Heard();

    run(
        plan,
        run -> {
          throw new AssertionError("trained " + run);
        },
        heard);

    assertThat(heard.complete).isEqualTo(4);
    assertThat(heard.failed).isEmpty();
  }

  @Test
  @Order(4)
  void what_changed_is_trained_again_beside_what_was_there() throws InterruptedException {
    SuitePlan before = plan(Map.of());
    SuitePlan plan = plan(Map.of("batch-size", "32"));
    Heard heard = new Heard();

    run(plan, RUNNER.inThisProcess(plan, heard), heard);

    assertThat(heard.trained).hasSize(4);
    assertThat(before.inOrder()).allMatch(run -> RunFolder.result(run.folder()).isPresent());
  }

  @Test
  @Order(5)
  void a_mistake_that_only_the_networks_show_is_told_before_anything_is_trained()
      throws IOException {
    Files.writeString(
        folder.resolve("suite.yaml"),
        """
        base: base.yaml
        seeds: [7]
        methods:
          - {name: NST, objective: [{term: cross-entropy}, {term: nst, layers: {stage9: stage3}}]}
        """);
    SuitePlan plan = plan(Map.of());
    Heard heard = new Heard();

    assertThatThrownBy(() -> run(plan, RUNNER.inThisProcess(plan, heard), heard))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("NST: ")
        .hasMessageContaining("stage9");
    assertThat(heard.trained).isEmpty();
    assertThat(plan.inOrder()).noneMatch(run -> Files.exists(run.folder()));
  }

  @Test
  @Order(6)
  void when_a_teacher_cannot_be_trained_all_its_students_fail_and_those_without_one_do_not()
      throws IOException, InterruptedException {
    Files.writeString(
        folder.resolve("suite.yaml"),
        """
        base: base.yaml
        seeds: [8, 9]
        set: {batch-size: 8}
        methods: [{name: KD, objective: [{term: cross-entropy}, {term: kd}]}]
        """);
    String teacher = Files.readString(folder.resolve("teacher.yaml"));
    Files.writeString(
        folder.resolve("teacher.yaml"), teacher + "seed: 2\noptimizer: {learning-rate: 99999}\n");
    SuitePlan plan = plan(Map.of());
    Heard heard = new Heard();

    SuiteOutcome outcome = run(plan, RUNNER.inThisProcess(plan, heard), heard);

    assertThat(heard.failed)
        .hasSize(2)
        .allMatch(failed -> failed.startsWith("KD, seed ") && failed.contains("finite"));
    assertThat(heard.trained)
        .extracting(trained -> trained.substring(0, "student alone, seed 8".length()))
        .containsExactly("student alone, seed 8", "student alone, seed 9");
    assertThat(outcome.failures()).hasSize(2);
  }

  @Test
  @Order(7)
  void what_students_begin_with_is_trained_before_the_runs_and_once()
      throws IOException, InterruptedException {
    Files.writeString(
        folder.resolve("begun.yaml"),
        """
        base: base.yaml
        seeds: [1, 2]
        methods:
          - name: begun
            objective: [{term: cross-entropy}]
            set: {teacher: null, start: {config: beginning.yaml}}
        """);
    Files.writeString(
        folder.resolve("beginning.yaml"),
        """
        data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
        student: {network: resnet-8, width: 4}
        batch-size: 16
        phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
        seed: 7
        """);
    SuitePlan plan =
        INJECTOR
            .getInstance(SuiteReader.class)
            .read(folder.resolve("begun.yaml"), Map.of(), folder.resolve("runs"));
    List<String> heard = new ArrayList<>();
    Heard listener =
        new Heard() {
          @Override
          public void needs(String what, Path config) {
            heard.add(what + " " + config.getFileName());
          }

          @Override
          public void runBegins(PlannedRun run, int number, int runs) {
            heard.add(run.toString());
          }
        };

    run(plan, RUNNER.inThisProcess(plan, listener), listener);

    assertThat(heard)
        .containsExactly(
            "starting point beginning.yaml",
            "student alone, seed 1",
            "begun, seed 1",
            "student alone, seed 2",
            "begun, seed 2");
  }

  @Test
  @Order(8)
  void a_suite_stopped_anywhere_ends_the_same_the_next_time(@TempDir Path place)
      throws IOException, InterruptedException {
    Files.writeString(
        place.resolve("base.yaml"), Files.readString(folder.resolve("beginning.yaml")));
    Files.writeString(
        place.resolve("suite.yaml"),
        """
        base: base.yaml
        seeds: [1]
        methods: [{name: smooth, objective: [{term: cross-entropy, label-smoothing: 0.1}]}]
        """);
    Map<String, String> expected = Map.of();
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      SuitePlan plan =
          INJECTOR
              .getInstance(SuiteReader.class)
              .read(place.resolve("suite.yaml"), Map.of(), place.resolve("runs-" + step));

      stopped = FileSteps.stoppedBefore(step++, () -> trainByHand(plan));
      trainByHand(plan);

      Map<String, String> contents = contents(plan.folder());
      expected = expected.isEmpty() ? contents : expected;
      assertThat(contents).as("stopped before step " + (step - 1)).isEqualTo(expected);
    }
    // Three for each file: of the suite twice, and two of each of two runs.
    assertThat(step).isEqualTo(18 + 1);
    assertThat(expected).containsKey("suite.json").hasSize(1 + 2 * 3);
  }

  /** With runs that take the steps of a training and no time. */
  private static void trainByHand(SuitePlan plan) {
    try {
      RUNNER.run(plan, SuiteRunnerTest::train, 1, SuiteListener.SILENT);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void train(PlannedRun run) {
    try (RunFolder folder = RunFolder.open(run.folder())) {
      folder.config("seed: " + run.seed() + "\n");
      folder.result(
          new RunResult(
              1,
              0.5,
              0.5,
              1,
              0.5,
              0.5,
              null,
              null,
              1,
              1,
              1,
              1,
              null,
              List.of(),
              null,
              Metric.ofOlderFiles()));
    }
  }

  private static Map<String, String> contents(Path suite) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(suite)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(suite.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }
}
