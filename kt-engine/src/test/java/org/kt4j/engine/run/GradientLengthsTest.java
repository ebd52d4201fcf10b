package org.kt4j.engine.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GradientLengthsTest {

  private static final double ROUNDING = 1e-6;

  /** The gradients (3, 4), (0, 2) and (0, 0). */
  private static final TermGradients GRADIENTS =
      TermGradients.of(
          List.of("a", "b", "none"),
          new double[] {1, 50, 0},
          new float[] {25, 8, 0, 8, 4, 0, 0, 0, 0});

  @Test
  void lengths_and_cosines_follow_from_inner_products() {
    assertThat(GRADIENTS.norms())
        .containsEntry("a", 5.0)
        .containsEntry("b", 2.0)
        .containsEntry("none", 0.0);
    assertThat(GRADIENTS.cosines()).isEqualTo(Map.of("a", Map.of("b", 0.8)));
    assertThat(GRADIENTS.cosine("b", "a")).hasValue(0.8);
    assertThat(GRADIENTS.cosine("a", "none")).isEmpty();
  }

  @Test
  void a_gradient_that_leaves_float32_is_no_number() {
    TermGradients gradients =
        TermGradients.of(
            List.of("a", "b"), new double[] {1, 1}, new float[] {Float.POSITIVE_INFINITY, 1, 1, 1});

    assertThat(gradients.isFinite()).isFalse();
    assertThat(GRADIENTS.isFinite()).isTrue();
  }

  @Test
  void shares_are_of_the_lengths_of_all() {
    assertThat(GRADIENTS.share("a")).isCloseTo(5 / 7.0, within(ROUNDING));
    assertThat(GRADIENTS.share("none")).isZero();
  }

  @Test
  void the_length_of_a_sum_is_that_of_the_added_gradients() {
    // (3, 4) + (0, 2) = (3, 6), whose square is 45.
    assertThat(GRADIENTS.length(List.of("a", "b"))).isCloseTo(Math.sqrt(45), within(ROUNDING));
    assertThat(GRADIENTS.length(List.of("b"))).isCloseTo(2, within(ROUNDING));
  }
}
