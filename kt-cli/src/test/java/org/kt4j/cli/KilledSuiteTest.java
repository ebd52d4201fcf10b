package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Suites whose process is killed, and processes that train one suite or need one teacher. */
@Tag("slow")
class KilledSuiteTest {

  private static final long MOST_SECONDS = 60;

  @TempDir private Path folder;
  private Path suite;
  private Path runs;

  @BeforeEach
  void write() throws IOException {
    runs = folder.resolve("runs");
    Path group = Files.createDirectory(folder.resolve("tiny"));
    Files.writeString(
        group.resolve("base.yaml"),
        """
        data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
        student: {network: resnet-8, width: 4}
        teacher: {config: teacher.yaml, allow-weak: true}
        batch-size: 16
        phases: [{name: p, epochs: 12, objective: [{term: cross-entropy}]}]
        """);
    Files.writeString(
        group.resolve("teacher.yaml"),
        """
        data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
        student: {network: resnet-8, width: 4}
        batch-size: 16
        phases: [{name: p, epochs: 5, objective: [{term: cross-entropy}]}]
        """);
    suite =
        Files.writeString(
            group.resolve("suite.yaml"),
            """
            base: base.yaml
            seeds: [1]
            methods: [{name: KD, objective: [{term: cross-entropy}, {term: kd}]}]
            """);
  }

  private Process started(String name, Object... arguments) throws IOException {
    List<String> words = Stream.of(arguments).map(Object::toString).toList();
    return new ProcessBuilder(
            KtProcess.command(List.of("-Xmx1g"), System.getProperty("java.class.path"), words))
        .redirectErrorStream(true)
        .redirectOutput(log(name).toFile())
        .start();
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  private static boolean comes(BooleanSupplier event) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    while (!event.getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  /** How many runs of the suite have finished an epoch. */
  private long begun() {
    Path of = runs.resolve("tiny/suite");
    if (!Files.isDirectory(of)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(of)) {
      return files.filter(file -> file.endsWith("checkpoints/last.json")).count();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0; // a file that is gone by now
    }
  }

  @SuppressWarnings("unused") // by JUnit
  private static boolean hasOneCore() {
    return Runtime.getRuntime().availableProcessors() < 2;
  }

  @Test
  @DisabledIf("hasOneCore")
  void the_processes_of_a_suite_end_with_it_and_it_goes_on_without_a_failure()
      throws IOException, InterruptedException {
    Process parent = started("killed", "compare", suite, "--runs", runs, "--jobs", 2);
    try {
      // Not of both: a run that is quicker than the other would be complete by then.
      assertThat(comes(() -> begun() > 0)).as(Files.readString(log("killed"))).isTrue();
      List<ProcessHandle> children = parent.descendants().toList();
      assertThat(children).hasSize(2);

      parent.destroyForcibly().waitFor();

      assertThat(comes(() -> children.stream().noneMatch(ProcessHandle::isAlive))).isTrue();
      assertThat(runs.resolve("tiny/suite/jobs")).isNotEmptyDirectory();
      CommandRun again = kt("compare", suite, "--runs", runs, "--jobs", 2);
      assertThat(again.err()).isEmpty();
      assertThat(again.exitCode()).isZero();
      assertThat(again.out()).contains("2 runs in ");
      assertThat(runs.resolve("tiny/suite/jobs")).doesNotExist();
    } finally {
      parent.descendants().forEach(ProcessHandle::destroyForcibly);
      parent.destroyForcibly();
    }
  }

  @Test
  void two_suites_that_need_one_teacher_train_it_once_and_a_third_process_shares_the_runs_of_one()
      throws IOException, InterruptedException {
    Path other =
        Files.writeString(
            suite.resolveSibling("other.yaml"), Files.readString(suite).replace("[1]", "[2]"));
    Process first = started("first", "compare", suite, "--runs", runs);
    Process second = started("second", "compare", other, "--runs", runs);
    try {
      assertThat(comes(() -> begun() > 0)).as(Files.readString(log("first"))).isTrue();

      CommandRun third = kt("compare", suite, "--runs", runs);

      assertThat(first.waitFor()).as(Files.readString(log("first"))).isZero();
      assertThat(second.waitFor()).as(Files.readString(log("second"))).isZero();
      String both = Files.readString(log("first")) + Files.readString(log("second"));
      assertThat(both).contains("2 runs in ").doesNotContain("FAILED");
      // One waits for it, unless the other was faster than this test expects.
      assertThat(Files.readAllLines(runs.resolve("tiny/teacher/seed-1/metrics.jsonl"))).hasSize(5);
      assertThat(third.err()).isEmpty();
      assertThat(third.exitCode()).isZero();
      assertThat(third.out())
          .contains(": process " + first.pid() + " runs this suite; waiting for it")
          .contains("2, 2 of them complete already");
    } finally {
      first.destroyForcibly();
      second.destroyForcibly();
    }
  }
}
