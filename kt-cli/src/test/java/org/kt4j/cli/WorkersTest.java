package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;

/** Several processes that train one student. */
@Tag("slow")
@Timeout(300)
class WorkersTest {

  /**
   * Its epochs are as many as outlast a kill and a stop; none of its pictures make whole batches.
   */
  private static final String STUDENT =
      """
      data: {name: shapes, train: 200, held-out: 75, test: 44, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      phases: [{name: alone, epochs: 14, objective: [{term: cross-entropy}]}]
      """;

  /**
   * Two phases, two ways of knowing a teacher, variables of a term, statistics of all rows in
   * layers and in a term, a stem that stays as it is and a head that learns at a rate of its own.
   */
  private static final String EVERYTHING =
      """
      data: {name: shapes, train: 460, held-out: 300, test: 300, size: 16}
      teacher: {config: teacher.yaml, allow-weak: true}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      batch-norm: synchronised
      augmentation: {views: 2}
      optimizer: {name: sgd, learning-rate: 0.01, momentum: 0.9, clip-norm: 1}
      phases:
        - {name: hint, epochs: 1, objective: [{term: fitnets, batch-norm: true, layers: {stage2: stage2}}]}
        - name: both
          epochs: 2
          freeze: [stem]
          learning-rates: {head: 2}
          objective: [{term: cross-entropy}, {term: nst, weight: 50}, {term: kd}]
      """;

  private static final String TEACHER =
      """
      data: {name: shapes, train: 460, held-out: 300, test: 300, size: 16}
      student: {network: resnet-8, width: 8}
      batch-size: 32
      batch-norm: synchronised
      phases: [{name: teacher, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  /** What two workers come to that nobody disturbs. */
  private static SortedMap<String, String> undisturbed;

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    Files.writeString(shared.resolve("c.yaml"), STUDENT);
    Trainings training =
        Trainings.start(shared, "train", "c.yaml", "--out", "run", "--workers", "2");
    assertThat(training.end()).as(training.said()).isZero();
    undisturbed = EndState.of(shared.resolve("run"));
  }

  /** Without it several workers round differently than one process. */
  private static final List<String> OPTIMISED = List.of("-Dkt.tensorflow.rewriting=true");

  /** A command in a process of its own. */
  private record Trainings(Process process, Path log) {

    static Trainings start(Path folder, String... arguments) throws IOException {
      Path log = Files.createTempFile(folder, "log", ".txt");
      Process process =
          new ProcessBuilder(
                  KtProcess.command(
                      OPTIMISED, System.getProperty("java.class.path"), List.of(arguments)))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      return new Trainings(process, log);
    }

    int end() throws InterruptedException {
      assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
      return process.exitValue();
    }

    String said() throws IOException {
      return Files.readString(log);
    }

    /** The process of a worker, once the run has finished one more epoch. */
    ProcessHandle worker(int rank, Path run) throws InterruptedException {
      int before = epochs(run);
      while (process.isAlive() && epochs(run) == before) {
        Thread.sleep(20);
      }
      // They are started one after another; the words of a long command cannot be asked for.
      return process.children().sorted(Comparator.comparing(ProcessHandle::pid)).toList().get(rank);
    }
  }

  private static int epochs(Path run) {
    return RunFolder.metrics(run, damaged -> {}).size();
  }

  private Path written(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml);
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor())
        .isZero();
  }

  @Test
  void two_workers_with_statistics_of_all_rows_learn_as_one_does() throws Exception {
    written("c.yaml", EVERYTHING);
    written("teacher.yaml", TEACHER);
    List<List<EpochMetrics>> metrics = new ArrayList<>();
    for (String workers : List.of("1", "2")) {
      Trainings training =
          Trainings.start(
              folder,
              "train",
              "c.yaml",
              "--runs",
              "runs" + workers,
              "--workers",
              workers,
              "--out",
              "run" + workers,
              "--set",
              "cache={folder: cache" + workers + "}");
      assertThat(training.end()).as(training.said()).isZero();
      metrics.add(RunFolder.metrics(folder.resolve("run" + workers)));
    }

    List<EpochMetrics> one = metrics.get(0);
    List<EpochMetrics> two = metrics.get(1);
    assertThat(two).hasSize(3);
    for (int e = 0; e < 3; e++) {
      Map<String, Double> expected = one.get(e).terms();
      Map<String, Double> terms = two.get(e).terms();
      assertThat(terms.keySet()).isEqualTo(expected.keySet());
      assertThat(two.get(e).heldOutScore()).isEqualTo(one.get(e).heldOutScore());
      // Sums in another order.
      expected.forEach(
          (term, value) ->
              assertThat(terms)
                  .hasEntrySatisfying(
                      term,
                      each -> assertThat(each).isCloseTo(value, within(1e-5 * Math.abs(value)))));
    }
    assertThat(folder.resolve("cache2")).isDirectoryContaining("glob:**.knowledge");
    assertThat(EndState.of(folder.resolve("cache2")))
        .hasSameSizeAs(EndState.of(folder.resolve("cache1")));
  }

  /** One run to which both happens, one after the other. */
  @Test
  void a_killed_worker_ends_all_with_one_message_and_one_that_does_not_answer_is_named()
      throws Exception {
    written("c.yaml", STUDENT);
    Path run = folder.resolve("run");
    Trainings killed = Trainings.start(folder, "train", "c.yaml", "--out", "run", "--workers", "2");
    signal("KILL", killed.worker(1, run));

    assertThat(killed.end()).isEqualTo(1);
    assertThat(killed.said().lines().filter(line -> line.startsWith("kt: ")))
        .singleElement()
        .asString()
        .startsWith("kt: worker 1 of 2 was ended by the signal 9; the others were ended");

    Trainings again =
        Trainings.start(
            folder,
            "train",
            "c.yaml",
            "--out",
            "run",
            "--workers",
            "2",
            "--timeout",
            "10",
            "--restarts",
            "1");
    signal("STOP", again.worker(1, run));

    assertThat(again.end()).as(again.said()).isZero();
    assertThat(again.said())
        .containsPattern(
            "worker 1 \\(localhost:[0-9]+\\) has ended or does not answer[^\\n]*; all start again \\(1 of"
                + " 1 times\\)");
    // It went on from its checkpoint twice, to the bytes of a run that nobody disturbed.
    assertThat(EndState.of(run)).isEqualTo(undisturbed);
  }

  @Test
  void workers_of_two_configurations_do_not_begin() throws Exception {
    written("c.yaml", STUDENT);
    List<String> addresses = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      try (ServerSocket socket = new ServerSocket(0)) {
        addresses.add("localhost:" + socket.getLocalPort());
      }
    }
    String all = String.join(",", addresses);
    Trainings first =
        Trainings.start(folder, "train", "c.yaml", "--out", "run", "--workers", all, "--rank", "0");
    Trainings other =
        Trainings.start(
            folder,
            "train",
            "c.yaml",
            "--out",
            "other",
            "--workers",
            all,
            "--rank",
            "1",
            "--set",
            "batch-size=16");

    assertThat(first.end()).isEqualTo(1);
    assertThat(other.end()).isEqualTo(1);
    assertThat(first.said())
        .contains(
            "kt: worker 1 ("
                + addresses.get(1)
                + ") has another configuration than worker 0 ("
                + addresses.get(0)
                + ") (there 'batch-size: 16', here 'batch-size: 32')");
    assertThat(folder.resolve("run/metrics.jsonl")).doesNotExist();
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void a_detector_is_trained_by_two_workers() throws Exception {
    written("d.yaml", SmallExperiments.DETECTOR);

    Trainings training =
        Trainings.start(folder, "train", "d.yaml", "--out", "run", "--workers", "2");

    assertThat(training.end()).as(training.said()).isZero();
    assertThat(RunFolder.result(folder.resolve("run"))).isPresent();
    assertThat(RunFolder.metrics(folder.resolve("run")).get(0).terms())
        .hasSize(4)
        .allSatisfy((term, loss) -> assertThat(loss).as(term).isFinite().isPositive());
  }

  @Test
  void what_two_workers_measure_together_is_what_one_process_measures() {
    Path run = shared.resolve("run");
    double test = RunFolder.result(run).orElseThrow().testLast();

    CommandRun evaluated = CommandRun.kt("evaluate", run, "--checkpoint", "last");

    assertThat(evaluated.out().lines().filter(line -> line.startsWith("accuracy")).toList())
        .as(evaluated.out() + evaluated.err())
        .singleElement()
        .asString()
        .contains(String.format(Locale.ROOT, " %.2f %%", 100 * test));
  }

  @Test
  void a_batch_that_cannot_be_shared_out_is_refused() throws Exception {
    written("c.yaml", STUDENT.replace("batch-size: 32", "batch-size: 31"));

    Trainings training =
        Trainings.start(folder, "train", "c.yaml", "--out", "run", "--workers", "2");

    assertThat(training.end()).isEqualTo(2);
    assertThat(training.said().lines().filter(line -> line.startsWith("kt: ")))
        .singleElement()
        .asString()
        .startsWith("kt: batch-size: 31 pictures of all workers together cannot be shared out");
    assertThat(folder.resolve("run")).doesNotExist();
  }
}
