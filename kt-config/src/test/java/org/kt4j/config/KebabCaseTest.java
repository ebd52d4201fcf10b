package org.kt4j.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KebabCaseTest {

  @ParameterizedTest
  @CsvSource({
    "seed, seed",
    "weightDecay, weight-decay",
    "beta1, beta1",
    "top5Accuracy, top5-accuracy",
    "l2Penalty, l2-penalty",
    "useGPU, use-gpu",
    "vocMAPThreshold, voc-map-threshold",
  })
  void a_component_has_hyphens_before_its_words(String component, String key) {
    assertThat(KebabCase.ofComponent(component)).isEqualTo(key);
  }

  @Test
  void a_constant_has_hyphens_for_underscores() {
    assertThat(KebabCase.ofConstant(Rule.ADAM_W)).isEqualTo("adam-w");
    assertThat(KebabCase.ofConstant(Rule.TOP5)).isEqualTo("top5");
  }

  private enum Rule {
    ADAM_W,
    TOP5
  }
}
