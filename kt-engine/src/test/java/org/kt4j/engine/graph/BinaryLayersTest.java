package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** Signs against numbers worked by hand. They are sums of powers of two, so they are exact. */
class BinaryLayersTest extends LayersInGraph {

  private static Binarization of(Binarization.Scheme scheme) {
    return new Binarization(scheme, Binarization.Ends.SIGNS, Binarization.Shortcuts.BLOCK);
  }

  private Layers evaluation(Binarization.Scheme scheme) {
    return Layers.evaluation(tf.withSubScope("evaluation"), variables).binary(of(scheme), Set.of());
  }

  private Layers training(Binarization.Scheme scheme) {
    return Layers.training(tf.withSubScope("training"), variables, tf.constant(0L))
        .binary(of(scheme), Set.of());
  }

  @Test
  void a_filter_of_xnor_is_its_signs_times_the_mean_size_of_its_weights() {
    Layers nn = evaluation(Binarization.Scheme.XNOR);
    Operand<TFloat32> x = row(new float[] {0.5f, -2, 0, 3, -0.1f, -0.0f}, 2);
    Operand<TFloat32> y = nn.conv("conv", x, Conv.of(2, 1));
    // Filter 0 is (0.5, -0.25), filter 1 is (-1, 0.5): scales 0.375 and 0.75.
    assign("conv.weight", 0.5f, -1, -0.25f, 0.5f); // [1, 1, in, out]

    // Signs of the pixels: (1, -1), (1, 1), (-1, 1), for 0 counts as positive, also -0.
    assertThat(run(y)).containsExactly(2 * 0.375f, -2 * 0.75f, 0, 0, -2 * 0.375f, 2 * 0.75f);
    assertThat(nn.binaryWeights()).hasSize(1);
  }

  @Test
  void a_filter_of_bnn_is_its_signs() {
    Operand<TFloat32> x = row(new float[] {0.5f, -2, -3, 4}, 2);
    Operand<TFloat32> y = evaluation(Binarization.Scheme.BNN).conv("conv", x, Conv.of(1, 1));
    assign("conv.weight", 0, -0.25f);

    assertThat(run(y)).containsExactly(2, -2);
  }

  @Test
  void zeros_around_a_map_stay_zeros() {
    float[] nine = {-5, -5, -5, -5, -5, -5, -5, -5, -5};
    Operand<TFloat32> x = tf.reshape(tf.constant(nine), tf.array(1, 3, 3, 1));
    Operand<TFloat32> y = evaluation(Binarization.Scheme.BNN).conv("conv", x, Conv.of(1, 3));
    assign("conv.weight", 1, 0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f);

    // As many of the nine weights as lie on the map.
    assertThat(run(y)).containsExactly(-4, -6, -4, -6, -9, -6, -4, -6, -4);
  }

  @Test
  void a_dense_layer_has_a_scale_for_each_unit_and_its_bias_behind_it() {
    Operand<TFloat32> x = tf.reshape(tf.constant(new float[] {3, -0.5f, 1}), tf.array(1, 3));
    Operand<TFloat32> y = evaluation(Binarization.Scheme.XNOR).dense("fc", x, 2);
    // Unit 0 is (0.25, -0.5, 0.75), unit 1 is (-1, -1, -1): scales 0.5 and 1.
    assign("fc.weight", 0.25f, -1, -0.5f, -1, 0.75f, -1); // [in, units]
    assign("fc.bias", 10, 20);

    assertThat(run(y)).containsExactly(3 * 0.5f + 10, -1 + 20f);
  }

  @Test
  void a_depthwise_convolution_has_a_scale_for_each_channel() {
    Operand<TFloat32> x = row(new float[] {2, -2, 2}, 3);
    Operand<TFloat32> y =
        evaluation(Binarization.Scheme.XNOR).depthwiseConv("conv", x, Conv.depthwise(1));
    assign("conv.weight", 0.75f, 0.5f, -0.125f);

    assertThat(run(y)).containsExactly(0.75f, -0.5f, -0.125f);
  }

  @Test
  void gradients_pass_the_sign_of_an_activation_from_minus_1_to_1_and_end_outside() {
    Operand<TFloat32> x = row(new float[] {-1.5f, -1, 0.25f, 0, 1, 1.5f}, 1);
    Operand<TFloat32> y = training(Binarization.Scheme.XNOR).conv("conv", x, Conv.of(1, 1));
    assign("conv.weight", -0.5f);

    assertThat(run(y)).containsExactly(0.5f, 0.5f, -0.5f, -0.5f, -0.5f, -0.5f);
    assertThat(gradient(y, x)).containsExactly(0, -0.5f, -0.5f, -0.5f, -0.5f, 0);
  }

  @Test
  void the_gradient_of_a_weight_of_bnn_is_that_of_its_sign_and_ends_beyond_1() {
    Operand<TFloat32> x = row(new float[] {2, -3, 4}, 3);
    Operand<TFloat32> y = training(Binarization.Scheme.BNN).conv("conv", x, Conv.of(1, 1));
    assign("conv.weight", 0.5f, -1, 1.5f);

    assertThat(run(y)).containsExactly(1 + 1 + 1f);
    assertThat(gradient(y, variable("conv.weight").value())).containsExactly(1, -1, 0);
  }

  @Test
  void the_gradient_of_a_weight_of_xnor_goes_through_its_sign_and_through_the_scale() {
    Operand<TFloat32> x = row(new float[] {2, -3}, 2);
    Operand<TFloat32> y = training(Binarization.Scheme.XNOR).conv("conv", x, Conv.of(1, 1));

    // a = 0.375. The slopes of a sign(W) are the signs of x, 1 and -1; times sign(W) they sum to 2.
    assign("conv.weight", 0.5f, -0.25f);
    assertThat(run(y)).containsExactly(0.75f);
    assertThat(gradient(y, variable("conv.weight").value()))
        .containsExactly(0.375f + 2f / 2, -0.375f - 2f / 2);

    // a = 0.875; the sign of 1.5 has no slope, but the scale has.
    assign("conv.weight", 1.5f, -0.25f);
    assertThat(gradient(y, variable("conv.weight").value()))
        .containsExactly(2f / 2, -0.875f - 2f / 2);
  }

  @Test
  void a_relu_is_left_out_of_xnor_and_a_hard_tanh_in_bnn() {
    Operand<TFloat32> x = row(new float[] {-2, -0.5f, 0.5f, 7}, 1);

    assertThat(run(evaluation(Binarization.Scheme.XNOR).relu(x)))
        .containsExactly(-2, -0.5f, 0.5f, 7);
    assertThat(run(evaluation(Binarization.Scheme.BNN).relu6(x)))
        .containsExactly(-1, -0.5f, 0.5f, 1);
    assertThat(gradient(training(Binarization.Scheme.BNN).relu(x), x)).containsExactly(0, 1, 1, 0);
  }

  @Test
  void what_several_layers_read_has_its_sign_taken_once() {
    Layers nn = evaluation(Binarization.Scheme.XNOR);
    Operand<TFloat32> x = row(new float[] {1, -1}, 2);
    nn.conv("first", x, Conv.of(2, 1));
    nn.conv("second", x, Conv.of(2, 1));

    assertThat(graph.graph().operation("evaluation/first.input.sign")).isNotNull();
    assertThat(graph.graph().operation("evaluation/second.input.sign")).isNull();
  }

  @Test
  void layers_that_are_named_and_shortcuts_compute_in_floats() {
    Layers nn =
        Layers.evaluation(tf, variables)
            .binary(of(Binarization.Scheme.XNOR), Set.of("conv1", "fc"));
    Operand<TFloat32> x = row(new float[] {2, -3}, 2);
    Operand<TFloat32> first = nn.conv("conv1", x, Conv.of(1, 1));
    Operand<TFloat32> around = nn.shortcutConv("around", x, Conv.of(1, 1));
    Operand<TFloat32> second = nn.conv("conv2", x, Conv.of(1, 1));
    assign("conv1.weight", 0.5f, 2);
    assign("around.weight", 0.25f, 0.5f);
    assign("conv2.weight", 0.25f, 0.5f);

    assertThat(run(first)).containsExactly(1 - 6f);
    assertThat(run(around)).containsExactly(0.5f - 1.5f);
    assertThat(run(second)).containsExactly(0);
    assertThat(nn.layers())
        .extracting(Layers.Layer::name)
        .containsExactly("conv1", "around", "conv2");
    assertThat(nn.binaryWeights())
        .extracting(weight -> weight.variable().name())
        .containsExactly("conv2.weight");
  }

  /** What it leaves is doubled; what it sets to 0 has no sign. */
  @Test
  void dropout_multiplies_the_signs() {
    float[] values = new float[64];
    Arrays.fill(values, -0.25f);
    Layers nn = training(Binarization.Scheme.BNN);
    Operand<TFloat32> x = nn.dropout(row(values, 1), 0.5);
    Operand<TFloat32> y = nn.conv("conv", x, Conv.of(1, 1));
    assign("conv.weight", 0.5f);

    float[] found = run(y);

    assertThat(found).containsOnly(0, -2);
    assertThat(found).contains(0, -2);
  }

  @ParameterizedTest
  @EnumSource(Binarization.Scheme.class)
  void training_computes_what_evaluation_does(Binarization.Scheme scheme) {
    float[] values = new float[2 * 4 * 4 * 3];
    Random random = new Random(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Operand<TFloat32> x = tf.reshape(tf.constant(values), tf.array(2, 4, 4, 3));
    Operand<TFloat32> trained = training(scheme).conv("conv", x, Conv.of(5, 3).withBias());
    Operand<TFloat32> evaluated = evaluation(scheme).conv("conv", x, Conv.of(5, 3).withBias());
    graph.initialize(variables.all());

    // Sums of whole numbers; the scales are the same operations.
    assertThat(run(trained)).containsExactly(run(evaluated), within(0f));
  }

  @Test
  void only_weights_that_are_signs_have_a_limit() {
    Layers nn =
        Layers.evaluation(tf, variables).binary(of(Binarization.Scheme.XNOR), Set.of("conv1"));
    Operand<TFloat32> x = row(new float[] {2, -3}, 2);
    nn.conv("conv2", nn.conv("conv1", x, Conv.of(1, 1).withBias()), Conv.of(1, 1).withBias());

    assertThat(variables.limits()).containsExactly(Map.entry(variable("conv2.weight"), 1f));
  }
}
