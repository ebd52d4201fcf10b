package org.kt4j.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class Int8LossTest {

  private static Int8Loss loss(double original, double exported) {
    return new Int8Loss("mAP", original, exported, 60, "shapes held-out", 1);
  }

  @Test
  void as_many_points_may_be_lost_as_are_allowed_and_any_may_be_won() {
    assertThat(loss(0.5, 0.49).isAllowed()).isTrue();
    assertThat(loss(0.5, 0.7).isAllowed()).isTrue();
    assertThat(loss(0.5, 0.489).isAllowed()).isFalse();
    assertThat(loss(0.5, Double.NaN).isAllowed()).isFalse();
    assertThat(loss(0.5, 0.489).points()).isCloseTo(1.1, within(1e-9));
  }

  @Test
  void what_is_lost_and_what_can_be_done_is_said() {
    assertThat(loss(0.5, 0.45).failure(""))
        .isEqualTo(
            "in 8 bits 5.00 points of mAP are lost: 45.00 instead of 50.00 % on 60 pictures (shapes"
                + " held-out), allowed: 1.0; nothing was written; fix: more pictures (--calibration),"
                + " another range (--range percentile-99.99), --float-ends, or a larger"
                + " --allowed-loss");
    assertThat(loss(0.5, 0.45).failure("a larger student,"))
        .endsWith("--float-ends, a larger student, or a larger --allowed-loss");
  }
}
