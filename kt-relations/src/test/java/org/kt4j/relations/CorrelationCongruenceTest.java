package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

class CorrelationCongruenceTest {

  private static final String TAP = "pooled";

  private interface Contract extends TransferContract<CcOptions> {

    @Override
    default CcProvider provider() {
      return new CcProvider();
    }
  }

  /**
   * Two numbers rather than 128: a sum over many squares of 1e18 is no float32 number, and no
   * difference is near zero, where a magnitude has a kink.
   */
  @Nested
  class Embedded implements Contract {

    @Override
    public CcOptions options() {
      return CcOptions.defaults().with(2);
    }

    /** A linear layer of random first values stands on either side. */
    @Override
    public boolean isDistance() {
      return false;
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 3, 4))
          .student(TAP, HeapTensor.normal(3, 3, 5));
    }
  }

  /** Differences are away from zero, where a magnitude has a kink. */
  @Nested
  class NotEmbedded implements Contract {

    @Override
    public CcOptions options() {
      return new CcOptions(0, Map.of("stage3", "stage2"));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage3", HeapTensor.maps(3, 1, 1, 2, 1, -2, 2, 1, -1, 3))
          .teacher("stage2", HeapTensor.normal(1, 3, 1, 1, 2))
          .student("stage3", HeapTensor.normal(2, 3, 1, 1, 2))
          .student("stage2", HeapTensor.maps(3, 1, 2, 2, 2, -1, 3, 1, 1, 2, -1, 1, 2, 1, 3, -2));
    }

    /** The probe's layers have other names on the other side. */
    @Override
    public boolean isDistance() {
      return false;
    }
  }

  private static ProbeResult run(int embed, HeapTensor teacher, HeapTensor student) {
    return run(embed, TAP, teacher, student);
  }

  private static ProbeResult run(int embed, String tap, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(new CcProvider().create(new CcOptions(embed, Map.of(tap, tap))))
        .teacher(tap, teacher)
        .student(tap, student)
        .run();
  }

  @Test
  void three_pictures_as_in_the_documentation() {
    ProbeResult result =
        run(
            0,
            HeapTensor.logits(3, 2, 0, 0, 0, 0, 0, 0),
            HeapTensor.logits(3, 2, 1, -2, 3, 1, 0, -4));

    assertThat(result.loss()).isEqualTo(4.5f);
    // Of the first picture a_2 with the signs of its differences, half: the mean is over two.
    assertThat(result.gradient(TAP).values())
        .startsWith(1.5f, -0.5f)
        // Of the second, a_1 + a_3; of the third, whose first difference is zero, a_2.
        .endsWith(0.5f, 3f, 0f, -0.5f);
  }

  @Test
  void equal_features_are_at_distance_zero() {
    HeapTensor features = HeapTensor.normal(1, 3, 4);

    ProbeResult result = run(0, features, features);

    assertThat(result.loss()).isZero();
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  @Test
  void a_batch_of_one_picture_has_no_neighbour() {
    for (int embed : new int[] {0, 8}) {
      ProbeResult result = run(embed, HeapTensor.normal(1, 1, 4), HeapTensor.normal(2, 1, 4));

      assertThat(result.loss()).isZero();
      assertThat(result.gradient(TAP).largest()).isZero();
    }
  }

  /** The teacher's linear layer learns too, as in RepDistiller; the knowledge is in front of it. */
  @Test
  void both_linear_layers_are_trained() {
    HeapTensor teacher = HeapTensor.normal(1, 3, 6);

    ProbeResult result = run(8, teacher, HeapTensor.normal(2, 3, 5));

    assertThat(result.knowledge(TAP)).isEqualTo(teacher);
    assertThat(result.auxiliaryGradients())
        .containsOnlyKeys(
            "pooled.teacher.weight",
            "pooled.teacher.bias",
            "pooled.student.weight",
            "pooled.student.bias");
    assertThat(result.auxiliaryGradient("pooled.teacher.weight").largest()).isPositive();
  }

  @Test
  void unequal_channels_need_an_embedding() {
    assertThatThrownBy(() -> run(0, HeapTensor.normal(1, 2, 6), HeapTensor.normal(2, 2, 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "without embed both layers need the same channels; the teacher's 'pooled' is [-1, 6],"
                + " the student's 'pooled' is [-1, 5]; fix: embed: 128");
  }

  @Test
  void an_embedding_outside_its_range_is_refused() {
    assertThatThrownBy(() -> CcOptions.defaults().with(-1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("embed: -1 is not allowed; allowed: 0 to 65536");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("cc-pooled");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    GoldenLosses.Deviation deviation =
        golden.deviation(run(0, "stage3", golden.teacher(), golden.student()));

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
