package org.kt4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.api.TapShapes;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.ndarray.Shape;

class VidTest {

  private static final String TAP = "stage3";

  private interface Contract extends TransferContract<VidOptions> {

    @Override
    default VidProvider provider() {
      return new VidProvider();
    }

    /** A likelihood under a regressor of random first values. */
    @Override
    default boolean isDistance() {
      return false;
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 3, 2, 4))
          .student(TAP, HeapTensor.normal(6, 2, 3, 2, 3)); // away from the kinks of the ReLUs
    }
  }

  @Nested
  class FewerChannels implements Contract {}

  @Nested
  class SmallVariance implements Contract {
    @Override
    public VidOptions options() {
      return VidOptions.defaults().with(0.1);
    }
  }

  @Nested
  class OtherSizes implements Contract {
    @Override
    public VidOptions options() {
      return VidOptions.defaults()
          .on(
              new LayerSelection(
                  Map.of(TAP, TAP),
                  Map.of(TAP, 0.5),
                  TapChoice.AFTER_ACTIVATION,
                  Interpolation.TEACHER));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super.probe(method).student(TAP, HeapTensor.normal(6, 2, 2, 2, 3));
    }
  }

  private static KnowledgeTransfer method(double variance) {
    return new VidProvider()
        .create(VidOptions.defaults().with(variance).on(LayerSelection.of(Map.of(TAP, TAP))));
  }

  private static HeapTensor weights(int inputs, int outputs, float... values) {
    return HeapTensor.of(Shape.of(1, 1, inputs, outputs), values);
  }

  @Test
  void one_position_as_in_the_documentation() {
    ProbeResult result =
        MethodProbe.of(method(5))
            .teacher(TAP, HeapTensor.maps(1, 1, 1, 1, 4))
            .student(TAP, HeapTensor.maps(1, 1, 1, 1, 1))
            .auxiliary("stage3.regressor1", weights(1, 1, 2))
            .auxiliary("stage3.regressor2", weights(1, 1, 1))
            .auxiliary("stage3.regressor3", weights(1, 1, 3))
            .run();

    // A value of order one that is a sum of a few products of float32 numbers.
    assertThat(result.loss()).isCloseTo(1.204719f, within(1e-6f));
    assertThat(result.gradient(TAP).values()[0]).isCloseTo(2f / 5 * 6, within(1e-5f));
  }

  /** mu = 0 where the student is dead: the mean of (16 + 0) / v and ln v, halved. */
  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.5, 40, 1000})
  void the_first_variance_is_the_one_that_was_asked_for(double variance) {
    ProbeResult result =
        MethodProbe.of(method(variance))
            .teacher(TAP, HeapTensor.maps(2, 1, 1, 1, 4, 0))
            .student(TAP, HeapTensor.maps(2, 1, 1, 1, 0, 0))
            .run();

    double expected = (8 / variance + Math.log(variance)) / 2;
    // The least variance, 1e-5, is what float32 keeps to 1e-5 beside the rest of 0.001.
    assertThat((double) result.loss()).isCloseTo(expected, within(1e-4 * Math.abs(expected)));
  }

  /**
   * Against a forward pass in float64 with NumPy and, for the gradients, its central differences.
   */
  @Test
  void given_weights_agree_with_another_implementation() {
    ProbeResult result =
        MethodProbe.of(method(5))
            .teacher(TAP, Eighths.of(7, 2, 2, 2, 2, 2))
            .student(TAP, Eighths.of(5, 1, 2, 2, 2, 3))
            .auxiliary("stage3.regressor1", Eighths.of(3, 4, 1, 1, 3, 2))
            .auxiliary("stage3.regressor2", Eighths.of(5, 6, 1, 1, 2, 2))
            .auxiliary("stage3.regressor3", Eighths.of(4, 3, 1, 1, 2, 2))
            .auxiliary("stage3.variance", HeapTensor.of(Shape.of(2), 0.5f, -0.25f))
            .run();

    assertThat(result.loss()).isCloseTo(0.8596248f, within(1e-6f));
    // Central differences in float64 are exact to about 1e-9, float32 here to 1e-8.
    assertThat(result.gradient(TAP).values())
        .containsExactly(
            new float[] {
              -0.000945156f,
              0.000472578f,
              0.001890313f,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              0,
              -0.000614852f,
              0.003074259f,
              -0.003689111f,
              -0.000241007f,
              0.001205037f,
              -0.001446044f,
              -0.001699401f,
              0.000849701f,
              0.003398803f,
              -0.000955823f,
              0.000477912f,
              0.001911647f
            },
            within(2e-8f));
    assertThat(result.auxiliaryGradient("stage3.regressor1").values())
        .containsExactly(
            new float[] {
              -0.003459548f, 0.001229704f, 0.001040929f, 0.005508999f, 0.005541405f, -0.00476131f
            },
            within(2e-8f));
    assertThat(result.auxiliaryGradient("stage3.regressor2").values())
        .containsExactly(new float[] {0, 0.020083765f, 0.006860394f, 0}, within(2e-8f));
    assertThat(result.auxiliaryGradient("stage3.regressor3").values())
        .containsExactly(
            new float[] {-0.007322898f, -0.01826866f, 0.004963019f, 0.006480319f}, within(2e-8f));
    assertThat(result.auxiliaryGradient("stage3.variance").values())
        .containsExactly(new float[] {0.041091695f, 0.04782789f}, within(2e-8f));
  }

  @Test
  void what_cannot_work_is_refused() {
    TapShapes teacher = TapShapes.of(Map.of(TAP, Shape.of(-1, 8, 8, 8)));
    TapShapes student = TapShapes.of(Map.of(TAP, Shape.of(-1, 4, 4, 8)));

    assertThatThrownBy(() -> method(5).taps(teacher, student))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width");
    assertThatThrownBy(() -> VidOptions.defaults().with(0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("initialVariance: 0.0 is not allowed; allowed: 0.001 to 1000");
  }
}
