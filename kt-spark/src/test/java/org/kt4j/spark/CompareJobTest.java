package org.kt4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs of a suite as tasks. */
@Timeout(300)
class CompareJobTest {

  @TempDir private Path folder;
  private FakeKt kt;

  @BeforeEach
  void a_suite() throws IOException {
    kt = FakeKt.in(folder);
    kt.write("suite", "alone-1 alone-1\nKD-1 KD-1\nalone-2 alone-1\nKD-2 KD-1\n");
  }

  @Test
  void each_run_is_trained_once_after_what_it_needs_and_then_comes_the_report() throws Exception {
    kt.write("alone-2.done", "");
    try (LocalSpark spark = new LocalSpark()) {

      Called first = spark.run(kt, "compare", "s.yaml", "--set", "a=b");
      Called second = spark.run(kt, "compare", "s.yaml", "--set", "a=b");

      assertThat(first.err()).isEmpty();
      assertThat(first.exitCode()).isZero();
      assertThat(first.out())
          .startsWith("runs: 4, 1 of them complete already")
          .contains("3/3  ")
          .contains("page: runs/s/report.html");
      assertThat(second.out()).startsWith("runs: 4, 4 of them complete already");
    }
    String ours = "compare s.yaml --set a=b ";
    assertThat(kt.lines("called"))
        .containsExactlyInAnyOrder(
            ours + "--list",
            ours + "--first-for alone-1",
            ours + "--only alone-1",
            ours + "--first-for KD-1",
            ours + "--only KD-1",
            ours + "--only KD-2",
            "report runs/s",
            ours + "--list",
            "report runs/s");
    assertThat(kt.lines("called"))
        .containsSubsequence(ours + "--first-for KD-1", ours + "--only KD-2");
  }

  @Test
  void a_run_that_fails_is_told_and_the_others_go_on() throws Exception {
    kt.write("KD-1.teacher-fails", "");
    kt.write("alone-1.fail", "");
    try (LocalSpark spark = new LocalSpark()) {

      Called called = spark.run(kt, "compare", "s.yaml");

      assertThat(called.exitCode()).isEqualTo(1);
      assertThat(called.out())
          .contains("  alone-1 FAILED: loss is not finite (on 127.0.0.1)")
          .contains("  KD-1 FAILED: the teacher is weak (on 127.0.0.1)")
          .contains("  KD-2 FAILED: the teacher is weak (on 127.0.0.1)")
          .containsPattern("/4  alone-2\\R")
          .contains("page: runs/s/report.html");
    }
    assertThat(kt.lines("called")).noneMatch(line -> line.contains("--only KD"));
  }
}
