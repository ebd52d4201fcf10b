package org.kt4j.speed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DetectionSpeedTest {

  @Test
  void a_smoke_run_reports_every_row_and_what_is_measured_is_positive() throws IOException {
    Report report = DetectionSpeed.report(Settings.smoke(), DetectionSpeed.sections());

    assertThat(report.figures())
        .extracting(Figure::section)
        .containsOnly("throughput", "overhead", "export");
    assertThat(report.figures())
        .hasSize(11)
        .allSatisfy(
            figure ->
                assertThat(Objects.requireNonNull(figure.values()).median())
                    .as(figure.name())
                    .isPositive());
    assertThat(report.markdown()).contains("A smoke run", "≤ 5 %", "step over product");
  }
}
