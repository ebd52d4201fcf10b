package org.kt4j.engine.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;

class MaskScheduleTest {

  /** What is pruned in 12 epochs of 10 steps, by step. */
  private static Map<Long, Double> prunings(MaskSchedule schedule, double sparsity) {
    Map<Long, Double> found = new TreeMap<>();
    for (long step = 0; step < 120; step++) {
      OptionalDouble share = schedule.before(step, 10, sparsity);
      if (share.isPresent()) {
        found.put(step, share.getAsDouble());
      }
    }
    return found;
  }

  @Test
  void constant_is_all_at_once() {
    MaskSchedule third = new MaskSchedule.Constant(2);

    assertThat(prunings(MaskSchedule.defaults(), 0.8)).isEqualTo(Map.of(0L, 0.8));
    assertThat(prunings(third, 0.8)).isEqualTo(Map.of(20L, 0.8));
    assertThat(third.lastStep(10)).isEqualTo(20);
  }

  @Test
  void gradual_goes_by_the_cube_of_what_is_left_of_the_way() {
    MaskSchedule gradual = new MaskSchedule.Gradual(1, 5, 10, 0);

    // 0.8 (1 - (1 - i / 4)^3), at i = 0 nothing: 1 - 27/64, 1 - 1/8, 1 - 1/64, 1.
    Map<Long, Double> found = prunings(gradual, 0.8);
    assertThat(found).containsOnlyKeys(20L, 30L, 40L, 50L);
    assertThat(found.get(20L)).isCloseTo(0.8 * 37 / 64, within(1e-12));
    assertThat(found.get(30L)).isCloseTo(0.8 * 7 / 8, within(1e-12));
    assertThat(found.get(40L)).isCloseTo(0.8 * 63 / 64, within(1e-12));
    assertThat(found.get(50L)).isEqualTo(0.8);
    assertThat(gradual.lastStep(10)).isEqualTo(50);
  }

  @Test
  void gradual_begins_with_its_initial_share_and_ends_before_its_last_epoch() {
    MaskSchedule gradual = new MaskSchedule.Gradual(0, 2, 8, 0.4);

    // Two intervals of eight steps in twenty: 0.8 - 0.4 / 8 in the middle.
    Map<Long, Double> found = prunings(gradual, 0.8);
    assertThat(found).containsOnlyKeys(0L, 8L, 16L).containsEntry(16L, 0.8);
    assertThat(found.get(0L)).isCloseTo(0.4, within(1e-12));
    assertThat(found.get(8L)).isCloseTo(0.75, within(1e-12));
  }

  @Test
  void every_round_leaves_the_same_share() {
    MaskSchedule rounds = new MaskSchedule.Rounds(1, 3, 2);

    // A tenth of a tenth of a tenth is left of 0.999.
    Map<Long, Double> found = prunings(rounds, 0.999);
    assertThat(found).containsOnlyKeys(10L, 30L, 50L).containsEntry(50L, 0.999);
    assertThat(found.get(10L)).isCloseTo(0.9, within(1e-12));
    assertThat(found.get(30L)).isCloseTo(0.99, within(1e-12));
    assertThat(rounds.lastStep(10)).isEqualTo(50);
  }

  @Test
  void ranges_are_checked() {
    assertThatThrownBy(() -> new MaskSchedule.Gradual(3, 3, 10, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("above from-epoch, which is 3");
    assertThatThrownBy(() -> new MaskSchedule.Gradual(0, 3, 0, 0))
        .isInstanceOf(InvalidOptionException.class);
    assertThatThrownBy(() -> new MaskSchedule.Gradual(0, 3, 10, 1))
        .isInstanceOf(InvalidOptionException.class);
    assertThatThrownBy(() -> new MaskSchedule.Rounds(0, 0, 1))
        .isInstanceOf(InvalidOptionException.class);
    assertThatThrownBy(() -> new MaskSchedule.Constant(-1))
        .isInstanceOf(InvalidOptionException.class);
  }
}
