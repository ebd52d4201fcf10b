package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** Every layer against numbers worked by hand; one channel and one image unless stated. */
class LayersTest extends LayersInGraph {

  private static final float[] ONES = filled(9, 1f);

  private final Layers nn = Layers.evaluation(tf, variables);

  @Test
  void a_convolution_of_stride_2_pads_every_side_and_not_only_the_last() {
    Operand<TFloat32> y = nn.conv("conv", oneTo(4, 4), Conv.of(1, 3).stride(2));
    assign("conv.weight", ONES);

    // Windows around (0, 0), (0, 2), (2, 0), (2, 2): 1+2+5+6, 2+3+4+6+7+8, 5+6+9+10+13+14, ...
    assertThat(run(y)).containsExactly(14, 30, 57, 99);
    // TensorFlow's SAME pads only at the end: its first window would be 1+2+3+5+6+7+9+10+11 = 54.
    assertThat(y.shape()).isEqualTo(Shape.of(1, 2, 2, 1));
  }

  @Test
  void a_convolution_of_stride_1_keeps_the_size_of_the_map() {
    Operand<TFloat32> y = nn.conv("conv", oneTo(3, 3), Conv.of(1, 3));
    assign("conv.weight", ONES);

    assertThat(run(y)).containsExactly(12, 21, 16, 27, 45, 33, 24, 39, 28);
  }

  /** oneDNN's gradient of the strided form writes beyond its workspace below 16 channels. */
  @Test
  void the_gradient_of_a_strided_1x1_convolution_is_right_with_few_channels() {
    float[] values = new float[32 * 32 * 8]; // of channel c: c + 1 everywhere
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 8 + 1;
    }
    Operand<TFloat32> y =
        nn.conv("conv", map(values, 32, 32, 8), new Conv(8, 1, 2, 0, false)); // [1, 16, 16, 8]
    Operand<TFloat32> sum = tf.reduceSum(y, tf.array(0, 1, 2, 3));

    // Each weight from channel c is used once at each of the 16 x 16 places: 256 (c + 1).
    float[] slopes = gradient(sum, variable("conv.weight").value());
    assertThat(slopes).hasSize(64);
    for (int i = 0; i < 64; i++) {
      assertThat(slopes[i]).isEqualTo(256f * (i / 8 + 1));
    }
  }

  @Test
  void a_convolution_without_padding_adds_its_bias_to_every_filter() {
    Operand<TFloat32> y = nn.conv("conv", oneTo(3, 3), Conv.of(2, 3).padding(0).withBias());
    float[] weight = new float[18]; // [3, 3, 1, 2]: the second filter sees the centre alone.
    for (int i = 0; i < 9; i++) {
      weight[2 * i] = 1;
    }
    weight[9] = 1;
    assign("conv.weight", weight);
    assign("conv.bias", 0.5f, -1f);

    assertThat(run(y)).containsExactly(45.5f, 4f);
  }

  @Test
  void a_depthwise_convolution_gives_every_channel_its_own_kernel() {
    Operand<TFloat32> x = map(new float[] {1, 10, 2, 20, 3, 30, 4, 40}, 2, 2, 2);
    Operand<TFloat32> y = nn.depthwiseConv("conv", x, Conv.depthwise(3));
    float[] weight = new float[18]; // [3, 3, 2, 1]: the second kernel is twice the centre.
    for (int i = 0; i < 9; i++) {
      weight[2 * i] = 1;
    }
    weight[9] = 2;
    assign("conv.weight", weight);

    assertThat(run(y)).containsExactly(10, 20, 10, 40, 10, 60, 10, 80);
  }

  @Test
  void a_depthwise_convolution_of_stride_2_pads_every_side() {
    Operand<TFloat32> y = nn.depthwiseConv("conv", oneTo(4, 4), Conv.depthwise(3).stride(2));
    assign("conv.weight", ONES);

    assertThat(run(y)).containsExactly(14, 30, 57, 99);
  }

  @Test
  void the_shortcut_without_parameters_takes_every_second_pixel_between_channels_of_zeros() {
    Operand<TFloat32> x = map(new float[] {1, -1, 2, -2, 3, -3, 4, -4}, 2, 2, 2);

    assertThat(run(nn.zeroPaddedShortcut(x, 4, 2))).containsExactly(0, 1, -1, 0);
    // Of three new channels one is before and two are after.
    assertThat(run(nn.zeroPaddedShortcut(x, 5, 2))).containsExactly(0, 1, -1, 0, 0);
    assertThat(run(nn.zeroPaddedShortcut(x, 2, 1))).containsExactly(1, -1, 2, -2, 3, -3, 4, -4);
    assertThat(variables.all()).isEmpty();
  }

  @Test
  void padding_never_wins_a_max_pooling() {
    Operand<TFloat32> x = map(new float[] {-4, -3, -2, -1}, 2, 2, 1);

    assertThat(run(nn.maxPool(x, 3, 2, 1))).containsExactly(-1);
    assertThat(run(nn.maxPool(x, 3, 1, 1))).containsExactly(-1, -1, -1, -1);
    assertThat(run(nn.maxPoolRoundedUp(x, 3, 2))).containsExactly(-1);
  }

  @Test
  void a_max_pooling_pads_every_side_where_the_rounded_up_one_hangs_over_the_end() {
    Operand<TFloat32> x = oneTo(4, 4);

    // Rows and columns -1..1 and 1..3.
    assertThat(run(nn.maxPool(x, 3, 2, 1))).containsExactly(6, 8, 14, 16);
    // Rows and columns 0..2 and 2..4, as with PyTorch's ceil_mode.
    assertThat(run(nn.maxPoolRoundedUp(x, 3, 2))).containsExactly(11, 12, 15, 16);
    // Of an odd size the windows are around rows and columns 0, 2 and 4.
    assertThat(run(nn.maxPoolRoundedUp(oneTo(5, 5), 3, 2)))
        .containsExactly(7, 9, 10, 17, 19, 20, 22, 24, 25);
  }

  @Test
  void an_average_pooling_counts_the_padding() {
    Operand<TFloat32> x = map(new float[] {9, 18, 27, 36}, 2, 2, 1);

    // Every window holds all four, 90 in sum, and five zeros.
    assertThat(run(nn.avgPool(x, 3, 1, 1))).containsExactly(10, 10, 10, 10);
    assertThat(run(nn.avgPool(x, 2, 2, 0))).containsExactly(22.5f);
    assertThat(run(nn.globalAvgPool(x))).containsExactly(22.5f);
  }

  @Test
  void flattening_puts_channels_first_as_pytorch_does() {
    Operand<TFloat32> x = map(new float[] {1, 10, 2, 20, 3, 30, 4, 40}, 2, 2, 2);

    assertThat(run(nn.flatten(x))).containsExactly(1, 2, 3, 4, 10, 20, 30, 40);
  }

  @Test
  void a_dense_layer_multiplies_and_adds() {
    Operand<TFloat32> x = tf.reshape(tf.constant(new float[] {1, 2}), tf.array(1, 2));
    Operand<TFloat32> y = nn.dense("fc", x, 3);
    assign("fc.weight", 1, 2, 3, 10, 20, 30); // [in, units]
    assign("fc.bias", 0, 0, 100);

    assertThat(run(y)).containsExactly(21, 42, 163);
  }

  @Test
  void batch_normalisation_learns_the_statistics_that_evaluation_uses() {
    Operand<TFloat32> x = map(new float[] {1, 3, 5, 7}, 2, 2, 1);
    Layers learner = Layers.training(tf.withSubScope("training"), variables, tf.constant(0L));
    Operand<TFloat32> trained = learner.batchNorm("bn", x);
    Operand<TFloat32> evaluated = nn.batchNorm("bn", x);
    graph.initialize(variables.all());

    // Mean 4, variance of the batch 20 / 4 = 5.
    double deviation = Math.sqrt(5 + 1e-5);
    assertClose(run(trained), -3 / deviation, -1 / deviation, 1 / deviation, 3 / deviation);

    graph.run(learner.statisticUpdates().stream().map(StatisticUpdate::update).toList());

    // Nine tenths of 0 and 1, one tenth of 4 and of the unbiased 20 / 3.
    assertClose(graph.read(variable("bn.running_mean")), 0.4);
    assertClose(graph.read(variable("bn.running_var")), 0.9 + 2.0 / 3);
    double running = Math.sqrt(0.9 + 2.0 / 3 + 1e-5);
    assertClose(run(evaluated), 0.6 / running, 2.6 / running, 4.6 / running, 6.6 / running);
    assertThat(nn.statisticUpdates()).isEmpty();
  }

  @Test
  void batch_normalisation_scales_and_shifts() {
    Operand<TFloat32> y = nn.batchNorm("bn", map(new float[] {6, 10}, 1, 2, 1));
    graph.initialize(variables.all());
    assign("bn.weight", 3);
    assign("bn.bias", -1);
    assign("bn.running_mean", 4);
    assign("bn.running_var", 4);

    // 3 (6 - 4) / 2 - 1 and 3 (10 - 4) / 2 - 1; epsilon moves them by 1e-5.
    assertThat(run(y)[0]).isCloseTo(2, within(1e-4f));
    assertThat(run(y)[1]).isCloseTo(8, within(1e-4f));
  }

  @Test
  void dropout_draws_the_same_mask_for_the_same_step_and_another_for_the_next() {
    Operand<TFloat32> x = tf.fill(tf.array(100, 100), tf.constant(1f));

    float[] mask = run(dropout(x, 7, 0.3));

    assertThat(run(dropout(x, 7, 0.3))).isEqualTo(mask);
    assertThat(run(dropout(x, 8, 0.3))).isNotEqualTo(mask);
  }

  @Test
  void dropout_keeps_the_mean() {
    Operand<TFloat32> x = tf.fill(tf.array(100, 100), tf.constant(1f));

    float[] values = run(dropout(x, 7, 0.3));

    double sum = 0;
    int zeros = 0;
    for (float value : values) {
      sum += value;
      zeros += value == 0 ? 1 : 0;
      assertThat(value == 0 || Math.abs(value - 1 / 0.7) < 1e-6).isTrue();
    }
    // Four standard deviations: of the mean sqrt(3 / 7 / 10,000), of the count sqrt(2,100).
    assertThat(sum / values.length).isCloseTo(1, within(0.027));
    assertThat((double) zeros).isCloseTo(3000, within(184.0));
  }

  @Test
  void two_dropouts_of_one_step_draw_different_masks() {
    Operand<TFloat32> x = tf.fill(tf.array(10, 10), tf.constant(1f));
    Layers learner = Layers.training(tf.withSubScope("training"), variables, tf.constant(1L));

    assertThat(run(learner.dropout(x, 0.5))).isNotEqualTo(run(learner.dropout(x, 0.5)));
  }

  @Test
  void dropout_of_nothing_or_in_evaluation_is_the_identity() {
    Operand<TFloat32> x = oneTo(2, 2);

    assertThat(dropout(x, 1, 0)).isSameAs(x);
    assertThat(nn.dropout(x, 0.5)).isSameAs(x);
  }

  @Test
  void training_and_evaluation_share_their_variables() {
    Layers learner = Layers.training(tf.withSubScope("training"), variables, tf.constant(0L));
    for (Layers layers : List.of(nn, learner)) {
      layers.batchNorm("bn", layers.conv("conv", oneTo(4, 4), Conv.of(2, 3)));
    }

    assertThat(variables.all())
        .extracting(Variable::name)
        .containsExactly(
            "conv.weight", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var");
  }

  @Test
  void a_name_stands_for_one_shape() {
    nn.conv("conv", oneTo(4, 4), Conv.of(2, 3));

    assertThatThrownBy(() -> nn.conv("conv", oneTo(4, 4), Conv.of(2, 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("variable student/conv.weight is used as [3, 3, 1, 2] and as [1, 1, 1, 2]");
  }

  @Test
  void a_tap_has_a_name_of_its_own() {
    Operand<TFloat32> x = map(new float[] {-1, 7}, 1, 2, 1);

    assertThat(run(nn.tappedRelu("stage1", x))).containsExactly(0, 7);
    assertThat(nn.taps().keySet()).containsExactly("stage1.pre-relu", "stage1");
    assertThat(nn.taps().get("stage1.pre-relu")).isSameAs(x);
    assertThatThrownBy(() -> nn.tap("stage1", x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("two taps are called 'stage1'");
  }

  @Test
  void operations_are_counted_per_image() {
    nn.conv("conv", oneTo(4, 4), Conv.of(5, 3).stride(2)); // 2x2x5 outputs of 9 pairs
    nn.depthwiseConv("depthwise", oneTo(4, 4), Conv.depthwise(3)); // 4x4 outputs of 9 pairs
    nn.dense("fc", nn.flatten(oneTo(4, 4)), 10); // 160 pairs

    assertThat(nn.flopsPerImage()).isEqualTo(2 * (180 + 144 + 160));
  }

  @Test
  void gradients_reach_the_winners_of_a_pooling_and_every_input_of_a_mean() {
    Operand<TFloat32> x = oneTo(4, 4);

    assertThat(gradient(nn.maxPoolRoundedUp(x, 3, 2), x))
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1);
    assertThat(gradient(nn.maxPool(x, 3, 2, 1), x))
        .containsExactly(0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1);
    assertThat(gradient(nn.avgPool(x, 2, 2, 0), x)).containsOnly(0.25f);
  }

  @Test
  void gradients_pass_a_relu6_between_its_bends() {
    Operand<TFloat32> x = map(new float[] {-1, 1, 5, 7}, 2, 2, 1);

    assertThat(run(nn.relu6(x))).containsExactly(0, 1, 5, 6);
    assertThat(gradient(nn.relu6(x), x)).containsExactly(0, 1, 1, 0);
  }

  @Test
  void gradients_pass_the_shortcut_without_parameters_and_a_concatenation() {
    Operand<TFloat32> x = oneTo(2, 2);

    assertThat(gradient(nn.zeroPaddedShortcut(x, 3, 2), x)).containsExactly(1, 0, 0, 0);
    assertThat(run(nn.concat(List.of(x, nn.add(x, x))))).containsExactly(1, 2, 2, 4, 3, 6, 4, 8);
    assertThat(gradient(nn.concat(List.of(x, nn.add(x, x))), x)).containsExactly(3, 3, 3, 3);
  }

  private Operand<TFloat32> dropout(Operand<TFloat32> x, long step, double rate) {
    return Layers.training(tf.withSubScope("training"), variables, tf.constant(step))
        .dropout(x, rate);
  }

  /** 1, 2, 3, ... row by row. */
  private Operand<TFloat32> oneTo(int height, int width) {
    float[] values = new float[height * width];
    IntStream.range(0, values.length).forEach(i -> values[i] = i + 1);
    return map(values, height, width, 1);
  }

  private Operand<TFloat32> map(float[] values, int height, int width, int channels) {
    return tf.reshape(tf.constant(values), tf.array(1, height, width, channels));
  }

  private static float[] filled(int size, float value) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }
}
