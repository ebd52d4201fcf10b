package org.kt4j.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExportSpeedTest {

  @Test
  void a_smoke_run_reports_every_row_and_what_is_measured_is_positive() throws IOException {
    Report report = ExportSpeed.report(Settings.smoke(), Materials.none(), ExportSpeed.sections());

    assertThat(report.figures())
        .extracting(Figure::section)
        .containsOnly("latency", "throughput", "half", "resize", "engines", "pruned", "onnx");
    assertThat(report.figures())
        .filteredOn(figure -> figure.values() == null)
        .extracting(Figure::section)
        .containsExactly("onnx");
    assertThat(report.figures())
        .filteredOn(figure -> figure.values() != null)
        // Of two networks: four formats written, their sizes, and for each batch times and ratios,
        // in sessions and in DJL. Of five widths in floats and in 8 bits: times and ratios.
        .hasSize(9 + 9 + 6 + 2 + 2 * (4 + 4 + 2 * (4 + 3 + 4 + 4 + 3)) + 2 * (10 + 9))
        .allSatisfy(
            figure ->
                assertThat(Objects.requireNonNull(figure.values()).median())
                    .as(figure.name())
                    .isPositive());
    assertThat(report.figures())
        .filteredOn(figure -> figure.target() != null)
        .filteredOn(figure -> !figure.section().equals("engines"))
        .extracting(Figure::name)
        .containsExactly("time folded over unfolded", "time folded over unfolded");
    // ONNX and 8 bits, of two networks, one picture and a batch.
    assertThat(report.figures())
        .filteredOn(figure -> figure.target() != null && figure.section().equals("engines"))
        .hasSize(2 * 2 * 2);
    assertThat(report.markdown()).contains("A smoke run", "≤ 1", "images/s", "needs --npz FILE");
  }

  @Test
  void what_differs_by_rounding_agrees() {
    assertThatCode(
            () ->
                ValueAgreement.require(
                    "one and another",
                    new float[] {100, 0},
                    new float[] {100, 0.009f},
                    ValueAgreement.ROUNDING))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(floats = {0.011f, -0.011f, Float.NaN})
  void what_differs_by_more_is_not_timed(float other) {
    assertThatThrownBy(
            () ->
                ValueAgreement.require(
                    "one and another",
                    new float[] {100, 0},
                    new float[] {100, other},
                    ValueAgreement.ROUNDING))
        .hasMessageStartingWith("one and another differ: 0.0 and ");
  }

  @Test
  void fewer_numbers_are_no_agreement() {
    assertThatThrownBy(
            () -> ValueAgreement.require("one and another", new float[2], new float[1], 1))
        .hasMessage("one and another: 2 numbers and 1");
  }
}
