package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.text.Table;
import org.kt4j.engine.training.Comparison;

class ResultTableTest {

  @Test
  void gains_are_paired_and_deviations_are_those_of_a_sample() {
    // By hand: 70, 74 have mean 72 and deviation sqrt(8) = 2.83; the gains 2, 6 mean 4 and 2.83.
    Table table =
        ResultTable.of(List.of(outcome(0.70, 0.68), outcome(0.74, 0.68)), "student with kd", "+-");

    assertThat(table.rows())
        .containsExactly(
            List.of("teacher", "90.00", "-", "90.00", "-", "-", "-", "-"),
            List.of("student alone", "68.00", "-", "68.00", "-", "-", "1:30", "100"),
            List.of(
                "student with kd",
                "72.00 +- 2.83",
                "+4.00 +- 2.83",
                "72.00 +- 2.83",
                "+4.00 +- 2.83",
                "80.00",
                "1:30",
                "200"));
  }

  @Test
  void columns_are_aligned() {
    Table table = new Table(List.of("", "n"), List.of(List.of("a", "10"), List.of("bcd", "2")));

    assertThat(table.aligned()).containsExactly("      n", "a    10", "bcd   2");
    assertThat(table.markdown())
        .containsExactly("|  | n |", "| --- | ---: |", "| a | 10 |", "| bcd | 2 |");
  }

  @Test
  void a_detector_has_mean_average_precision_and_no_agreement() {
    Table table =
        ResultTable.of(
            List.of(outcome(0.70, 0.68, Metric.ofShare("mAP", ""), null)), "student with kd", "+-");

    assertThat(table.header())
        .containsExactly(
            "",
            "test mAP %, last epoch",
            "gain",
            "test mAP %, best epoch",
            "gain",
            "training",
            "images/s");
    assertThat(table.rows())
        .containsExactly(
            List.of("teacher", "90.00", "-", "90.00", "-", "-", "-"),
            List.of("student alone", "68.00", "-", "68.00", "-", "1:30", "100"),
            List.of("student with kd", "70.00", "+2.00", "70.00", "+2.00", "1:30", "200"));
  }

  private static ResultTable.Outcome outcome(double accuracy, double alone) {
    return outcome(accuracy, alone, Metric.ofOlderFiles(), 0.8);
  }

  private static ResultTable.Outcome outcome(
      double accuracy, double alone, Metric metric, @Nullable Double agreement) {
    Comparison comparison =
        new Comparison(
            new RunResult(
                1, accuracy, accuracy, 1, 0, 0, 0.9, agreement, 1, 1, 90, 95, null, List.of(), null,
                metric),
            Optional.of(
                new RunResult(
                    1, alone, alone, 1, 0, 0, null, null, 1, 1, 90, 95, null, List.of(), null,
                    metric)));
    return new ResultTable.Outcome(comparison, OptionalDouble.of(200), OptionalDouble.of(100));
  }
}
