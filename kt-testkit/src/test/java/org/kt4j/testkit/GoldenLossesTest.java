package org.kt4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoldenLossesTest {

  /** Each number is a float32 one, so that the shares below are exact but for one rounding. */
  private static final double ROUNDING = 1e-12;

  @TempDir private Path folder;

  @Test
  void a_deviation_is_a_share_of_what_is_expected() throws IOException {
    GoldenLosses.Case golden = golden("2", "-4, 0.5");

    GoldenLosses.Deviation deviation = golden.deviation(result(2.5f, -4, 1.5f));

    assertThat(deviation.value()).isCloseTo(0.25, within(ROUNDING));
    assertThat(deviation.gradient()).isCloseTo(0.25, within(ROUNDING));
  }

  @Test
  void where_zero_is_expected_a_deviation_is_the_difference_itself() throws IOException {
    GoldenLosses.Case golden = golden("0", "0, 0");

    GoldenLosses.Deviation exact = golden.deviation(result(0, 0, 0));
    GoldenLosses.Deviation apart = golden.deviation(result(0.5f, 0.125f, -0.25f));

    assertThat(exact).isEqualTo(new GoldenLosses.Deviation(0, 0));
    assertThat(apart).isEqualTo(new GoldenLosses.Deviation(0.5, 0.25));
  }

  @Test
  void an_undefined_gradient_counts_as_zero() throws IOException {
    GoldenLosses.Case golden = golden("1", "NaN, NaN");

    GoldenLosses.Deviation deviation = golden.deviation(result(1, 0, 0.5f));

    assertThat(deviation).isEqualTo(new GoldenLosses.Deviation(0, 0.5));
  }

  private GoldenLosses.Case golden(String value, String gradient) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("losses.json"),
            "{\"cases\": [{\"name\": \"a\", \"expected\": {\"loss\": {\"value\": "
                + value
                + ", \"gradient\": ["
                + gradient
                + "]}}}]}");
    return GoldenLosses.cases(List.of(file), "loss").get(0);
  }

  private static ProbeResult result(float loss, float... gradient) {
    return new ProbeResult(
        loss,
        Map.of("tap", HeapTensor.logits(1, gradient.length, gradient)),
        Map.of(),
        Map.of(),
        false);
  }
}
