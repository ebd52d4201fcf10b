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
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapShapes;
import org.kt4j.features.OfdOptions.Margin;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.ndarray.Shape;

class OfdTest {

  private static final String TAP = "stage3.pre-relu";

  private interface Contract extends TransferContract<OfdOptions> {

    @Override
    default OfdProvider provider() {
      return new OfdProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 3, 2, 4))
          .student(TAP, HeapTensor.normal(2, 2, 3, 2, 4));
    }
  }

  @Nested
  class MeasuredMargin implements Contract {}

  @Nested
  class NoMargin implements Contract {
    @Override
    public OfdOptions options() {
      return OfdOptions.defaults().with(Margin.NONE, 1);
    }
  }

  @Nested
  class FewerChannels implements Contract {
    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super.probe(method).student(TAP, HeapTensor.normal(2, 2, 3, 2, 3));
    }
  }

  private static OfdOptions options(Margin margin) {
    return OfdOptions.defaults().with(margin, 0.5).on(LayerSelection.of(Map.of(TAP, TAP)));
  }

  private static ProbeResult run(Margin margin, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(new OfdProvider().create(options(margin)))
        .teacher(TAP, teacher)
        .student(TAP, student)
        .run();
  }

  /** Each channel's negative values have the mean -1 over both pictures. */
  @Test
  void three_channels_as_in_the_documentation() {
    HeapTensor teacher = HeapTensor.maps(3, 1, 1, 3, 2, -1.5f, -1.5f, -1, -0.5f, -0.5f, 3, 5, 5);
    HeapTensor student = HeapTensor.maps(3, 1, 1, 3, 1, 0, -2, -9, -9, -9, 3, 5, 5);

    ProbeResult result = run(Margin.MEASURED, teacher, student);

    assertThat(result.knowledge(TAP))
        .isEqualTo(HeapTensor.maps(3, 1, 1, 3, 2, -1, -1, -1, -0.5f, -0.5f, 3, 5, 5));
    assertThat(result.loss()).isCloseTo(2f / 3, within(1e-6f)); // a mean over three pictures
    assertThat(result.gradient(TAP).values())
        .containsExactly(new float[] {-2f / 3, 2f / 3, 0, 0, 0, 0, 0, 0, 0}, within(1e-6f));
  }

  /** (1 - 2)^2 + (0 + 3)^2 + (-2 + 3)^2 = 11. */
  @Test
  void without_a_margin_the_teachers_value_is_the_target() {
    ProbeResult result =
        run(
            Margin.NONE,
            HeapTensor.maps(1, 1, 1, 3, 2, -3, -3),
            HeapTensor.maps(1, 1, 1, 3, 1, 0, -2));

    assertThat(result.loss()).isEqualTo(11);
  }

  /** m = 0 there. */
  @Test
  void a_channel_that_is_never_negative_has_no_margin() {
    ProbeResult result =
        run(Margin.MEASURED, HeapTensor.maps(1, 1, 2, 1, 2, 0), HeapTensor.maps(1, 1, 2, 1, 0, 1));

    assertThat(result.knowledge(TAP)).isEqualTo(HeapTensor.maps(1, 1, 2, 1, 2, 0));
    assertThat(result.loss()).isEqualTo(5);
  }

  @Test
  void a_measured_margin_asks_for_a_calibration_and_none_does_not() {
    TapShapes network = TapShapes.of(Map.of(TAP, Shape.of(-1, 4, 4, 8)));

    assertThat(new OfdProvider().create(options(Margin.MEASURED)).calibrationTaps(network, network))
        .containsExactly(TAP);
    assertThat(new OfdProvider().create(options(Margin.NONE)).calibrationTaps(network, network))
        .isEmpty();
  }

  /** Each layer alone is at 1; halves from the last down. */
  @Test
  void each_layer_counts_half_of_the_next_one() {
    Map<String, String> layers = new LinkedHashMap<>();
    MethodProbe probe = MethodProbe.of(new OfdProvider().create(options(Margin.NONE)));
    for (String tap : List.of("low", "high")) {
      layers.put(tap, tap);
      probe =
          probe
              .teacher(tap, HeapTensor.maps(1, 1, 1, 1, 1))
              .student(tap, HeapTensor.maps(1, 1, 1, 1, 0));
    }
    OfdOptions options = options(Margin.NONE).on(LayerSelection.of(layers));

    assertThat(probe.method(new OfdProvider().create(options)).run().loss()).isEqualTo(1.5f);
  }

  @Test
  void what_cannot_work_is_refused() {
    TapShapes teacher = TapShapes.of(Map.of(TAP, Shape.of(-1, 8, 8, 8)));
    TapShapes student = TapShapes.of(Map.of(TAP, Shape.of(-1, 4, 4, 8)));

    assertThatThrownBy(() -> new OfdProvider().create(options(Margin.NONE)).taps(teacher, student))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width");
    assertThatThrownBy(() -> OfdOptions.defaults().with(Margin.NONE, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("layerDecay: 0.0 is not allowed");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("ofd-distance");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    Golden.assertAgrees(golden, run(Margin.NONE, golden.teacher(), golden.student()));
  }
}
