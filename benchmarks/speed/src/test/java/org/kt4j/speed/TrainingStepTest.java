package org.kt4j.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingStepTest {

  @Test
  void a_smoke_run_reports_every_row_and_what_is_measured_is_positive() throws IOException {
    Report report = TrainingStep.report(Settings.smoke(), TrainingStep.sections(null));

    assertThat(report.figures())
        .extracting(Figure::section)
        .containsOnly(
            "memory",
            "throughput",
            "bound",
            "overhead",
            "distillation",
            "stages",
            "methods",
            "start");
    assertThat(report.figures())
        .filteredOn(figure -> figure.values() == null)
        .extracting(Figure::section)
        .containsOnly("start");
    for (Figure figure : report.figures()) {
      Samples values = figure.values();
      if (values != null && !figure.name().contains("growth") && !figure.name().endsWith("adds")) {
        assertThat(values.median()).as(figure.name()).isPositive();
      }
    }
    assertThat(report.figures().stream().filter(figure -> figure.target() != null)).hasSize(8);
    assertThat(report.markdown())
        .contains(
            "A smoke run", "≥ 0.7", "≤ 1.08", "≤ 1.1 ", "≤ 3 %", "≤ 2 %", "≤ 1 s", "| oneDNN |");
  }

  @Test
  void a_ratio_compares_what_was_measured_in_the_same_round() {
    Samples slow = new Samples(new double[] {1, 20, 3});
    Samples fast = new Samples(new double[] {1, 10, 6});

    Samples ratio = slow.over(fast);

    // 1, 2 and 0.5; the ratio of the medians would be 3 / 6.
    assertThat(ratio.median()).isCloseTo(1, within(1e-12));
    assertThat(ratio.quantile(0.25)).isCloseTo(0.75, within(1e-12));
  }

  @Test
  void subjects_take_turns() {
    StringBuilder calls = new StringBuilder();

    List<Samples> seconds =
        new Rounds(1, 2, 2).seconds(() -> calls.append('a'), () -> calls.append('b'));

    assertThat(calls).hasToString("abaabbaabb");
    assertThat(seconds).hasSize(2).allSatisfy(s -> assertThat(s.perRound()).hasSize(2));
  }

  @Test
  void numbers_have_three_digits_and_no_idle_zeros() {
    assertThat(List.of(0.7, 1.08, 3.0, 12.34, 190.4, 2000.0))
        .extracting(Figure::number)
        .containsExactly("0.7", "1.08", "3", "12.3", "190", "2000");
  }
}
