package org.kt4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class PkdTest {

  private static final String TAP = "stage3";

  private interface Contract extends TransferContract<PkdOptions> {

    @Override
    default PkdProvider provider() {
      return new PkdProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 3, 2, 4))
          .student(TAP, HeapTensor.normal(2, 2, 3, 2, 4));
    }
  }

  @Nested
  class EqualChannels implements Contract {}

  @Nested
  class FewerChannels implements Contract {
    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super.probe(method).student(TAP, HeapTensor.normal(2, 2, 3, 2, 3));
    }
  }

  private static KnowledgeTransfer method() {
    return new PkdProvider().create(PkdOptions.defaults().on(LayerSelection.of(Map.of(TAP, TAP))));
  }

  private static ProbeResult run(HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method()).teacher(TAP, teacher).student(TAP, student).run();
  }

  @Test
  void one_channel_as_in_the_documentation() {
    ProbeResult result =
        run(HeapTensor.maps(1, 1, 3, 1, 0, 1, 2), HeapTensor.maps(1, 1, 3, 1, 1, 0, 2));

    // A sum of a few products of float32 numbers.
    assertThat(result.loss()).isCloseTo(1f / 3, within(1e-6f));
  }

  /** The three values are one position of three pictures: the same correlation. */
  @Test
  void values_of_a_channel_are_those_of_all_pictures() {
    ProbeResult result =
        run(HeapTensor.maps(3, 1, 1, 1, 0, 1, 2), HeapTensor.maps(3, 1, 1, 1, 1, 0, 2));

    assertThat(result.loss()).isCloseTo(1f / 3, within(1e-6f));
    assertThat(method().relatesPictures()).isTrue();
  }

  /** r = -1: L = 2 (n - 1) / n. */
  @Test
  void a_channel_that_falls_where_the_teachers_rises_is_farthest() {
    ProbeResult result = run(HeapTensor.maps(1, 1, 2, 1, 0, 1), HeapTensor.maps(1, 1, 2, 1, 5, 3));

    assertThat(result.loss()).isCloseTo(1, within(1e-6f));
  }

  @Test
  void neither_the_mean_nor_the_size_of_a_channel_is_seen() {
    ProbeResult result =
        run(HeapTensor.maps(1, 1, 3, 1, 0, 1, 3), HeapTensor.maps(1, 1, 3, 1, 8, 10, 14));

    assertThat(result.loss()).isCloseTo(0, within(1e-6f));
  }

  /** Its u is zero: half of (n - 1) / n. */
  @ParameterizedTest
  @ValueSource(floats = {0, 7, 0.1f, 1e20f})
  void a_constant_channel_has_no_gradient(float value) {
    ProbeResult result =
        run(HeapTensor.maps(1, 1, 3, 1, 0, 1, 2), HeapTensor.maps(1, 1, 3, 1, value, value, value));

    assertThat(result.loss()).isCloseTo(1f / 3, within(1e-6f));
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  @Test
  void one_position_of_one_picture_is_zero() {
    ProbeResult result = run(HeapTensor.maps(1, 1, 1, 2, 1, 2), HeapTensor.maps(1, 1, 1, 2, 3, 4));

    assertThat(result.loss()).isZero();
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("pkd");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    Golden.assertAgrees(golden, run(golden.teacher(), golden.student()));
  }
}
