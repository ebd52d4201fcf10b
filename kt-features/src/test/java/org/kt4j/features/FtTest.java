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
import org.kt4j.features.FtOptions.Distance;
import org.kt4j.features.FtOptions.Networks;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.ndarray.Shape;

class FtTest {

  private static final String TAP = "stage3";

  private interface Contract extends TransferContract<FtOptions> {

    @Override
    default FtProvider provider() {
      return new FtProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 2, 3, 2, 4))
          .student(TAP, HeapTensor.normal(2, 2, 3, 2, 5));
    }
  }

  @Nested
  class AbsoluteDifferencesOfSquares implements Contract {}

  @Nested
  class SquaredDifferencesOfSquares implements Contract {
    @Override
    public FtOptions options() {
      return FtOptions.defaults().with(2, Distance.SQUARED);
    }
  }

  @Nested
  class SquaredDifferencesOfMeans implements Contract {
    @Override
    public FtOptions options() {
      return FtOptions.defaults().with(1, Distance.SQUARED);
    }
  }

  @Nested
  class SquaredDifferencesOfCubes implements Contract {
    @Override
    public FtOptions options() {
      return FtOptions.defaults().with(3, Distance.SQUARED);
    }
  }

  @Nested
  class Paraphraser implements Contract {
    @Override
    public FtOptions options() {
      return FtOptions.defaults().with(Networks.PARAPHRASER, 0.5);
    }

    /** Positive numbers alone: no unit is near the kink of its ReLU. */
    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      MethodProbe probe =
          MethodProbe.of(method)
              .teacher(TAP, positive(1, 1, 2, 3, 2, 4))
              .student(TAP, HeapTensor.normal(2, 2, 3, 2, 5));
      int[] channels = {4, 4, 2, 2, 2, 4, 4};
      for (int layer = 0; layer < 6; layer++) {
        String half = layer < 3 ? ".encoder." : ".decoder.";
        probe =
            probe.auxiliary(
                TAP + half + (layer % 3 + 1) + ".weight",
                positive(
                    layer, 0.2f / channels[layer], 3, 3, channels[layer], channels[layer + 1]));
      }
      return probe;
    }

    private static HeapTensor positive(long seed, float size, long... axes) {
      float[] values = HeapTensor.normal(seed, axes).values();
      for (int i = 0; i < values.length; i++) {
        values[i] = size * Math.abs(values[i]);
      }
      return HeapTensor.of(Shape.of(axes), values);
    }

    @Override
    public boolean isDistance() {
      return false;
    }
  }

  @Nested
  class Translator implements Contract {
    @Override
    public FtOptions options() {
      return FtOptions.defaults().with(Networks.TRANSLATOR, 0.5);
    }

    @Override
    public boolean isDistance() {
      return false;
    }
  }

  private static KnowledgeTransfer method(int power, Distance distance) {
    return new FtProvider()
        .create(FtOptions.defaults().with(power, distance).on(LayerSelection.of(Map.of(TAP, TAP))));
  }

  private static ProbeResult run(KnowledgeTransfer method, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method).teacher(TAP, teacher).student(TAP, student).run();
  }

  @Test
  void two_channels_as_in_the_documentation() {
    HeapTensor teacher = HeapTensor.maps(1, 1, 2, 2, 1, 3, 2, 4);
    HeapTensor student = HeapTensor.maps(1, 1, 2, 2, 1, 0, 0, 0);

    // A value of order one that is a sum of a few products of float32 numbers.
    assertThat(run(method(2, Distance.ABSOLUTE), teacher, student).loss())
        .isCloseTo(0.723607f, within(1e-6f));
    // (.552786^2 + .894427^2) / 2
    assertThat(run(method(2, Distance.SQUARED), teacher, student).loss())
        .isCloseTo(0.552786f, within(1e-6f));
  }

  /** p = 1: means (-3, 4) / 2, so q = (-.6, .8) against (1, 0): (1.6 + .8) / 2. */
  @Test
  void an_odd_power_keeps_the_signs() {
    ProbeResult result =
        run(
            method(1, Distance.ABSOLUTE),
            HeapTensor.maps(1, 1, 2, 2, -1, -2, 5, -1),
            HeapTensor.maps(1, 1, 2, 1, 7, 0));

    assertThat(result.loss()).isCloseTo(1.2f, within(1e-6f));
    assertThat(result.knowledge(TAP).values())
        .containsExactly(new float[] {-0.6f, 0.8f}, within(1e-6f));
  }

  @Test
  void channels_that_cancel_each_other_everywhere_have_no_gradient() {
    ProbeResult result =
        run(
            method(1, Distance.SQUARED),
            HeapTensor.maps(1, 1, 2, 1, 3, 4),
            HeapTensor.maps(1, 1, 2, 2, 5, -5, -2, 2));

    assertThat(result.loss()).isCloseTo(0.5f, within(1e-6f)); // q_S = 0
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  /** A second image that agrees halves the mean. */
  @Test
  void two_images_are_a_mean() {
    ProbeResult result =
        run(
            method(2, Distance.ABSOLUTE),
            HeapTensor.maps(2, 1, 2, 2, 1, 3, 2, 4, 1, 2, 3, 4),
            HeapTensor.maps(2, 1, 2, 2, 1, 0, 0, 0, 1, 2, 3, 4));

    assertThat(result.loss()).isCloseTo(0.723607f / 2, within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(floats = {0x1p-10f, 0x1p60f, 0x1p120f})
  void the_size_of_the_activations_is_not_seen(float factor) {
    HeapTensor teacher = HeapTensor.normal(1, 1, 3, 3, 4);
    HeapTensor student = HeapTensor.normal(2, 1, 3, 3, 4);
    ProbeResult once = run(method(2, Distance.ABSOLUTE), teacher, student);

    ProbeResult scaled = run(method(2, Distance.ABSOLUTE), teacher, student.times(factor));

    // A power of two changes no digit.
    assertThat(scaled.loss()).isEqualTo(once.loss());
  }

  @Test
  void the_last_layer_is_chosen_when_none_is_named() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("stage1", Shape.of(-1, 8, 8, 4));
    shapes.put("stage2", Shape.of(-1, 4, 4, 8));
    shapes.put("pooled", Shape.of(-1, 8));
    TapShapes network = TapShapes.of(shapes);

    assertThat(new FtProvider().create(FtOptions.defaults()).taps(network, network).teacher())
        .containsExactly("stage2");
  }

  @Test
  void maps_that_cannot_be_compared_are_refused() {
    TapShapes position = TapShapes.of(Map.of(TAP, Shape.of(-1, 1, 1, 8)));
    TapShapes map = TapShapes.of(Map.of(TAP, Shape.of(-1, 4, 4, 8)));

    assertThatThrownBy(() -> method(2, Distance.ABSOLUTE).taps(position, position))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one position leaves nothing to compare");
    assertThatThrownBy(() -> method(2, Distance.ABSOLUTE).taps(position, map))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width");
  }

  /** A 3x3 kernel of one channel that looks at its own position alone. */
  private static HeapTensor middle(float weight) {
    float[] kernel = new float[9];
    kernel[4] = weight;
    return HeapTensor.of(Shape.of(3, 3, 1, 1), kernel);
  }

  private static MethodProbe withEncoder(MethodProbe probe, float... weights) {
    MethodProbe with = probe;
    for (int layer = 1; layer <= 3; layer++) {
      with = with.auxiliary(TAP + ".encoder." + layer + ".weight", middle(weights[layer - 1]));
    }
    return with;
  }

  /**
   * (1, 2) times 2, -1 and -3 is (2, 4), (-.2, -.4) behind the leaky ReLU, and (.6, 1.2); times 5,
   * 1 and 1/2 it is (1.5, 3), which is (.5, 1) too much: (.25 + 1) / 2.
   */
  @Test
  void a_paraphraser_of_one_channel_worked_by_hand() {
    MethodProbe probe =
        withEncoder(
            MethodProbe.of(new FtProvider().create(with(Networks.PARAPHRASER)))
                .teacher(TAP, HeapTensor.maps(1, 1, 2, 1, 1, 2))
                .student(TAP, HeapTensor.maps(1, 1, 2, 1, 7, 7)),
            2,
            -1,
            -3);
    float[] decoder = {5, 1, 0.5f};
    for (int layer = 1; layer <= 3; layer++) {
      probe = probe.auxiliary(TAP + ".decoder." + layer + ".weight", middle(decoder[layer - 1]));
    }

    ProbeResult result = probe.run();

    assertThat(result.loss()).isCloseTo(0.625f, within(1e-6f));
    // dL / d(last weight) = mean of 2 * error * input = (2 * .5 * 3 + 2 * 1 * 6) / 2
    assertThat(result.auxiliaryGradient(TAP + ".decoder.3.weight").values()[4])
        .isCloseTo(7.5f, within(1e-5f));
  }

  /**
   * Normalised, two numbers are (-1, 1), and (-.1, 1) behind the leaky ReLU, whatever the weight:
   * q_S = (.01, 1) / sqrt(1.0001). The encoder passes (3, 4) on: q_T = (9, 16) / sqrt(337).
   */
  @Test
  void a_translator_of_one_channel_worked_by_hand() {
    MethodProbe probe =
        withEncoder(
            MethodProbe.of(new FtProvider().create(with(Networks.TRANSLATOR)))
                .teacher(TAP, HeapTensor.maps(1, 1, 2, 1, 3, 4))
                .student(TAP, HeapTensor.maps(1, 1, 2, 1, 1, 3)),
            1,
            1,
            1);
    for (int layer = 1; layer <= 3; layer++) {
      probe = probe.auxiliary(TAP + ".translator." + layer + ".weight", middle(1));
    }

    ProbeResult result = probe.run();

    assertThat(result.loss()).isCloseTo(0.304318f, within(1e-6f));
    // What an earlier phase has trained stays.
    assertThat(result.auxiliaryGradients().keySet())
        .isNotEmpty()
        .allMatch(name -> name.startsWith(TAP + ".translator."));
  }

  private static FtOptions with(Networks networks) {
    return FtOptions.defaults().with(networks, 1).on(LayerSelection.of(Map.of(TAP, TAP)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1.5, Double.NaN})
  void a_rate_out_of_its_range_is_refused(double rate) {
    assertThatThrownBy(() -> FtOptions.defaults().with(Networks.TRANSLATOR, rate))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("rate: " + rate + " is not allowed; allowed: above 0 to 1");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -2, 101})
  void a_power_out_of_its_range_is_refused(int power) {
    assertThatThrownBy(() -> FtOptions.defaults().with(power, Distance.ABSOLUTE))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("power: " + power + " is not allowed; allowed: 1 to 100");
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("ft-p2-l1");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    Golden.assertAgrees(
        golden, run(method(2, Distance.ABSOLUTE), golden.teacher(), golden.student()));
  }
}
