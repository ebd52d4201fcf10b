package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.engine.run.Metric;

class StatisticsTest {

  @Test
  void the_deviation_is_that_of_a_sample() {
    // By hand: the mean is 5, the squares add up to 32, 32 / 7 = 4.571428...
    Spread spread = Spread.of(2, 4, 4, 4, 5, 5, 7, 9);

    assertThat(spread.mean()).isEqualTo(5);
    assertThat(spread.deviation()).isCloseTo(2.138089935299395, within(1e-12));
  }

  @Test
  void one_value_has_no_deviation_and_none_no_mean() {
    assertThat(Spread.of(0.25).deviation()).isNaN();
    assertThat(Spread.of(0.25).percent()).isEqualTo("25.00");
    assertThat(Spread.of(0.25, 0.75).percent()).isEqualTo("50.00 ± 35.36");
    assertThatThrownBy(Spread::of).hasMessage("the mean of no values");
  }

  /** The quantiles 0.975 of Student's t, from the tables of any textbook. */
  @ParameterizedTest
  @CsvSource({"2, 12.706", "3, 4.303", "5, 2.776", "10, 2.262", "30, 2.045"})
  void the_interval_is_that_of_students_t(int pairs, double quantile) {
    double[] differences = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      differences[i] = i % 2 == 0 ? 1 : 3;
    }

    Gain gain = Gain.of(differences);

    double half = quantile * gain.deviation() / Math.sqrt(pairs);
    assertThat(gain.high() - gain.mean()).isCloseTo(half, within(half * 1e-3));
    assertThat(gain.mean() - gain.low()).isCloseTo(half, within(half * 1e-3));
  }

  @Test
  void a_gain_is_told_only_where_the_interval_does_not_hold_zero() {
    Metric accuracy = Metric.ofShare("accuracy", "");

    assertThat(Gain.of(0.05, 0.06, 0.055).verdict()).isEqualTo(Gain.Verdict.HELPS);
    assertThat(Gain.of(-0.05, -0.06, -0.055).verdict()).isEqualTo(Gain.Verdict.HURTS);
    // The mean is 2, the deviation 1, so the interval is 2 +- 4.303 / sqrt(3) = 2 +- 2.484.
    Gain unclear = Gain.of(0.01, 0.02, 0.03);
    assertThat(unclear.verdict()).isEqualTo(Gain.Verdict.UNCLEAR);
    assertThat(unclear.interval(accuracy)).isEqualTo("-0.48 to +4.48");
    assertThat(Gain.of(0.05).verdict()).isEqualTo(Gain.Verdict.UNCLEAR);
    assertThat(Gain.of(0.05).interval(accuracy)).isEqualTo("-");
  }

  @Test
  void an_axis_ends_at_round_numbers_and_holds_its_values() {
    assertThat(Axis.around(0.3, 9.7, 5).ticks()).containsExactly(0.0, 2.0, 4.0, 6.0, 8.0, 10.0);
    assertThat(Axis.around(-0.12, 0.17, 3).ticks()).containsExactly(-0.2, -0.1, 0.0, 0.1, 0.2);
    assertThat(Axis.around(0.3, 0.9, 3).ticks()).containsExactly(0.2, 0.4, 0.6, 0.8, 1.0);
    Axis same = Axis.around(5, 5, 4);
    assertThat(same.low()).isLessThan(5);
    assertThat(same.high()).isGreaterThan(5);
  }
}
