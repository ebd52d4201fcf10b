package org.kt4j.fitnets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.Interpolation;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.fitnets.FitNetsOptions.Form;
import org.kt4j.fitnets.FitNetsOptions.RegressorKind;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.tensorflow.ndarray.Shape;

class HintTransferTest {

  private static final String TAP = "stage2";

  private static final FitNetsOptions PLAIN =
      FitNetsOptions.defaults().with(RegressorKind.NONE, 1, false);

  private static KnowledgeTransfer method(FitNetsOptions options) {
    return new FitNetsProvider().create(options);
  }

  private static MethodProbe probe(FitNetsOptions options, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method(options)).teacher(TAP, teacher).student(TAP, student);
  }

  /** Stages of sizes 32, 16, 8 and the vectors behind them. */
  private static TapShapes resNet(long width) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (int stage = 1; stage <= 3; stage++) {
      long size = 64 >> stage;
      shapes.put("stage" + stage + ".pre-relu", Shape.of(-1, size, size, width << (stage - 1)));
      shapes.put("stage" + stage, Shape.of(-1, size, size, width << (stage - 1)));
    }
    shapes.put("pooled", Shape.of(-1, 4 * width));
    shapes.put("logits", Shape.of(-1, 10));
    return TapShapes.of(shapes);
  }

  private static Taps taps(FitNetsOptions options) {
    return method(options).taps(resNet(16), resNet(8));
  }

  private static FitNetsOptions on(String hint, String guided) {
    return FitNetsOptions.defaults().on(LayerSelection.of(Map.of(hint, guided)));
  }

  @Test
  void one_position_as_in_the_documentation() {
    ProbeResult result =
        probe(PLAIN, HeapTensor.maps(1, 1, 1, 2, 1, 3), HeapTensor.maps(1, 1, 1, 2, 2, 0))
            .eachActivation(HeapTensor::twice) // a second image changes no mean
            .method(method(PLAIN.on(LayerSelection.of(Map.of(TAP, TAP)))))
            .run();

    assertThat(result.loss()).isEqualTo(5);
    // 2 (R - hint) / (B H W C)
    assertThat(result.gradient(TAP).values()).containsExactly(0.5f, -1.5f, 0.5f, -1.5f);
  }

  /** p_T = (3/4, 1/4), p_S = (1/2, 1/2), as in the example of knowledge distillation. */
  @Test
  void pre_regression_is_the_divergence_of_the_channels_at_each_position() {
    float ln3 = (float) Math.log(3);

    ProbeResult result =
        probe(
                PLAIN.with(Form.PRE_REGRESSION).on(LayerSelection.of(Map.of(TAP, TAP))),
                HeapTensor.maps(1, 1, 2, 2, ln3, 0, 5, 5),
                HeapTensor.maps(1, 1, 2, 2, 0, 0, 1, 1))
            .run();

    assertThat(result.loss()).isCloseTo(0.130812f / 2, within(1e-6f));
  }

  /**
   * Of the three channels the first tells the classes apart, the second is its negative and says
   * nothing new, the third is noise within the classes.
   */
  @Test
  void the_most_informative_channels_are_kept_and_no_copies_of_them() {
    float[][] activations = {{1, -1, 1}, {1, -1, -1}, {-1, 1, 1}, {-1, 1, -1}};
    int[] labels = {0, 0, 1, 1};

    assertThat(InformativeNeurons.of(activations, labels, 1)).containsExactly(0);
    // r = (1, 1, 0); the second is at 1 - |c| = 0, the third at 0 - 0: the tie goes to the first.
    assertThat(InformativeNeurons.of(activations, labels, 2)).containsExactly(0, 1);
    activations[0][1] = 0; // now it says less, r = 9/11, and is still nearly a copy, c = .97
    assertThat(InformativeNeurons.of(activations, labels, 2)).containsExactly(0, 2);
  }

  @Test
  void only_the_chosen_channels_are_learnt() {
    FitNetsOptions options =
        FitNetsOptions.defaults()
            .with(Form.NEURON_SELECTION)
            .keeping(1)
            .on(LayerSelection.of(Map.of(TAP, TAP)));
    // Channel 1 follows the labels, channel 0 does not.
    HeapTensor teacher = HeapTensor.maps(4, 1, 1, 2, 1, 5, -1, 5, 1, -5, -1, -5);

    ProbeResult result =
        probe(options, teacher, HeapTensor.normal(1, 4, 1, 1, 3)).labels(0, 0, 1, 1).run();

    assertThat(result.knowledge()).containsEntry(TAP, HeapTensor.maps(4, 1, 1, 1, 5, 5, -5, -5));
  }

  @Test
  void the_middle_layer_is_chosen_and_for_selected_neurons_the_top_hidden_one() {
    assertThat(taps(FitNetsOptions.defaults()).teacher()).containsExactly("stage2");
    assertThat(taps(FitNetsOptions.defaults().with(Form.NEURON_SELECTION)).student())
        .containsExactly("pooled");
  }

  /** Section 3.2 of the paper: N_guided - k + 1 = N_hint. */
  @Test
  void a_regressor_without_padding_makes_up_for_a_larger_guided_layer() {
    FitNetsOptions options = on("hint", TAP).with(RegressorKind.CONVOLUTION, 2, false);

    ProbeResult result =
        MethodProbe.of(method(options))
            .teacher("hint", HeapTensor.normal(1, 2, 3, 3, 4))
            .student(TAP, HeapTensor.normal(2, 2, 4, 4, 3))
            .run();

    assertThat(result.auxiliaryGradients()).containsOnlyKeys("hint.weight", "hint.bias");
    assertThat(result.auxiliaryGradient("hint.weight").shape()).isEqualTo(Shape.of(2, 2, 3, 4));
  }

  /** Otherwise the hint would be resized to the guided layer's size and the regressor shrink it. */
  @Test
  void a_regressor_does_not_shrink_what_is_resized() {
    FitNetsOptions resizing =
        FitNetsOptions.defaults()
            .with(RegressorKind.CONVOLUTION, 9, false)
            .on(
                new LayerSelection(
                    Map.of("stage3", "stage2"),
                    Map.of(),
                    TapChoice.AFTER_ACTIVATION,
                    Interpolation.TEACHER));

    assertThatThrownBy(() -> taps(resizing))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lies above the guided layer 'stage2'");
  }

  @Test
  void a_hint_above_the_guided_layer_is_refused() {
    assertThatThrownBy(() -> taps(on("stage3", "stage2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the hint 'stage3' [-1, 8, 8, 64] lies above the guided layer 'stage2' [-1, 16, 16,"
                + " 16]: the student would have to do in fewer layers what the teacher does in"
                + " more; fix: take a hint from the level of the guided layer or below it, or a"
                + " regressor that makes up for the difference, kernel: 9");
    assertThat(taps(on("stage3", "stage2").with(RegressorKind.CONVOLUTION, 9, false)).teacher())
        .containsExactly("stage3");
    assertThat(taps(on("stage2", "stage2.pre-relu")).student()).containsExactly("stage2.pre-relu");
  }

  @Test
  void sizes_that_cannot_be_matched_are_refused() {
    assertThatThrownBy(() -> taps(on("stage2", "stage3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must have the same height and width")
        .hasMessageContaining("interpolate: teacher");
    assertThatThrownBy(() -> taps(on("pooled", "stage3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'pooled'");
    assertThatThrownBy(() -> taps(on("stage2", "stage2").with(RegressorKind.CONVOLUTION, 4, false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kernel: 4 cannot keep the size of a map; allowed: odd numbers");
  }

  @Test
  void channels_that_do_not_fit_are_refused() {
    assertThatThrownBy(() -> taps(PLAIN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the hint 'stage2' has 32 channels, the guided layer 'stage2' 16; fix: regressor:"
                + " convolution");
    assertThatThrownBy(
            () -> taps(FitNetsOptions.defaults().with(Form.NEURON_SELECTION).keeping(65)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "neurons: 65 is more than the 64 channels of the teacher's 'pooled'; allowed: 1 to 64");
  }

  @Test
  void options_out_of_their_range_are_refused() {
    assertThatThrownBy(() -> FitNetsOptions.defaults().with(RegressorKind.CONVOLUTION, 0, false))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("kernel: 0 is not allowed; allowed: 1 to 1024");
    assertThatThrownBy(() -> FitNetsOptions.defaults().keeping(0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("neurons: 0 is not allowed; allowed: 1 to 65536");
    assertThatThrownBy(() -> PLAIN.with(Form.NEURON_SELECTION))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("regressor: none is not allowed; allowed: convolution");
  }

  @Test
  void the_guice_module_adds_it_to_the_methods() {
    Set<KnowledgeTransferProvider<?>> methods =
        Guice.createInjector(new FitNetsModule()).getInstance(Key.get(new TypeLiteral<>() {}));

    assertThat(methods).hasOnlyElementsOfType(FitNetsProvider.class).hasSize(1);
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("hint-mse");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            probe(PLAIN.on(LayerSelection.of(Map.of(TAP, TAP))), golden.teacher(), golden.student())
                .run());

    // Expected in float64; float32 rounds at 6e-8, a few times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }
}
