package org.kt4j.features;

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
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.Adapt;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.api.TapShapes;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.ndarray.Shape;

class CwdTest {

  private static final String TAP = "stage3";

  private interface Contract extends TransferContract<CwdOptions> {

    @Override
    default CwdProvider provider() {
      return new CwdProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 3, 2, 4))
          .student(TAP, HeapTensor.normal(2, 2, 3, 2, 4));
    }
  }

  @Nested
  class Softened implements Contract {}

  @Nested
  class Unsoftened implements Contract {
    @Override
    public CwdOptions options() {
      return CwdOptions.defaults().with(1);
    }
  }

  @Nested
  class FewerChannels implements Contract {
    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super.probe(method).student(TAP, HeapTensor.normal(2, 2, 3, 2, 3));
    }
  }

  @Nested
  class AlwaysAdapted implements Contract {
    @Override
    public CwdOptions options() {
      return CwdOptions.defaults().with(Adapt.ALWAYS);
    }

    /** A convolution of random first values stands between two equal maps. */
    @Override
    public boolean isDistance() {
      return false;
    }
  }

  @Nested
  class SeveralLayersOfOtherSizes implements Contract {
    @Override
    public CwdOptions options() {
      return CwdOptions.defaults()
          .on(
              new LayerSelection(
                  Map.of("stage2", "stage2", TAP, TAP),
                  Map.of("stage2", 0.5),
                  TapChoice.AFTER_ACTIVATION,
                  Interpolation.STUDENT));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super
          .probe(method)
          .teacher("stage2", HeapTensor.normal(3, 2, 4, 4, 2))
          .student("stage2", HeapTensor.normal(4, 2, 2, 2, 2));
    }
  }

  private static KnowledgeTransfer method(double temperature) {
    return new CwdProvider()
        .create(CwdOptions.defaults().with(temperature).on(LayerSelection.of(Map.of(TAP, TAP))));
  }

  private static ProbeResult run(KnowledgeTransfer method, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method).teacher(TAP, teacher).student(TAP, student).run();
  }

  @Test
  void one_channel_as_in_the_documentation() {
    float ln3 = (float) Math.log(3);

    ProbeResult result =
        run(method(1), HeapTensor.maps(1, 1, 2, 1, ln3, 0), HeapTensor.maps(1, 1, 2, 1, 0, 0));

    // A sum of a few products of float32 numbers.
    assertThat(result.loss()).isCloseTo(0.130812f, within(1e-6f));
    // p_S - p_T
    assertThat(result.gradient(TAP).values())
        .containsExactly(new float[] {-0.25f, 0.25f}, within(1e-6f));
  }

  /** A second channel that agrees halves the mean; the map times T at T gives T^2 times as much. */
  @Test
  void channels_and_pictures_are_a_mean_and_the_square_of_the_temperature_a_factor() {
    float ln3 = (float) Math.log(3);

    ProbeResult result =
        run(
            method(2),
            HeapTensor.maps(2, 1, 2, 2, 2 * ln3, 7, 0, 8, 1, 2, 3, 4),
            HeapTensor.maps(2, 1, 2, 2, 0, 7, 0, 8, 1, 2, 3, 4));

    assertThat(result.loss()).isCloseTo(0.130812f * 4 / 2 / 2, within(1e-6f));
  }

  @Test
  void a_batch_of_one_picture_is_its_own_mean() {
    HeapTensor teacher = HeapTensor.normal(1, 1, 3, 3, 4);
    HeapTensor student = HeapTensor.normal(2, 1, 3, 3, 4);

    assertThat(run(method(4), teacher, student).loss())
        .isCloseTo(run(method(4), teacher.twice(), student.twice()).loss(), within(1e-6f));
  }

  @Test
  void how_strong_a_channel_is_on_average_is_not_seen() {
    HeapTensor map = HeapTensor.maps(1, 1, 2, 1, 1, 3);

    assertThat(run(method(4), map, HeapTensor.maps(1, 1, 2, 1, 11, 13)).loss())
        .isCloseTo(0, within(1e-6f));
  }

  @Test
  void maps_of_one_position_are_refused() {
    TapShapes shapes = TapShapes.of(Map.of(TAP, Shape.of(-1, 1, 1, 8)));

    assertThatThrownBy(() -> method(4).taps(shapes, shapes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "compares how a map is spread over its positions, and one position leaves nothing to"
                + " compare; the teacher's 'stage3' is [-1, 1, 1, 8], the student's 'stage3' is"
                + " [-1, 1, 1, 8]; fix: name layers with larger maps");
  }

  @Test
  void maps_of_unequal_size_are_refused() {
    TapShapes teacher = TapShapes.of(Map.of(TAP, Shape.of(-1, 8, 8, 8)));
    TapShapes student = TapShapes.of(Map.of(TAP, Shape.of(-1, 4, 4, 8)));

    assertThatThrownBy(() -> method(4).taps(teacher, student))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width")
        .hasMessageContaining("interpolate: teacher");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1e-4, 20_000, Double.NaN})
  void a_temperature_out_of_its_range_is_refused(double temperature) {
    assertThatThrownBy(() -> CwdOptions.defaults().with(temperature))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("temperature: " + temperature + " is not allowed; allowed: 0.001 to 10000");
  }

  static List<GoldenLosses.Case> unsoftened() {
    return GoldenLosses.cases("cwd-tau1");
  }

  static List<GoldenLosses.Case> softened() {
    return GoldenLosses.cases("cwd-tau4");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("unsoftened")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    Golden.assertAgrees(golden, run(method(1), golden.teacher(), golden.student()));
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("softened")
  void softened_maps_agree_with_another_implementation(GoldenLosses.Case golden) {
    Golden.assertAgrees(golden, run(method(4), golden.teacher(), golden.student()));
  }
}
