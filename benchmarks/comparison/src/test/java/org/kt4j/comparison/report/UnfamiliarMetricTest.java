package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;

/**
 * A task that this repository does not have, whose metric is no share and the better the smaller.
 *
 * <p>By hand, of three seeds: alone 4.0, 4.2, 4.4, mean 4.2, deviation 0.2; kd 3.6, 3.7, 3.8, mean
 * 3.7, deviation 0.1; what kd takes away is 0.4, 0.5, 0.6, mean 0.5, deviation 0.1, and half of the
 * interval is 4.303 x 0.1 / sqrt(3) = 0.2484. From 4.2 to the teacher's 2.0 it is 2.2, and 0.5 of
 * that is 23 %.
 */
class UnfamiliarMetricTest {

  private static final String WORSE =
      "[{term: cross-entropy, weight: 1.0}, {term: kd, weight: 9.0}, {term: nst, weight: 1.0}]";

  @TempDir private Path folder;
  private List<Path> runs = List.of();

  @BeforeEach
  void write() throws IOException {
    String alone = WrittenRuns.ALONE;
    runs =
        List.of(
            WrittenRuns.depth(folder.resolve("alone-1"), alone, 1, 4.0),
            WrittenRuns.depth(folder.resolve("alone-2"), alone, 2, 4.2),
            WrittenRuns.depth(folder.resolve("alone-3"), alone, 3, 4.4),
            WrittenRuns.depth(folder.resolve("kd-1"), WrittenRuns.KD, 1, 3.6),
            WrittenRuns.depth(folder.resolve("kd-2"), WrittenRuns.KD, 2, 3.7),
            WrittenRuns.depth(folder.resolve("kd-3"), WrittenRuns.KD, 3, 3.8),
            WrittenRuns.depth(folder.resolve("worse-1"), WORSE, 1, 5.0),
            WrittenRuns.depth(folder.resolve("worse-2"), WORSE, 2, 5.3),
            WrittenRuns.depth(folder.resolve("worse-3"), WORSE, 3, 5.3));
  }

  private ComparisonReport report() {
    return ComparisonReport.ofRuns(runs, null, false);
  }

  @Test
  void the_table_shows_plain_numbers_and_gains_that_are_positive_where_a_method_is_better() {
    ComparisonReport report = report();

    assertThat(report.tables().get(0).header())
        .containsExactly(
            "method",
            "test RMSE, last epoch",
            "gain",
            "95 % interval",
            "test RMSE, best epoch",
            "time",
            "images/s",
            "memory");
    assertThat(report.tables().get(0).rows().get(0).subList(0, 4))
        .containsExactly("student alone", "4.200 ± 0.2000", "-", "-");
    assertThat(report.tables().get(0).rows().get(1).subList(0, 4))
        .containsExactly("kd", "3.700 ± 0.1000", "+0.5000", "+0.2516 to +0.7484");
    // The losses are 1.0, 1.1 and 0.9.
    assertThat(report.tables().get(0).rows().get(2).subList(0, 4))
        .containsExactly("kd + nst", "5.200 ± 0.1732", "-1.000", "-1.248 to -0.7516");
    assertThat(report.tables().get(0).rows().get(3).subList(0, 2))
        .containsExactly("teacher", "2.000");
  }

  @Test
  void the_best_method_has_the_smallest_error() {
    assertThat(report().findings())
        .containsExactly(
            "Of the methods, kd does best: its test RMSE is 3.700 ± 0.1000, a gain of +0.5000 over"
                + " the student alone (95 % interval +0.2516 to +0.7484), which is 23 % of the way"
                + " to the teacher.",
            "The 95 % interval of the gain lies above zero, so these methods help: kd.",
            "The 95 % interval of the gain lies below zero, so these methods hurt: kd + nst.");
  }

  @Test
  void the_page_says_what_the_metric_is_and_speaks_neither_of_percent_nor_of_classes()
      throws IOException {
    String page = Files.readString(report().write(folder));

    assertThat(page)
        .contains("RMSE is the root of the mean squared error, in metres.")
        .contains("A smaller RMSE is better.")
        .contains(">Gain over the student alone</h3>", ">Held-out RMSE over the epochs</h3>")
        .contains(">Test RMSE against the time of a run</h3>")
        .contains("at the end it is 3.700, that of the student alone 4.200")
        .contains("<title>kd: 3.700, 1.1 minutes</title>", "<title>+0.4000 with one seed</title>")
        .contains("<tr class=\"helps\"><th scope=\"row\">kd</th>")
        .contains("<tr class=\"hurts\"><th scope=\"row\">kd + nst</th>")
        .doesNotContain(
            "in percent", "percentage points", "Agreement", "of each class", "accuracy");
  }

  @Test
  void a_run_has_a_page_in_plain_numbers_too() throws IOException {
    Path run = runs.get(3);

    RunReport report = RunReport.of(run);

    assertThat(report.table().rows())
        .contains(List.of("test RMSE, last epoch", "3.600"))
        .contains(List.of("test RMSE of the teacher", "2.000"));
    assertThat(Files.readString(report.write(run)))
        .contains("<figcaption>RMSE</figcaption>")
        .contains("RMSE over the epochs; at the end it is 3.600 on the held-out pictures")
        .contains("<title>held-out</title></circle>")
        .contains("A smaller RMSE is better.", "1 epoch: cross-entropy + 2 × kd")
        .doesNotContain("in percent", "Confusion matrix", "of each class", "accuracy");
  }

  @Test
  void other_programs_get_the_same_gains() throws IOException {
    report().write(folder);

    List<String> lines = Files.readAllLines(folder.resolve("results.csv"));
    assertThat(lines.get(0)).startsWith("setting,method,seeds,test-last-mean,test-last-deviation,");
    List<String> kd = List.of(lines.get(2).split(",", -1));
    assertThat(kd).startsWith("", "kd", "3").endsWith("RMSE");
    // What doubles leave of sums of decimals.
    assertThat(Double.parseDouble(kd.get(3))).isCloseTo(3.7, within(1e-12));
    assertThat(Double.parseDouble(kd.get(5))).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void runs_whose_metrics_share_a_name_but_not_a_direction_are_not_compared() throws IOException {
    Path task = runs.get(3).resolve("task.json");
    Files.writeString(
        task,
        Files.readString(task)
            .replace("\"larger-is-better\": false", "\"larger-is-better\": true"));

    assertThatThrownBy(this::report)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("allowed: runs of one metric");
  }
}
