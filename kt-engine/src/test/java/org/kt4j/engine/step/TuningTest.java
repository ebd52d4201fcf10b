package org.kt4j.engine.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Quantization;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.Network;
import org.tensorflow.types.TFloat32;

/** What phases say of a ResNet-8: conv1, bn1, three stages of one block, linear. */
class TuningTest {

  private static final ImageShape SHAPE = new ImageShape(8, 8, 3);
  private static final Network NETWORK =
      new CifarResNetProvider()
          .create(new CifarResNetProvider.Options(8, 4, CifarResNetProvider.Shortcut.A), SHAPE, 5);

  private final ImageGraph graph = new ImageGraph(SHAPE);
  private final Variables student = built(NETWORK);

  @AfterEach
  void close() {
    graph.close();
  }

  private Variables built(Network network) {
    Variables variables = new Variables(graph.tf(), "student-" + network.hashCode(), 1);
    Layers nn =
        Layers.training(graph.tf().withSubScope("training"), variables, graph.tf().constant(0L));
    nn.tap(Taps.LOGITS, network.build(nn, graph.tf().dtypes.cast(graph.images(), TFloat32.class)));
    return variables;
  }

  private static PhaseConfig phase(
      @Nullable List<String> freeze, @Nullable Map<String, Double> rates) {
    record None() {}
    return new PhaseConfig(
        "tuned",
        1,
        List.of(new TermConfig("cross-entropy", TermConfig.Keys.defaults(), new None())),
        null,
        null,
        freeze,
        rates);
  }

  private Tuning tuning(@Nullable List<String> freeze, @Nullable Map<String, Double> rates) {
    return Tuning.of(phase(freeze, rates), 1, student, Set.of());
  }

  private static Map<String, Double> rates(Object... pairs) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      rates.put((String) pairs[i], (Double) pairs[i + 1]);
    }
    return rates;
  }

  @Test
  void a_phase_that_says_nothing_trains_everything_at_one_rate() {
    assertThat(tuning(null, null)).isEqualTo(Tuning.ALL);
  }

  @Test
  void a_part_is_frozen_with_all_variables_of_its_layers() {
    assertThat(tuning(List.of("stem"), null).frozen())
        .containsExactlyInAnyOrder(
            "conv1.weight", "bn1.weight", "bn1.bias", "bn1.running_mean", "bn1.running_var");
  }

  @Test
  void a_layer_and_the_beginning_of_layers_names_are_names_too() {
    assertThat(tuning(List.of("linear"), null).frozen())
        .containsExactlyInAnyOrder("linear.weight", "linear.bias");
    assertThat(tuning(List.of("layer2.0"), null).frozen())
        .isEqualTo(tuning(List.of("stage2"), null).frozen());
    // conv1 is a layer of its own and no beginning of layer1.0.conv1.
    assertThat(tuning(List.of("conv1"), null).frozen()).containsExactly("conv1.weight");
  }

  @Test
  void the_backbone_is_everything_but_the_head() {
    assertThat(tuning(List.of("backbone"), null).frozen())
        .hasSize(student.all().size() - 2)
        .doesNotContain("linear.weight", "linear.bias");
  }

  @Test
  void factors_are_those_of_all_variables_of_a_name() {
    assertThat(tuning(List.of("stem"), rates("backbone", 0.1, "head", 10.0)).factors())
        .hasSize(student.all().size())
        .containsEntry("layer1.0.conv1.weight", 0.1)
        .containsEntry("linear.bias", 10.0);
    assertThat(tuning(null, rates("layer1.0.conv1", 0.5)).factors())
        .containsExactlyEntriesOf(Map.of("layer1.0.conv1.weight", 0.5));
  }

  @Test
  void ranges_of_a_rounded_student_are_measured_in_frozen_layers_too() {
    Variables rounded = built(NETWORK.quantized(new Quantization(8, 8, 10), "nothing"));

    Tuning tuning = Tuning.of(phase(List.of("backbone"), null), 0, rounded, Set.of());

    assertThat(rounded.all()).extracting("name").contains("bn1.relu.range");
    assertThat(tuning.frozen()).contains("bn1.running_mean").doesNotContain("bn1.relu.range");
  }

  @Test
  void names_that_the_student_does_not_have_are_told_with_those_that_it_has() {
    assertThatThrownBy(
            () -> tuning(List.of("stage1", "stagee2"), rates("layer1.0.cnv1", 2.0, "x", 1.0)))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "phases[1].freeze[1]: the student has no part or layer 'stagee2'; known:"
                            + " stem, stage1, stage2, stage3, head, backbone, conv1, bn1, layer1,"
                            + " layer2, layer3, linear, and longer names of layers; did you mean"
                            + " 'stage2'?",
                        "phases[1].learning-rates.layer1.0.cnv1: the student has no part or layer"
                            + " 'layer1.0.cnv1'; known: stem, stage1, stage2, stage3, head,"
                            + " backbone, conv1, bn1, layer1, layer2, layer3, linear, and longer"
                            + " names of layers; did you mean 'layer1.0.conv1'?",
                        "phases[1].learning-rates.x: the student has no part or layer 'x'; known:"
                            + " stem, stage1, stage2, stage3, head, backbone, conv1, bn1, layer1,"
                            + " layer2, layer3, linear, and longer names of layers"));
  }

  @Test
  void a_layer_has_one_factor() {
    assertThatThrownBy(() -> tuning(null, rates("backbone", 0.1, "stage3", 0.5)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "phases[1].learning-rates.stage3: layer3.0.conv1 has its factor by backbone already;"
                + " allowed: one factor for a layer; fix: name parts that have no layer in common");
  }

  @Test
  void what_is_frozen_has_no_learning_rate() {
    assertThatThrownBy(() -> tuning(List.of("stem"), rates("conv1", 0.1)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "phases[1].learning-rates.conv1: is frozen in this phase, so that it has no learning"
                + " rate; fix: leave it out, or name less in freeze");
  }

  @Test
  void something_must_be_left_to_learn() {
    assertThatThrownBy(() -> tuning(List.of("backbone", "head"), null))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "phases[1].freeze: nothing of the student is left to learn; fix: leave a part out, such"
                + " as head");
  }

  @Test
  void empty_lists_and_factors_out_of_range_are_refused() {
    assertThatThrownBy(() -> phase(List.of(), null))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("leave it out where the whole student learns");
    assertThatThrownBy(() -> phase(null, Map.of()))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("leave it out where all learn alike");
    assertThatThrownBy(() -> phase(null, rates("head", 0.0)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("fix: freeze: [head]");
    assertThatThrownBy(() -> phase(null, rates("head", 1000.5)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("head: 1000.5");
    assertThatThrownBy(() -> phase(null, rates("head", -1.0)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("above 0, up to 1000");
  }

  @Test
  void a_phase_is_described_by_its_names_and_parameters() {
    // conv1 3 x 3 x 3 x 4, bn1 4 + 4; the whole by hand: stem 116, stages 304, 896 and 3520 (two
    // 3 x 3 convolutions and two normalisations each), linear 16 x 5 + 5.
    Tuning tuning = tuning(List.of("stem"), rates("head", 10.0, "stage1", 0.25));

    assertThat(
            tuning.described(phase(List.of("stem"), rates("head", 10.0, "stage1", 0.25)), student))
        .isEqualTo(
            "frozen: stem, 116 of 4,921 parameters; learning rates: head times 10, stage1 times 0.25");
  }
}
