package org.kt4j.engine.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleConfigTest {

  @Test
  void a_cosine_goes_from_one_over_a_half_to_zero() {
    ScheduleConfig cosine = new ScheduleConfig.Cosine(0);

    assertThat(cosine.factor(0, 10, 4)).isEqualTo(1);
    assertThat(cosine.factor(10, 10, 4)).isCloseTo(0.853553, within(1e-6)); // (1 + cos 45°) / 2
    assertThat(cosine.factor(20, 10, 4)).isCloseTo(0.5, within(1e-12));
    assertThat(cosine.factor(39, 10, 4)).isBetween(0.0, 0.002);
  }

  @Test
  void warm_up_rises_in_even_steps_and_the_curve_begins_behind_it() {
    ScheduleConfig cosine = new ScheduleConfig.Cosine(1);

    assertThat(cosine.factor(0, 4, 3)).isCloseTo(0.2, within(1e-12));
    assertThat(cosine.factor(3, 4, 3)).isCloseTo(0.8, within(1e-12));
    assertThat(cosine.factor(4, 4, 3)).isEqualTo(1);
    assertThat(cosine.factor(8, 4, 3)).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void steps_multiply_at_each_milestone() {
    ScheduleConfig steps = new ScheduleConfig.Step(0, List.of(2, 3), 0.1);

    assertThat(steps.factor(19, 10, 4)).isEqualTo(1);
    assertThat(steps.factor(20, 10, 4)).isCloseTo(0.1, within(1e-12));
    assertThat(steps.factor(30, 10, 4)).isCloseTo(0.01, within(1e-12));
  }

  @Test
  void milestones_must_rise_and_exist_where_they_are_needed() {
    assertThatThrownBy(() -> new ScheduleConfig.Step(0, List.of(), 0.1))
        .hasMessage("milestones: [] is not allowed; allowed: one epoch or more, for step");
    assertThatThrownBy(() -> new ScheduleConfig.Step(0, List.of(3, 2), 0.1))
        .hasMessage("milestones: [3, 2] is not allowed; allowed: rising epochs, 1 to 1000000");
  }
}
