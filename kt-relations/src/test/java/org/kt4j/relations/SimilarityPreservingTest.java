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
import org.kt4j.api.Interpolation;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class SimilarityPreservingTest {

  private static final String TAP = "stage3";

  /** A value of order one that is a sum of a few products of float32 numbers. */
  private static final float ROUNDING = 1e-6f;

  private interface Contract extends TransferContract<SpOptions> {

    @Override
    default SpProvider provider() {
      return new SpProvider();
    }
  }

  @Nested
  class OneLayer implements Contract {

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 3, 3, 2, 4))
          .student(TAP, HeapTensor.normal(2, 3, 3, 2, 5));
    }
  }

  @Nested
  class SeveralLayersOfUnequalSizes implements Contract {

    @Override
    public SpOptions options() {
      return on(Map.of("stage1", "stage1", "pooled", "pooled"), Map.of("pooled", 0.5));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage1", HeapTensor.normal(1, 4, 2, 2, 4))
          .teacher("pooled", HeapTensor.normal(2, 4, 6))
          .student("stage1", HeapTensor.normal(3, 4, 3, 3, 2))
          .student("pooled", HeapTensor.normal(4, 4, 5));
    }
  }

  private static SpOptions on(Map<String, String> layers, Map<String, Double> weights) {
    return new SpOptions(
        new LayerSelection(layers, weights, TapChoice.AFTER_ACTIVATION, Interpolation.NONE));
  }

  private static ProbeResult run(HeapTensor teacher, HeapTensor student) {
    return probe(new SpProvider().create(on(Map.of(TAP, TAP), Map.of())), teacher, student).run();
  }

  private static MethodProbe probe(
      KnowledgeTransfer method, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method).teacher(TAP, teacher).student(TAP, student);
  }

  @Test
  void two_pictures_as_in_the_documentation() {
    ProbeResult result = run(HeapTensor.maps(2, 1, 1, 1, 1, 1), HeapTensor.maps(2, 1, 1, 1, 1, -2));

    assertThat(result.loss()).isCloseTo(1, within(ROUNDING));
    assertThat(result.knowledge(TAP)).isEqualTo(HeapTensor.logits(2, 1, 1, 1));
  }

  /** Rows (1, 0), (0, 1) against twice (1, 1)/sqrt(2): each is 2 - sqrt(2) apart, of 4 numbers. */
  @Test
  void the_activations_of_all_positions_and_channels_are_one_row() {
    ProbeResult result =
        run(
            HeapTensor.maps(2, 1, 2, 2, 1, 0, 0, 2, 0, 3, 0, 0),
            HeapTensor.maps(2, 2, 1, 1, 1, 2, 1, 2));

    assertThat(result.loss()).isCloseTo((float) (1 - Math.sqrt(0.5)), within(ROUNDING));
  }

  @Test
  void a_batch_of_one_picture_has_nothing_to_relate() {
    ProbeResult result = run(HeapTensor.normal(1, 1, 2, 2, 3), HeapTensor.normal(2, 1, 2, 2, 3));

    assertThat(result.loss()).isZero();
    assertThat(result.gradient(TAP).largest()).isLessThan(ROUNDING);
  }

  @Test
  void a_dead_picture_is_similar_to_none_and_gets_no_gradient() {
    HeapTensor student = HeapTensor.maps(2, 1, 1, 2, 3, 4, 0, 0);

    ProbeResult result = run(HeapTensor.maps(2, 1, 1, 2, 1, 0, 0, 1), student);

    // The teacher's rows are (1, 0) and (0, 1), the student's (1, 0) and (0, 0).
    assertThat(result.loss()).isCloseTo(0.25f, within(ROUNDING));
    assertThat(result).matches(ProbeResult::isFinite, "is finite");
  }

  @Test
  void the_scale_of_a_batch_is_not_seen() {
    HeapTensor teacher = HeapTensor.normal(1, 3, 2, 2, 3);
    HeapTensor student = HeapTensor.normal(2, 3, 2, 2, 3);

    // A power of two changes no digit.
    assertThat(run(teacher, student.times(0x1p100f)).loss())
        .isEqualTo(run(teacher, student).loss());
  }

  @Test
  void without_names_the_last_pair_alone_is_read() {
    KnowledgeTransfer method = new SpProvider().create(SpOptions.defaults());
    MethodProbe probe =
        probe(method, HeapTensor.normal(1, 2, 2, 2, 3), HeapTensor.normal(2, 2, 2, 2, 3))
            .teacher("stage4", HeapTensor.normal(3, 2, 1, 2, 3))
            .student("stage4", HeapTensor.normal(4, 2, 1, 2, 3));

    assertThat(probe.run().knowledge()).containsOnlyKeys("stage4");
  }

  @Test
  void a_weight_of_another_pair_than_the_last_is_refused() {
    MethodProbe probe =
        probe(
                new SpProvider().create(on(Map.of(), Map.of(TAP, 2.0))),
                HeapTensor.normal(1, 2, 2, 2, 3),
                HeapTensor.normal(2, 2, 2, 2, 3))
            .teacher("stage4", HeapTensor.normal(3, 2, 1, 2, 3))
            .student("stage4", HeapTensor.normal(4, 2, 1, 2, 3));

    assertThatThrownBy(probe::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "layer-weights has 'stage3'; without layers the last pair alone is read, whose"
                + " teacher's tap is 'stage4'; fix: name the pairs with layers: {TEACHER-TAP:"
                + " STUDENT-TAP}");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("sp");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    GoldenLosses.Deviation deviation = golden.deviation(run(golden.teacher(), golden.student()));

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
