package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class ProbabilisticTransferTest {

  private static final String TAP = "pooled";

  /** A float32 number of order 0.01 that was computed in float64. */
  private static final float ROUNDING = 1e-8f;

  private interface Contract extends TransferContract<PktOptions> {

    @Override
    default PktProvider provider() {
      return new PktProvider();
    }
  }

  @Nested
  class LastFeatures implements Contract {

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 4, 6))
          .student(TAP, HeapTensor.normal(2, 4, 5));
    }
  }

  @Nested
  class MapsAndVectors implements Contract {

    @Override
    public PktOptions options() {
      return new PktOptions(Map.of("stage3", "stage3", TAP, TAP));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage3", HeapTensor.normal(1, 3, 2, 2, 4))
          .teacher(TAP, HeapTensor.normal(2, 3, 6))
          .student("stage3", HeapTensor.normal(3, 3, 1, 2, 5))
          .student(TAP, HeapTensor.normal(4, 3, 5));
    }
  }

  private static ProbeResult run(String tap, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(new PktProvider().create(new PktOptions(Map.of(tap, tap))))
        .teacher(tap, teacher)
        .student(tap, student)
        .run();
  }

  private static ProbeResult run(HeapTensor teacher, HeapTensor student) {
    return run(TAP, teacher, student);
  }

  /** (1/2) (2/3 ln 4/3 + 1/3 ln 2/3); the constant 1e-7 in the logarithms is below the rounding. */
  @Test
  void two_pictures_as_in_the_documentation() {
    ProbeResult result =
        run(HeapTensor.logits(2, 2, 1, 0, 0, 1), HeapTensor.logits(2, 2, 1, 0, 1, 0));

    assertThat(result.loss()).isCloseTo(0.0283165f, within(5 * ROUNDING));
  }

  @Test
  void a_map_is_averaged_over_its_positions() {
    ProbeResult result =
        run(
            "stage3",
            HeapTensor.maps(2, 1, 2, 2, 3, 0, -1, 0, 0, 1, 0, 1),
            HeapTensor.maps(2, 2, 1, 2, 1, 5, 1, -5, 2, 0, 2, 0));

    assertThat(result.loss()).isCloseTo(0.0283165f, within(5 * ROUNDING));
    assertThat(result.knowledge("stage3")).isEqualTo(HeapTensor.logits(2, 2, 1, 0, 0, 1));
  }

  /** Float32 rounds each of the logarithms, near 1, at 6e-8: three digits of this would be left. */
  @Test
  void probabilities_that_are_nearly_the_same_keep_their_digits() {
    float angle = 0.01f;

    ProbeResult result =
        run(
            HeapTensor.logits(2, 2, 1, 0, 1, 0),
            HeapTensor.logits(2, 2, 1, 0, (float) Math.cos(angle), (float) Math.sin(angle)));

    // s = (1 + cos 0.01)/2 = 1 - d with d = 2.5e-5 (1 - 0.01^2/12), p = (1, s)/(1 + s): the
    // divergence from (1/2, 1/2) is -ln(4 s/(1 + s)^2)/2 = -ln(1 - (d/(2 - d))^2)/2 for each row,
    // half of that the mean over the entries of a row: d^2/16 (1 + d).
    assertThat(result.loss()).isCloseTo(3.90628e-11f, within(4e-16f));
  }

  @Test
  void a_batch_of_one_picture_has_nothing_to_relate() {
    ProbeResult result = run(HeapTensor.normal(1, 1, 3), HeapTensor.normal(2, 1, 4));

    assertThat(result.loss()).isZero();
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  @Test
  void the_length_of_the_features_is_not_seen() {
    HeapTensor teacher = HeapTensor.normal(1, 3, 4);
    HeapTensor student = HeapTensor.normal(2, 3, 4);

    // A power of two changes no digit.
    assertThat(run(teacher.times(0x1p-10f), student.times(0x1p100f)).loss())
        .isEqualTo(run(teacher, student).loss());
  }

  @Test
  void no_layers_are_refused() {
    assertThatThrownBy(() -> new PktOptions(Map.of()))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "layers: {} is not allowed; allowed: one pair or more, such as {pooled: pooled}");
  }

  @Test
  void what_is_neither_a_vector_nor_a_map_is_refused() {
    assertThatThrownBy(
            () -> run("tokens", HeapTensor.normal(1, 2, 3, 4), HeapTensor.normal(2, 2, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "relates vectors [B, C] or the means of feature maps [B, H, W, C]; the teacher's"
                + " 'tokens' is [-1, 3, 4]; fix: name another layer");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("pkt-pooled");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    GoldenLosses.Deviation deviation =
        golden.deviation(run("stage3", golden.teacher(), golden.student()));

    // Expected in float64; the means over the positions are float32.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
