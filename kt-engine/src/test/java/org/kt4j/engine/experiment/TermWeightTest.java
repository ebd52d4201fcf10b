package org.kt4j.engine.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;

class TermWeightTest {

  private static final double ROUNDING = 1e-12;

  @Test
  void a_ramp_grows_from_step_to_step_and_stays_at_its_end() {
    TermWeight ramp = new TermWeight.Ramp(2, 10, 4);

    // 4 epochs of 5 steps: 8 in 20 steps, 0.4 in each.
    assertThat(ramp.at(0, 5)).isEqualTo(2);
    assertThat(ramp.at(1, 5)).isCloseTo(2.4, within(ROUNDING));
    assertThat(ramp.at(19, 5)).isCloseTo(9.6, within(ROUNDING));
    assertThat(ramp.at(20, 5)).isEqualTo(10);
    assertThat(ramp.at(1000, 5)).isEqualTo(10);
  }

  @Test
  void a_ramp_may_fall() {
    TermWeight ramp = new TermWeight.Ramp(3, 0, 1);

    assertThat(ramp.at(1, 3)).isCloseTo(2, within(ROUNDING));
    assertThat(ramp.at(3, 3)).isZero();
    assertThat(ramp.largest()).isEqualTo(3);
  }

  @Test
  void weights_are_described_to_people() {
    assertThat(TermWeight.of(50).described()).isEqualTo("50");
    assertThat(TermWeight.of(0.9).described()).isEqualTo("0.9");
    assertThat(new TermWeight.Ramp(0, 8, 20).described()).isEqualTo("0 to 8 over 20 epochs");
    assertThat(new TermWeight.Ramp(1, 0.5, 1).described()).isEqualTo("1 to 0.5 over 1 epoch");
  }

  @Test
  void weights_out_of_range_are_refused() {
    assertThatThrownBy(() -> new TermWeight.Ramp(-1, 8, 20))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("from: -1.0 is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(() -> new TermWeight.Ramp(0, Double.NaN, 20))
        .hasMessage("to: NaN is not allowed; allowed: 0 to 1e9");
    assertThatThrownBy(() -> new TermWeight.Ramp(0, 8, 0))
        .hasMessage("epochs: 0 is not allowed; allowed: 1 to 1000000");
    assertThatThrownBy(() -> TermWeight.of(1e10))
        .hasMessage("weight: 1.0E10 is not allowed; allowed: 0 to 1e9");
  }
}
