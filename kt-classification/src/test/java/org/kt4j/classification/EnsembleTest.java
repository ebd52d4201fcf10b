package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.imagelevel.LogitFunction;

class EnsembleTest {

  /** Probabilities 1/4 and 3/4 of the first picture, 1 and 0 of the second. */
  private static final LogitFunction SURE =
      (pixels, size) -> new float[] {0, (float) Math.log(3), 1000, 0};

  /** Probabilities 4/5 and 1/5, then 1/2 each. */
  private static final LogitFunction UNSURE =
      (pixels, size) -> new float[] {(float) Math.log(4), 0, -1000, -1000};

  @Test
  void its_probabilities_are_the_mean_of_theirs_weighted_by_their_shares() {
    Ensemble ensemble = new Ensemble(List.of(SURE, UNSURE), List.of(.75, .25));

    float[] logits = ensemble.logits(new byte[2], 2);

    // 3/4 * 1/4 + 1/4 * 4/5 and 3/4 * 3/4 + 1/4 * 1/5; then 3/4 + 1/8 and 1/8.
    double[] expected = {.3875, .6125, .875, .125};
    assertThat(logits).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(Math.exp(logits[i])).isCloseTo(expected[i], within(1e-6)); // logits are float32
    }
  }

  @Test
  void one_alone_gives_its_own_logits() {
    Ensemble ensemble = new Ensemble(List.of(UNSURE), List.of(1.0));

    assertThat(ensemble.logits(new byte[2], 2)).isEqualTo(UNSURE.logits(new byte[2], 2));
  }
}
