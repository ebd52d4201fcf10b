package org.kt4j.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.ndarray.Shape;

class AbTest {

  private static final String TAP = "stage3.pre-relu";

  private interface Contract extends TransferContract<AbOptions> {

    @Override
    default AbProvider provider() {
      return new AbProvider();
    }

    /** Neurons within the margin cost something even where both agree. */
    @Override
    default boolean isDistance() {
      return false;
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

  @Nested
  class SeveralLayersAlike implements Contract {
    @Override
    public AbOptions options() {
      return AbOptions.defaults()
          .with(0.5, 1)
          .on(LayerSelection.of(Map.of("stage2", "stage2", TAP, TAP)));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super
          .probe(method)
          .teacher("stage2", HeapTensor.normal(3, 2, 2, 2, 2))
          .student("stage2", HeapTensor.normal(4, 2, 2, 2, 2));
    }
  }

  private static KnowledgeTransfer method(AbOptions options) {
    return new AbProvider().create(options);
  }

  private static ProbeResult run(double margin, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(
            method(AbOptions.defaults().with(margin, 0.5).on(LayerSelection.of(Map.of(TAP, TAP)))))
        .teacher(TAP, teacher)
        .student(TAP, student)
        .run();
  }

  @Test
  void two_channels_as_in_the_documentation() {
    ProbeResult result =
        run(1, HeapTensor.maps(1, 1, 1, 2, 2, -1), HeapTensor.maps(1, 1, 1, 2, 0.5f, 0.5f));

    // A product of a few float32 numbers.
    assertThat(result.loss()).isCloseTo(0.0075f, within(1e-8f));
    // 3/1000 * -2 (1 - .5) and 3/1000 * 2 (1 + .5)
    assertThat(result.gradient(TAP).values())
        .containsExactly(new float[] {-0.003f, 0.009f}, within(1e-8f));
    assertThat(result.knowledge(TAP)).isEqualTo(HeapTensor.maps(1, 1, 1, 2, 1, -1));
  }

  /** A second picture beyond the margin halves the mean. */
  @Test
  void a_neuron_beyond_the_margin_on_its_side_is_free() {
    ProbeResult result =
        run(
            1,
            HeapTensor.maps(2, 1, 1, 2, 2, -1, 0.1f, -0.1f),
            HeapTensor.maps(2, 1, 1, 2, 0.5f, 0.5f, 1.5f, -7));

    assertThat(result.loss()).isCloseTo(0.0075f / 2, within(1e-8f));
  }

  /** The teacher's 0 is not active, as behind a ReLU: (2 + 1)^2. */
  @Test
  void a_teachers_neuron_at_zero_is_not_active() {
    ProbeResult result = run(2, HeapTensor.maps(1, 1, 1, 1, 0), HeapTensor.maps(1, 1, 1, 1, 1));

    assertThat(result.loss()).isCloseTo(0.027f, within(1e-8f));
  }

  /** Each layer alone is at 3/1000 (margin 1, student 0, one neuron); halves from the last down. */
  @Test
  void each_layer_counts_half_of_the_next_one() {
    Map<String, String> layers = new LinkedHashMap<>();
    MethodProbe probe = MethodProbe.of(method(AbOptions.defaults()));
    for (String tap : List.of("low", "middle", "high")) {
      layers.put(tap, tap);
      probe =
          probe
              .teacher(tap, HeapTensor.maps(1, 1, 1, 1, 5))
              .student(tap, HeapTensor.maps(1, 1, 1, 1, 0));
    }

    AbOptions options = AbOptions.defaults().on(LayerSelection.of(layers));

    assertThat(probe.method(method(options)).run().loss()).isCloseTo(0.003f * 1.75f, within(1e-8f));
    assertThat(probe.method(method(options.with(1, 1))).run().loss())
        .isCloseTo(0.003f * 3, within(1e-8f));
  }

  @Test
  void maps_in_front_of_the_activation_are_read_unless_others_are_named() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("stage1.pre-relu", Shape.of(-1, 4, 4, 8));
    shapes.put("stage1", Shape.of(-1, 4, 4, 8));
    TapShapes network = TapShapes.of(shapes);

    Taps taps = method(AbOptions.defaults()).taps(network, network);

    assertThat(taps).isEqualTo(new Taps(List.of("stage1.pre-relu"), List.of("stage1.pre-relu")));
  }

  @Test
  void maps_of_unequal_size_are_refused() {
    TapShapes teacher = TapShapes.of(Map.of(TAP, Shape.of(-1, 8, 8, 8)));
    TapShapes student = TapShapes.of(Map.of(TAP, Shape.of(-1, 4, 4, 8)));

    assertThatThrownBy(
            () ->
                method(AbOptions.defaults().on(LayerSelection.of(Map.of(TAP, TAP))))
                    .taps(teacher, student))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1001, Double.NaN})
  void options_out_of_their_range_are_refused(double value) {
    assertThatThrownBy(() -> AbOptions.defaults().with(value, 0.5))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("margin: " + value + " is not allowed; allowed: 0.001 to 1000");
    assertThatThrownBy(() -> AbOptions.defaults().with(1, value))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "layerDecay: " + value + " is not allowed; allowed: 0.001 to 1; 1 counts layers alike");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("ab-margin1");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    Golden.assertAgrees(golden, run(1, golden.teacher(), golden.student()));
  }
}
