package org.kt4j.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.ProbeResult;

/** How close a result has to be to that of another implementation. */
final class Golden {

  private Golden() {}

  static void assertAgrees(GoldenLosses.Case golden, ProbeResult result) {
    GoldenLosses.Deviation deviation = golden.deviation(result);

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
