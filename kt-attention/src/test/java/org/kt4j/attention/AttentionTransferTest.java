package org.kt4j.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.attention.AttentionOptions.Distance;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class AttentionTransferTest {

  private static final String TAP = "stage3";

  /** A value of order one that is a sum of a few products of float32 numbers. */
  private static final float ROUNDING = 1e-6f;

  private interface Contract extends TransferContract<AttentionOptions> {

    @Override
    default AttentionProvider provider() {
      return new AttentionProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 3, 2, 4))
          .student(TAP, HeapTensor.normal(2, 2, 3, 2, 5));
    }
  }

  @Nested
  class SquaresByTheCode implements Contract {}

  @Nested
  class SquaresByThePaper implements Contract {
    @Override
    public AttentionOptions options() {
      return AttentionOptions.defaults().with(2, Distance.PAPER);
    }
  }

  @Nested
  class CubesByThePaper implements Contract {
    @Override
    public AttentionOptions options() {
      return AttentionOptions.defaults().with(3, Distance.PAPER);
    }
  }

  @Nested
  class MagnitudesOfSeveralLayers implements Contract {
    @Override
    public AttentionOptions options() {
      return AttentionOptions.defaults()
          .with(1, Distance.CODE)
          .on(
              new LayerSelection(
                  Map.of("stage2", "stage2", TAP, TAP),
                  Map.of("stage2", 0.5),
                  TapChoice.AFTER_ACTIVATION,
                  Interpolation.TEACHER));
    }

    /** Away from zero, where a magnitude has a kink. */
    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage2", HeapTensor.maps(2, 2, 2, 1, 2, -3, 4, 5, 1, 3, -2, 4))
          .teacher(TAP, HeapTensor.maps(2, 1, 2, 2, 1, -2, 3, 2, 2, 3, -1, 4))
          .student("stage2", HeapTensor.maps(2, 1, 2, 2, 3, 1, -2, 2, 1, 2, -3, 1))
          .student(TAP, HeapTensor.maps(2, 1, 2, 1, -3, 2, 1, -4));
    }
  }

  private static KnowledgeTransfer method(double power, Distance distance) {
    return new AttentionProvider()
        .create(
            AttentionOptions.defaults()
                .with(power, distance)
                .on(LayerSelection.of(Map.of(TAP, TAP))));
  }

  private static ProbeResult run(KnowledgeTransfer method, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method).teacher(TAP, teacher).student(TAP, student).run();
  }

  @Test
  void one_image_with_one_channel_as_in_the_documentation() {
    HeapTensor teacher = HeapTensor.maps(1, 1, 2, 1, 1, 2);
    HeapTensor student = HeapTensor.maps(1, 1, 2, 1, 1, 0);

    assertThat(run(method(2, Distance.CODE), teacher, student).loss())
        .isCloseTo(0.757464f, within(ROUNDING));
    assertThat(run(method(2, Distance.PAPER), teacher, student).loss())
        .isCloseTo(1.230825f, within(ROUNDING));
  }

  /** p = 1: the teacher's sums are (3, 4), so q = (.6, .8) against (1, 0): .16 + .64 = .8. */
  @Test
  void magnitudes_are_summed_over_the_channels_whatever_their_signs() {
    ProbeResult result =
        run(
            method(1, Distance.CODE),
            HeapTensor.maps(1, 1, 2, 2, 1, -2, -3, 1),
            HeapTensor.maps(1, 1, 2, 1, -7, 0));

    assertThat(result.loss()).isCloseTo(0.4f, within(ROUNDING));
    assertThat(result.knowledge()).containsOnlyKeys(TAP);
    assertThat(result.knowledge(TAP).values())
        .containsExactly(new float[] {0.6f, 0.8f}, within(ROUNDING));
  }

  /** A second image that agrees halves the mean. */
  @Test
  void two_images_are_a_mean() {
    ProbeResult result =
        run(
            method(2, Distance.PAPER),
            HeapTensor.maps(2, 1, 2, 1, 1, 2, 5, 6),
            HeapTensor.maps(2, 1, 2, 1, 1, 0, 5, 6));

    assertThat(result.loss()).isCloseTo(1.230825f / 2, within(ROUNDING));
  }

  @Test
  void maps_that_agree_ask_for_no_change() {
    HeapTensor map = HeapTensor.normal(1, 2, 3, 3, 4);

    ProbeResult result = run(method(2, Distance.PAPER), map, map);

    assertThat(result.loss()).isZero();
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  @ParameterizedTest
  @ValueSource(floats = {0x1p-10f, 0x1p60f, 0x1p120f})
  void the_size_of_the_activations_is_not_seen(float factor) {
    HeapTensor teacher = HeapTensor.normal(1, 1, 3, 3, 4);
    HeapTensor student = HeapTensor.normal(2, 1, 3, 3, 4);
    ProbeResult once = run(method(2, Distance.CODE), teacher, student);

    ProbeResult scaled = run(method(2, Distance.CODE), teacher, student.times(factor));

    // A power of two changes no digit.
    assertThat(scaled.loss()).isEqualTo(once.loss());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0, -2, Double.NaN})
  void a_power_below_one_is_refused(double power) {
    assertThatThrownBy(() -> AttentionOptions.defaults().with(power, Distance.CODE))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("power: " + power + " is not allowed; allowed: 1 to 100");
  }

  @Test
  void the_guice_module_adds_it_to_the_methods() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new AttentionModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods).hasOnlyElementsOfType(AttentionProvider.class).hasSize(1);
  }

  static List<GoldenLosses.Case> code() {
    return GoldenLosses.cases("attention-code");
  }

  static List<GoldenLosses.Case> paper() {
    return GoldenLosses.cases("attention-paper");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("code")
  void the_codes_distance_agrees_with_another_implementation(GoldenLosses.Case golden) {
    assertAgrees(golden, method(2, Distance.CODE));
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("paper")
  void the_papers_distance_agrees_with_another_implementation(GoldenLosses.Case golden) {
    assertAgrees(golden, method(2, Distance.PAPER));
  }

  private static void assertAgrees(GoldenLosses.Case golden, KnowledgeTransfer method) {
    GoldenLosses.Deviation deviation =
        golden.deviation(run(method, golden.teacher(), golden.student()));

    // Expected in float64; float32 rounds at 6e-8, some ten times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
