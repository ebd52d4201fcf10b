package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.json.Json;

/** A suite and its report, from the command line. */
@TestMethodOrder(OrderAnnotation.class)
class CompareCommandTest {

  @TempDir private static Path folder;
  private static Path suite;
  private static Path runs;

  @BeforeAll
  static void write() throws IOException {
    Path group = Files.createDirectory(folder.resolve("tiny"));
    String common =
        """
        data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
        student: {network: resnet-8, width: 4}
        batch-size: 16
        phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
        """;
    Files.writeString(group.resolve("teacher.yaml"), common);
    Files.writeString(
        group.resolve("base.yaml"), common + "teacher: {config: teacher.yaml, allow-weak: true}\n");
    suite = group.resolve("suite.yaml");
    runs = folder.resolve("runs");
    Files.writeString(
        suite,
        """
        base: base.yaml
        seeds: [1, 2]
        methods: [{name: KD, objective: [{term: cross-entropy}, {term: kd}]}]
        """);
  }

  @Test
  @Order(0)
  void the_parts_of_a_suite_are_done_one_by_one() throws IOException {
    Path ours = folder.resolve("parts");

    CommandRun list = kt("compare", suite, "--runs", ours, "--list");
    List<JsonNode> lines = list.out().lines().map(CompareCommandTest::tree).toList();
    JsonNode alone = lines.get(0);
    CommandRun first = kt("compare", suite, "--runs", ours, "--first-for", text(lines.get(1)));
    CommandRun only = kt("compare", suite, "--runs", ours, "--only", text(alone));
    CommandRun after = kt("compare", suite, "--runs", ours, "--list");

    assertThat(list.err() + first.err() + only.err()).isEmpty();
    assertThat(lines)
        .extracting(each -> each.path("run").asText())
        .containsExactly(
            "student alone, seed 1", "KD, seed 1", "student alone, seed 2", "KD, seed 2");
    assertThat(lines).noneMatch(each -> each.path("complete").asBoolean());
    assertThat(lines.get(3).path("first-for")).isEqualTo(lines.get(1).path("folder"));
    assertThat(Path.of(alone.path("suite").asText())).isEqualTo(ours.resolve("tiny/suite"));
    assertThat(first.out()).contains("the teacher is trained first");
    assertThat(Path.of(text(alone)).resolve("result.json")).exists();
    assertThat(Path.of(text(lines.get(1)))).doesNotExist();
    assertThat(after.out().lines().map(CompareCommandTest::tree))
        .extracting(each -> each.path("complete").asBoolean())
        .containsExactly(true, false, false, false);
    assertThat(kt("report", ours.resolve("tiny/suite")).exitCode()).isZero();
  }

  @Test
  @Order(0)
  void a_part_that_the_suite_does_not_have_is_bad_input() {
    CommandRun only = kt("compare", suite, "--only", folder.resolve("runs/other"));
    CommandRun several = kt("compare", suite, "--list", "--jobs", "2");

    assertThat(only.exitCode()).isEqualTo(2);
    assertThat(only.err())
        .startsWith("kt: --only: " + folder.resolve("runs/other") + " is the folder of no run of ");
    assertThat(several.exitCode()).isEqualTo(2);
    assertThat(several.err()).startsWith("kt: --jobs: ");
  }

  private static String text(JsonNode line) {
    return line.path("folder").asText();
  }

  private static JsonNode tree(String line) {
    try {
      return Json.tree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Order(1)
  void a_suite_trains_its_teacher_and_every_run_and_ends_with_the_report() {
    CommandRun compare = kt("compare", suite, "--runs", runs);

    assertThat(compare.err()).isEmpty();
    assertThat(compare.exitCode()).isZero();
    assertThat(compare.out())
        .contains("the teacher is trained first")
        .containsPattern("1/4 +student alone, seed 1 .*test ")
        .containsPattern("4/4 +KD, seed 2 .*test ")
        .containsPattern("4 runs in 0:\\d\\d, .* % of it outside the runs")
        .containsPattern("\nKD +\\d+\\.\\d\\d ± ")
        .contains("page: " + runs.resolve("tiny/suite/report.html"));
    assertThat(runs.resolve("tiny/suite"))
        .isDirectoryContaining("glob:**/report.md")
        .isDirectoryContaining("glob:**/results.csv");
  }

  @Test
  @Order(2)
  void the_second_time_it_only_reports() {
    CommandRun compare = kt("compare", suite, "--runs", runs);

    assertThat(compare.out())
        .contains("4, 4 of them complete already")
        .doesNotContain("seed 1 ")
        .contains("page: ");
  }

  @Test
  @Order(3)
  void a_report_is_made_without_tensorflow() throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");
    int status =
        new ProcessBuilder(
                KtProcess.command(
                    List.of("-Xlog:class+load:file=" + log),
                    System.getProperty("java.class.path"),
                    List.of("report", runs.resolve("tiny/suite").toString())))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("report.log").toFile())
            .start()
            .waitFor();

    assertThat(status).as(Files.readString(folder.resolve("report.log"))).isZero();
    try (Stream<String> classes = Files.lines(log)) {
      assertThat(classes.filter(line -> line.contains(" org.tensorflow."))).isEmpty();
    }
  }

  @Test
  @Order(4)
  void a_single_run_and_chosen_runs_have_their_reports() throws IOException {
    Path one = run("student-alone", 1);
    Path other = run("kd", 1);

    CommandRun single = kt("report", other);
    CommandRun both = kt("report", one, other, "--out", folder.resolve("both"));

    assertThat(single.out()).contains("test accuracy, last epoch: ").contains("page: ");
    assertThat(other.resolve("report.html")).exists();
    // What a report left is part of the run: it may be started over.
    Path config = Files.copy(other.resolve("config.yaml"), folder.resolve("again.yaml"));
    CommandRun again =
        kt("train", config, "--resolved", "--runs", runs, "--out", other, "--overwrite");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(other.resolve("report.html")).doesNotExist();
    assertThat(both.out()).containsPattern("\nkd +\\d");
    assertThat(folder.resolve("both/report.html")).exists();
  }

  @Test
  @Order(5)
  @Tag("slow")
  @DisabledIf("hasOneCore")
  void with_jobs_each_run_is_a_process_and_a_failed_one_is_told() throws IOException {
    Path pair =
        Files.writeString(
            suite.resolveSibling("pair.yaml"),
            Files.readString(suite).replace("seeds: [1, 2]", "seeds: [1]"));
    CommandRun parallel =
        kt("compare", pair, "--runs", runs, "--jobs", 2, "--set", "batch-size=32");
    assertThat(parallel.exitCode()).as(parallel.err()).isZero();
    assertThat(parallel.out()).contains("2 runs in ");
    CommandRun broken =
        kt(
            "compare",
            pair,
            "--runs",
            runs,
            "--jobs",
            2,
            "--set",
            "optimizer={learning-rate: 99999}");

    assertThat(broken.exitCode()).isEqualTo(1);
    assertThat(broken.err()).contains("KD, seed 1 FAILED: its process ended with status 1: phase");
    assertThat(broken.out()).contains("no result").contains("seed 1 failed: its process");
  }

  static boolean hasOneCore() {
    return Runtime.getRuntime().availableProcessors() < 2;
  }

  @Test
  @Order(6)
  void bad_input_is_told_with_what_is_allowed() throws IOException {
    CommandRun jobs = kt("compare", suite, "--jobs", 0);
    CommandRun folderForFile = kt("compare", folder);
    CommandRun nowhere = kt("report", folder.resolve("nowhere"));
    CommandRun noRun = kt("report", folder);
    CommandRun noFile = kt("compare", folder.resolve("no.yaml"));

    assertThat(List.of(jobs, folderForFile, nowhere, noRun, noFile))
        .extracting(CommandRun::exitCode)
        .containsOnly(2);
    assertThat(jobs.err()).contains("--jobs: 0; allowed: 1 to ");
    assertThat(folderForFile.err()).contains("is a folder; allowed: a suite file");
    assertThat(nowhere.err()).contains("there is no such folder");
    assertThat(noRun.err()).contains("holds no run (no config.yaml)");
    assertThat(noFile.err()).contains("no.yaml: there is no file");
  }

  private static Path run(String method, int seed) throws IOException {
    try (Stream<Path> all = Files.list(runs.resolve("tiny/suite").resolve(method))) {
      return all.filter(path -> path.getFileName().toString().startsWith("seed-" + seed))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }
}
