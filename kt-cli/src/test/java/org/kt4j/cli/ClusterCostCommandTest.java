package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ClusterCostCommandTest {

  @TempDir private Path folder;

  private Path written(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  private static List<List<String>> rows(CommandRun run) {
    return run.out()
        .lines()
        .dropWhile(line -> !line.startsWith("workers"))
        .skip(1)
        .takeWhile(line -> !line.isEmpty())
        .map(line -> List.of(line.replace(" %", "%").split(" +")))
        .toList();
  }

  @Test
  @Tag("slow")
  void the_cost_is_told_for_each_number_of_workers_and_nothing_is_left() throws IOException {
    written("teacher.yaml", SmallExperiments.CLASSIFIER);
    Path config =
        written(
            "c.yaml",
            SmallExperiments.CLASSIFIER.replace("objective: [", "objective: [{term: kd}, ")
                + "teacher: {config: teacher.yaml}\n");

    CommandRun run =
        kt(
            "cluster-cost",
            config,
            "--workers",
            "1,2,3,32",
            "--network",
            "800Mbit",
            "--latency",
            "2ms");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(
            "resnet-8, 5,006 parameters; batch-size 32 of all workers together",
            "a step of 32 pictures: ",
            "a step of 1 picture: ",
            // Statistics of 60 channels, two terms, the objective and the score.
            "an exchange of 5,130 numbers between two processes: ",
            "0.8 Gbit/s between any two of them, 2.00 ms a phase",
            "-: a batch-size of 32 cannot be shared out evenly to 3 workers; fix: --set"
                + " batch-size=N, or --per-worker");
    List<List<String>> rows = rows(run);
    assertThat(rows).hasSize(4).allSatisfy(row -> assertThat(row).hasSize(7));
    assertThat(rows.get(0)).startsWith("1", "32").containsSubsequence("0.00", "1.00", "100%");
    assertThat(rows.get(1)).startsWith("2", "16");
    assertThat(rows.get(2)).containsExactly("3", "-", "-", "-", "-", "-", "-");
    assertThat(rows.get(3)).startsWith("32", "1");
    // Two phases of 2 ms, and next to nothing else; 62 phases.
    assertThat(Double.parseDouble(rows.get(1).get(3))).isBetween(4.1, 10.0);
    assertThat(Double.parseDouble(rows.get(3).get(3))).isBetween(124.1, 140.0);
    assertThat(run.out()).doesNotContain("NaN", "Infinity");
    assertThat(names()).containsExactly("c.yaml", "teacher.yaml");
  }

  @Test
  @Tag("slow")
  void each_worker_of_a_detector_can_have_the_whole_batch() throws IOException {
    Path config = written("d.yaml", SmallExperiments.DETECTOR);

    CommandRun run = kt("cluster-cost", config, "--workers", "3", "--per-worker", "--markdown");

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("faster-rcnn", "batch-size 4 of each worker", "\n| 3 | 4 |")
        .contains(
            "ms a phase, of which one number has two; --latency sets another",
            "10 Gbit/s between any two of them");
    assertThat(names()).containsExactly("d.yaml");
  }

  @Test
  void what_cannot_be_measured_is_refused_in_one_line() throws IOException {
    Path config = written("c.yaml", SmallExperiments.CLASSIFIER);

    CommandRun workers = kt("cluster-cost", config, "--workers", "0");
    CommandRun missing = kt("cluster-cost", folder.resolve("none.yaml"));
    CommandRun batch = kt("cluster-cost", config, "--set", "batch-size=128");
    CommandRun pruned =
        kt(
            "cluster-cost",
            written(
                "p.yaml",
                SmallExperiments.CLASSIFIER.replace(
                        "network: resnet-8, width: 4", "prune: {from: teacher, criterion: l1}")
                    + "teacher: {config: c.yaml}\n"));

    assertThat(workers.err()).startsWith("kt: --workers: '0' is not allowed");
    assertThat(missing.err()).startsWith("kt: none.yaml: there is no file");
    assertThat(batch.err()).endsWith("kt: batch-size: 128 is more than the 76 training pictures\n");
    assertThat(pruned.err()).contains("kt: student.prune: the student that is made by it");
    assertThat(List.of(workers, missing, batch, pruned))
        .allSatisfy(
            run -> {
              assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
              assertThat(run.out()).isEmpty();
              assertThat(run.err().lines().filter(line -> line.startsWith("kt: "))).hasSize(1);
            });
  }
}
