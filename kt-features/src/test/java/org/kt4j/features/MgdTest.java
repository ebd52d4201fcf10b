package org.kt4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;
import org.kt4j.features.MgdOptions.Mask;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.ndarray.Shape;

class MgdTest {

  private static final String TAP = "stage3";

  private interface Contract extends TransferContract<MgdOptions> {

    @Override
    default MgdProvider provider() {
      return new MgdProvider();
    }

    /** Convolutions of random first values stand between two equal maps. */
    @Override
    default boolean isDistance() {
      return false;
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 2, 1, 2))
          .student(TAP, HeapTensor.normal(5, 2, 2, 1, 2)); // away from the kinks of the ReLU
    }
  }

  @Nested
  class SomeChannels implements Contract {}

  @Nested
  class SomePositions implements Contract {
    @Override
    public MgdOptions options() {
      return MgdOptions.defaults().with(Mask.POSITIONS, 0.4);
    }
  }

  @Nested
  class FewerChannels implements Contract {
    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super.probe(method).student(TAP, HeapTensor.normal(5, 2, 2, 1, 1));
    }
  }

  private static KnowledgeTransfer method(Mask mask, double masked) {
    return new MgdProvider()
        .create(MgdOptions.defaults().with(mask, masked).on(LayerSelection.of(Map.of(TAP, TAP))));
  }

  private static HeapTensor middle(float value) {
    return HeapTensor.of(Shape.of(3, 3, 1, 1), 0, 0, 0, 0, value, 0, 0, 0, 0);
  }

  @Test
  void one_position_as_in_the_documentation() {
    ProbeResult result =
        MethodProbe.of(method(Mask.CHANNELS, 0))
            .teacher(TAP, HeapTensor.maps(1, 1, 1, 1, 4))
            .student(TAP, HeapTensor.maps(1, 1, 1, 1, 1))
            .auxiliary("stage3.generation1.weight", middle(2))
            .auxiliary("stage3.generation2.weight", middle(3))
            .run();

    assertThat(result.loss()).isEqualTo(4);
    assertThat(result.gradient(TAP).values()).containsExactly(24); // 2 (6 - 4) 2 3
  }

  /**
   * Against a forward pass in float64 with NumPy and, for the gradients, its central differences.
   */
  @Test
  void given_weights_agree_with_another_implementation() {
    ProbeResult result =
        MethodProbe.of(method(Mask.CHANNELS, 0))
            .teacher(TAP, Eighths.of(7, 2, 2, 3, 3, 3))
            .student(TAP, Eighths.of(5, 1, 2, 3, 3, 2))
            .auxiliary("stage3.match.weight", Eighths.of(3, 4, 1, 1, 2, 3))
            .auxiliary("stage3.match.bias", Eighths.of(5, 2, 3))
            .auxiliary("stage3.generation1.weight", Eighths.of(5, 6, 3, 3, 3, 3))
            .auxiliary("stage3.generation1.bias", Eighths.of(4, 5, 3))
            .auxiliary("stage3.generation2.weight", Eighths.of(3, 2, 3, 3, 3, 3))
            .auxiliary("stage3.generation2.bias", Eighths.of(6, 1, 3))
            .run();

    assertThat(result.loss()).isCloseTo(348.0247f, within(348 * 1e-6f));
    // Float32 rounds at 6e-8, a few times in a row, beside gradients of up to 248.
    assertThat(Arrays.copyOf(result.gradient(TAP).values(), 6))
        .containsExactly(
            new float[] {-19.39032f, 40.28547f, -24.79347f, 50.4654f, 15.65825f, -49.90735f},
            within(1e-4f));
    assertThat(result.auxiliaryGradient("stage3.match.weight").values())
        .containsExactly(
            new float[] {-51.77064f, -4.20615f, 168.10172f, 248.04614f, 214.01366f, -189.82271f},
            within(1e-4f));
    assertThat(result.auxiliaryGradient("stage3.match.bias").values())
        .containsExactly(new float[] {32.87518f, -181.83241f, 66.38445f}, within(1e-4f));
    assertThat(result.auxiliaryGradient("stage3.generation1.bias").values())
        .containsExactly(new float[] {24.52716f, 71.77606f, 85.83301f}, within(1e-4f));
    assertThat(result.auxiliaryGradient("stage3.generation2.bias").values())
        .containsExactly(new float[] {-1.52734f, 4.48364f, 3.00732f}, within(1e-4f));
  }

  /** What is masked has no gradient, in all positions of a channel alike. */
  @Test
  void a_share_of_the_channels_of_each_picture_is_masked() {
    int pictures = 16;
    int channels = 64;
    float[] gradient =
        MethodProbe.of(method(Mask.CHANNELS, 0.25))
            .teacher(TAP, HeapTensor.normal(1, pictures, 2, 1, channels))
            .student(TAP, HeapTensor.normal(2, pictures, 2, 1, channels))
            .run()
            .gradient(TAP)
            .values();

    boolean[][] masked = new boolean[pictures][channels];
    int count = 0;
    for (int b = 0; b < pictures; b++) {
      for (int c = 0; c < channels; c++) {
        masked[b][c] = gradient[b * 2 * channels + c] == 0;
        assertThat(gradient[(b * 2 + 1) * channels + c] == 0).isEqualTo(masked[b][c]);
        count += masked[b][c] ? 1 : 0;
      }
    }

    // Of 1,024 draws 256 are expected, with a standard deviation of 14.
    assertThat(count).isBetween(256 - 56, 256 + 56);
    assertThat(masked[0]).as("another mask for each picture").isNotEqualTo(masked[1]);
  }

  @Test
  void a_share_of_the_positions_of_each_picture_is_masked() {
    float[] gradient =
        MethodProbe.of(method(Mask.POSITIONS, 0.65))
            .teacher(TAP, HeapTensor.normal(1, 4, 16, 16, 2))
            .student(TAP, HeapTensor.normal(2, 4, 16, 16, 2))
            .run()
            .gradient(TAP)
            .values();

    int count = 0;
    for (int p = 0; p < 1024; p++) {
      if (gradient[2 * p] == 0 && gradient[2 * p + 1] == 0) {
        count++;
      }
    }

    // Of 1,024 draws 666 are expected, with a standard deviation of 15.
    assertThat(count).isBetween(666 - 60, 666 + 60);
  }

  @Test
  void each_pair_has_a_mask_of_its_own() {
    HeapTensor map = HeapTensor.normal(1, 8, 1, 1, 16);
    ProbeResult result =
        MethodProbe.of(
                new MgdProvider()
                    .create(
                        MgdOptions.defaults()
                            .with(Mask.CHANNELS, 0.5)
                            .on(LayerSelection.of(Map.of("a", "a", "b", "b")))))
            .teacher("a", map)
            .teacher("b", map)
            .student("a", map)
            .student("b", map)
            .run();

    int same = 0;
    for (int i = 0; i < 128; i++) {
      boolean first = result.gradient("a").values()[i] == 0;
      same += first == (result.gradient("b").values()[i] == 0) ? 1 : 0;
    }

    // Half of 128 by chance.
    assertThat(same).isBetween(40, 90);
  }

  @Test
  void the_last_layer_is_chosen_when_none_is_named() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("stage1", Shape.of(-1, 8, 8, 4));
    shapes.put("stage2", Shape.of(-1, 4, 4, 8));
    TapShapes network = TapShapes.of(shapes);

    assertThat(new MgdProvider().create(MgdOptions.defaults()).taps(network, network).student())
        .containsExactly("stage2");
  }

  @Test
  void maps_of_unequal_size_are_refused() {
    TapShapes teacher = TapShapes.of(Map.of(TAP, Shape.of(-1, 8, 8, 8)));
    TapShapes student = TapShapes.of(Map.of(TAP, Shape.of(-1, 4, 4, 8)));

    assertThatThrownBy(() -> method(Mask.CHANNELS, 0.15).taps(teacher, student))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, Double.NaN})
  void a_share_out_of_its_range_is_refused(double masked) {
    assertThatThrownBy(() -> MgdOptions.defaults().with(Mask.CHANNELS, masked))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("masked: " + masked + " is not allowed; allowed: 0 to 0.99");
  }
}
