package org.kt4j.engine.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** All expected numbers are worked by hand. */
class ScalingModelTest {

  private static final Offset<Double> ROUNDING = within(1e-12);

  /** 10 Gbit/s, 0.25 ms, 20 ns a number, a million numbers. */
  private static ScalingModel model(int further) {
    return new ScalingModel(10e9, 0.25e-3, 20e-9, 1_000_000, further);
  }

  @Test
  void an_exchange_is_what_is_sent_what_is_computed_and_the_phases() {
    // Two workers send each number once: 32e6 bits take 3.2 ms, 1e6 numbers 20 ms, 2 phases 0.5 ms.
    assertThat(model(0).exchange(2)).isCloseTo(23.7e-3, ROUNDING);
    // Four send 2 * 3 / 4 = 1.5 million: 4.8 ms and 30 ms, and 6 phases take 1.5 ms.
    assertThat(model(0).exchange(4)).isCloseTo(36.3e-3, ROUNDING);
    // 64 send 2 * 63 / 64 = 1.96875 million: 6.3 ms and 39.375 ms, and 126 phases 31.5 ms.
    assertThat(model(0).exchange(64)).isCloseTo(77.175e-3, ROUNDING);
  }

  @Test
  void one_worker_exchanges_nothing() {
    assertThat(model(14).exchange(1)).isZero();
  }

  @Test
  void further_exchanges_cost_their_phases() {
    // 36.3 ms, and 14 times the 1.5 ms of six phases.
    assertThat(model(14).exchange(4)).isCloseTo(57.3e-3, ROUNDING);
  }

  @Test
  void a_network_without_a_limit_leaves_processor_and_phases() {
    ScalingModel model = new ScalingModel(Double.POSITIVE_INFINITY, 0.5e-3, 10e-9, 1_000_000, 0);

    assertThat(model.exchange(2)).isCloseTo(11e-3, ROUNDING);
  }

  @Test
  void speed_counts_the_pictures_of_all_workers() {
    ScalingModel.Prediction alone = model(0).predicted(1, 64, 0.1);
    ScalingModel.Prediction four = model(0).predicted(4, 16, 0.0277);

    // 64 in 100 ms; 4 * 16 in 27.7 + 36.3 = 64 ms.
    assertThat(alone.picturesPerSecond()).isCloseTo(640, within(1e-9));
    assertThat(four.picturesPerSecond()).isCloseTo(1000, within(1e-9));
    assertThat(four.speedUp(alone)).isCloseTo(1.5625, within(1e-9));
  }

  @Test
  void steps_between_those_that_were_measured_lie_on_a_straight_line() {
    StepCost cost =
        new StepCost(
            List.of(
                new StepCost.Taken(64, 0.100, 0),
                new StepCost.Taken(16, 0.028, 0),
                new StepCost.Taken(1, 0.013, 0)));

    assertThat(cost.seconds(64)).isEqualTo(0.100);
    assertThat(cost.seconds(16)).isEqualTo(0.028);
    // 1.5 ms a picture between 16 and 64, 1 ms between 1 and 16.
    assertThat(cost.seconds(32)).isCloseTo(0.052, ROUNDING);
    assertThat(cost.seconds(4)).isCloseTo(0.016, ROUNDING);
    assertThatThrownBy(() -> cost.seconds(65))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("65 pictures are outside of [1, 16, 64]");
  }

  @Test
  void the_largest_the_smallest_and_a_middle_step_are_measured() {
    assertThat(StepCost.sizes(List.of(64, 32, 16, 8, 4, 2, 1))).containsExactly(64, 8, 1);
    assertThat(StepCost.sizes(List.of(64, 64, 32))).containsExactly(64, 32);
    assertThat(StepCost.sizes(List.of(64, 64))).containsExactly(64);
    // The middle between 10 and 90 is 30.
    assertThat(StepCost.sizes(List.of(10, 20, 28, 45, 90))).containsExactly(90, 28, 10);
  }

  @Test
  void latency_and_processor_time_come_from_two_exchanges() {
    ExchangeCost.Taken one = new ExchangeCost.Taken(1, 1.2e-3, 1e-3);
    ExchangeCost.Taken all = new ExchangeCost.Taken(200_000, 3e-3, 3e-3);
    ExchangeCost.Taken many = new ExchangeCost.Taken(1_000_000, 9e-3, 16e-3);
    ExchangeCost cost = new ExchangeCost(List.of(one, all, many));

    // Two phases; 15 ms for a million numbers.
    assertThat(cost.latency()).isCloseTo(0.6e-3, ROUNDING);
    assertThat(cost.values()).isEqualTo(all);
    assertThat(cost.cpuPerNumber()).isCloseTo(15e-9, within(1e-18));
  }
}
