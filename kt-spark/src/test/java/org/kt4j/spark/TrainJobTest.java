package org.kt4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers as tasks of a Spark in this JVM. */
@Timeout(300)
class TrainJobTest {

  private static LocalSpark spark;

  @TempDir private Path folder;
  private FakeKt kt;

  @BeforeAll
  static void start() {
    spark = new LocalSpark();
  }

  @AfterAll
  static void stop() {
    spark.close();
  }

  @BeforeEach
  void a_kt() throws IOException {
    kt = FakeKt.in(folder);
  }

  @AfterEach
  void end() throws InterruptedException {
    spark.awaitTasks();
  }

  @Test
  void every_worker_knows_all_addresses_and_its_rank() throws Exception {
    Called called = spark.run(kt, "train", "c.yaml", "--workers", "2", "--set", "seed=1");

    assertThat(called.err()).isEmpty();
    assertThat(called.exitCode()).isZero();
    assertThat(called.out()).isEqualTo("run folder: runs/c/seed-1" + System.lineSeparator());
    String zero = kt.lines("called-0").get(0);
    assertThat(zero)
        .matches(
            "train c.yaml --set seed=1 --workers 127.0.0.1:2\\d{4},127.0.0.1:2\\d{4} --rank 0");
    assertThat(kt.lines("called-1")).containsExactly(zero.replace("--rank 0", "--rank 1"));
    assertThat(addresses(zero)).doesNotHaveDuplicates();
    assertThat(kt.lines("environment-1"))
        .containsExactly("parent " + ProcessHandle.current().pid() + " threads 1");
  }

  private static List<String> addresses(String line) {
    return List.of(line.replaceFirst(".*--workers ", "").replaceFirst(" .*", "").split(","));
  }

  @Test
  void a_worker_that_fails_ends_the_others_with_its_message() throws Exception {
    kt.write("hang", "");
    kt.fails(1, 1, "kt: epoch 3: the loss is not finite\n");

    Called called = spark.run(kt, "train", "c.yaml", "--workers", "2");

    assertThat(called.err())
        .isEqualTo(
            "kt-spark: worker 1 of 2 on 127.0.0.1: epoch 3: the loss is not finite"
                + System.lineSeparator());
    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(kt.ends(0)).isTrue();
  }

  @Test
  void a_worker_that_is_killed_ends_the_others() throws Exception {
    kt.write("hang", "");
    Thread killer = new Thread(() -> kill(1));
    killer.start();

    Called called = spark.run(kt, "train", "c.yaml", "--workers", "2");

    killer.join();
    assertThat(called.err())
        .startsWith("kt-spark: worker 1 of 2 on 127.0.0.1: its process was killed by signal 9");
    assertThat(called.exitCode()).isEqualTo(1);
    assertThat(kt.ends(0)).isTrue();
  }

  private void kill(int rank) {
    try {
      kt.process(0);
      kt.process(rank).destroyForcibly();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void with_restarts_it_starts_again() throws Exception {
    kt.fails(0, 1, "kt: worker 1 has ended\n");

    Called called = spark.run(kt, "train", "c.yaml", "--workers", "2", "--restarts", "2");

    assertThat(called.exitCode()).isZero();
    assertThat(called.out())
        .startsWith("worker 0 of 2 on 127.0.0.1: worker 1 has ended; starting again, 2 of 2 left");
    assertThat(kt.lines("called-0")).hasSize(2);
  }

  @Test
  void bad_input_is_not_tried_again() throws Exception {
    kt.write("keep", "");
    kt.fails(0, 2, "kt: 2 problems:\n  c.yaml: a\n  c.yaml: b\n");

    Called called = spark.run(kt, "train", "c.yaml", "--workers", "2", "--restarts", "2");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err()).contains("worker 0 of 2 on 127.0.0.1: 2 problems:\n  c.yaml: a\n");
    assertThat(kt.lines("called-0")).hasSize(1);
  }

  @Test
  void a_late_failure_of_an_earlier_job_is_not_one_of_the_next() throws Exception {
    kt.write("keep", "");
    kt.fails(0, 2, "kt: the first\n");
    kt.fails(1, 2, "kt: the first\n");
    Called first = spark.run(kt, "train", "c.yaml", "--workers", "2");
    kt.fails(0, 1, "kt: the second\n");
    kt.fails(1, 1, "kt: the second\n");

    Called second = spark.run(kt, "train", "c.yaml", "--workers", "2");

    assertThat(first.err()).contains("the first");
    assertThat(second.err()).contains("the second");
    assertThat(second.exitCode()).isEqualTo(1);
  }

  @Test
  void more_workers_than_slots_are_refused() {
    Called called = spark.run(kt, "train", "c.yaml", "--workers", "3");

    assertThat(called.exitCode()).isEqualTo(2);
    assertThat(called.err())
        .startsWith("kt-spark: --workers: 3 is not allowed; allowed: up to 2, the tasks that");
  }

  @Test
  void what_is_not_on_a_machine_is_named_with_it() {
    Called config = spark.run(kt, "train", "d.yaml", "--workers", "2");
    Called script =
        spark.bare("train", "c.yaml", "--workers", "2", "--kt", "no/kt", "--dir", folder + "");
    Called program =
        spark.bare("train", "c.yaml", "--workers", "2", "--kt", "kt-no", "--dir", folder + "");
    Called working =
        spark.bare(
            "train", "c.yaml", "--workers", "1", "--kt", folder + "", "--dir", folder + "/x");

    assertThat(config.err())
        .contains(folder.resolve("d.yaml") + ": there is no such file on 127.0.0.1; fix: ");
    assertThat(script.err())
        .contains(folder.resolve("no/kt") + ": there is no such file on 127.0.0.1; allowed for");
    assertThat(program.err())
        .contains("there is no program 'kt-no' on 127.0.0.1, whose PATH is ")
        .contains("fix: --kt FOLDER");
    assertThat(working.err())
        .contains(folder.resolve("x") + ": there is no such folder on 127.0.0.1, and kt would");
    assertThat(List.of(config, script, program, working))
        .allMatch(called -> called.exitCode() == 2);
  }
}
