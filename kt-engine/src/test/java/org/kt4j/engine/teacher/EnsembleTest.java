package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class EnsembleTest {

  private static Classifier always(double... probabilities) {
    return (pixels, size) -> {
      float[] logits = new float[size * probabilities.length];
      for (int i = 0; i < logits.length; i++) {
        // Logits may all be moved by the same number.
        logits[i] = (float) Math.log(probabilities[i % probabilities.length]) + 5;
      }
      return logits;
    };
  }

  @Test
  void probabilities_are_the_weighted_mean_of_the_members() {
    Ensemble both = new Ensemble(List.of(always(0.8, 0.2), always(0.4, 0.6)), List.of(0.25, 0.75));

    float[] logits = both.logits(new byte[2], 2);

    // 0.25 * 0.8 + 0.75 * 0.4 = 0.5
    assertThat(logits).hasSize(4);
    assertThat(Math.exp(logits[0])).isCloseTo(0.5, within(1e-6));
    assertThat(Math.exp(logits[3])).isCloseTo(0.5, within(1e-6));
  }

  @Test
  void a_single_member_answers_by_itself() {
    float[] logits = new Ensemble(List.of(always(0.5, 0.5)), List.of(1.0)).logits(new byte[1], 1);

    assertThat(logits[0]).isCloseTo((float) Math.log(0.5) + 5, within(1e-6f));
  }
}
