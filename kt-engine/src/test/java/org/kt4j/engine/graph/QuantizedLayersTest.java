package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Result;
import org.tensorflow.types.TFloat32;

/**
 * Rounding against numbers worked by hand. They are multiples of powers of two wherever a value
 * lies halfway between two levels, so that the halves are exact.
 */
class QuantizedLayersTest extends LayersInGraph {

  private static final long STEPS = 100;

  @Test
  void weights_are_rounded_with_a_scale_for_each_output_channel_and_halves_to_the_even_level() {
    Layers nn = evaluation(4, 8);
    Operand<TFloat32> x = row(new float[] {1, 0, 0, 1, -0.25f, 3.75f}, 2); // rows 10, 01, (..)
    Operand<TFloat32> y = nn.conv("conv", x, Conv.of(2, 1));
    // Levels -7 to 7. Channel 0: 0.875 / 7 = 0.125, so -0.4375 is -3.5, the even level -4.
    // Channel 1: 3.5 / 7 = 0.5, so 1.25 is 2.5, the even level 2.
    assign("conv.weight", 0.875f, 1.25f, -0.4375f, -3.5f); // [1, 1, in, out]
    // 255 levels from -0.25 to 63.5 of 0.25 each: what is read stays as it is.
    assign("conv.input.range", -0.25f, 63.5f);

    assertThat(run(y))
        .containsExactly(
            0.875f, 1f, -0.5f, -3.5f, -0.25f * 0.875f + 3.75f * -0.5f, -0.25f * 1f + 3.75f * -3.5f);
  }

  @Test
  void a_depthwise_convolution_has_a_scale_for_each_channel() {
    Layers nn = evaluation(2, 8);
    Operand<TFloat32> x = row(new float[] {1, 1, 1}, 3);
    Operand<TFloat32> y = nn.depthwiseConv("conv", x, Conv.depthwise(1));
    // One level on either side of 0: every channel keeps its only weight.
    assign("conv.weight", 0.75f, -3, 0.125f);
    assign("conv.input.range", 0, 255);

    assertThat(run(y)).containsExactly(0.75f, -3f, 0.125f);
  }

  @Test
  void a_dense_layer_is_rounded_for_each_unit_and_its_output_is_not() {
    Layers nn = evaluation(3, 8);
    Operand<TFloat32> x = tf.reshape(tf.constant(new float[] {1, 2}), tf.array(1, 2));
    Operand<TFloat32> y = nn.dense("fc", x, 2);
    // Levels -3 to 3. Unit 0: 1.5 / 3 = 0.5, 0.75 is 1.5, the even level 2. Unit 1: 3 / 3 = 1.
    assign("fc.weight", 1.5f, 3, 0.75f, 0.5f); // [in, units]
    assign("fc.bias", 0.1f, 0);
    assign("fc.input.range", 0, 255);

    assertThat(run(y)).containsExactly(1.5f + 2 * 1f + 0.1f, 3f); // 0.5 is the even level 0
  }

  @Test
  void a_relu_gives_levels_from_0_to_the_largest_value() {
    Layers nn = evaluation(8, 4);
    Operand<TFloat32> y = nn.relu(row(new float[] {-1, 0.3f, 0.375f, 0.625f, 5}, 5));
    assign("map.relu.range", 0, 3.75f); // 15 levels of 0.25

    // 0.3 / 0.25 = 1.2; 1.5 and 2.5 go to 2; what is beyond the range to its end.
    assertThat(run(y)).containsExactly(0, 0.25f, 0.5f, 0.5f, 3.75f);
  }

  @Test
  void elsewhere_0_has_a_level_and_both_ends_are_reached() {
    Layers nn = evaluation(8, 4);
    Operand<TFloat32> x = row(new float[] {-1.2f, -0.125f, 0.375f, 2.6f, 3}, 5);
    Operand<TFloat32> y = nn.add(x, x);
    // (1 + 2.6) / 15 = 0.24, so the zero point is round(1 / 0.24) = 4, with 11 levels above it.
    // max(2.6 / 11, 1 / 4) = 0.25.
    assign("sum.input.range", -1, 2.6f);

    // -0.5 of a level goes to the even level 0, 1.5 to 2, 10.4 to 10, and 12 to the last, 11.
    assertThat(run(y)).containsExactly(-2f, 0f, 1f, 5f, 5.5f);
  }

  @Test
  void gradients_go_through_within_the_range_and_end_outside_of_it() {
    Operand<TFloat32> x = row(new float[] {-1, 0.3f, 0.375f, 3.7f, 5}, 5);
    Layers learner = training(8, 4, STEPS);
    Operand<TFloat32> y = learner.relu(x);
    Operand<TFloat32> z = learner.add(x, x);
    assign("map.relu.range", 0, 3.75f);
    assign("sum.input.range", -0.5f, 3.25f); // z = 2, 0.25 apart, 13 levels above 0

    assertThat(run(y)).containsExactly(0, 0.25f, 0.5f, 3.75f, 3.75f);
    assertThat(gradient(y, x)).containsExactly(0, 1, 1, 1, 0);
    assertThat(run(z)).containsExactly(-1f, 0.5f, 1f, 6.5f, 6.5f);
    assertThat(gradient(z, x)).containsExactly(0, 2, 2, 0, 0);
  }

  @Test
  void the_gradient_of_a_weight_is_that_of_the_rounded_weight() {
    Layers learner = training(4, 8, STEPS);
    Operand<TFloat32> x = row(new float[] {2, 3}, 2);
    Operand<TFloat32> y = learner.conv("conv", x, Conv.of(1, 1));
    assign("conv.weight", 0.875f, -0.4375f);
    assign("conv.input.range", 0, 255);

    assertThat(run(y)).containsExactly(2 * 0.875f - 3 * 0.5f);
    assertThat(gradient(y, variable("conv.weight").value())).containsExactly(2, 3);
  }

  @Test
  void a_filter_of_zeros_stays_one() {
    Operand<TFloat32> x = row(new float[] {2, 3}, 2);
    Operand<TFloat32> trained = training(4, 8, STEPS).conv("conv", x, Conv.of(1, 1));
    Operand<TFloat32> evaluated = evaluation(4, 8).conv("conv", x, Conv.of(1, 1));
    assign("conv.weight", 0, 0);
    assign("conv.input.range", 0, 255);

    assertThat(run(trained)).containsExactly(0f);
    assertThat(gradient(trained, variable("conv.weight").value())).containsExactly(2, 3);
    assertThat(run(evaluated)).containsExactly(0f);
  }

  @Test
  void a_range_begins_with_the_first_batch_follows_the_others_and_is_frozen_in_the_end() {
    Operand<TFloat32> pixels = row(new float[] {-1, 0.5f, 4}, 3);
    Layers before = training(8, 8, 0);
    Layers after = training(8, 8, STEPS * 9 / 10);
    Operand<TFloat32> y = before.add(pixels, pixels);
    after.add(pixels, pixels);
    graph.initialize(variables.all());

    // The first batch is rounded with its own range already: both ends are reached.
    assertThat(run(y)[2]).isCloseTo(8, within(1e-5f));
    move(before);
    assertThat(graph.read(variable("sum.input.range"))).containsExactly(-1, 4);

    assign("sum.input.range", -2, 6);
    move(before); // a tenth of the way from -2 to -1, and from 6 to 4
    assertThat(graph.read(variable("sum.input.range"))).containsExactly(-1.9f, 5.8f);

    move(after);
    assertThat(graph.read(variable("sum.input.range"))).containsExactly(-1.9f, 5.8f);
  }

  @Test
  void a_range_that_no_batch_has_reached_takes_the_first_one_even_late() {
    Layers late = training(8, 8, STEPS);
    late.relu(row(new float[] {-1, 0.5f, 4}, 3));
    graph.initialize(variables.all());

    move(late);

    assertThat(graph.read(variable("map.relu.range"))).containsExactly(0, 4);
  }

  @Test
  void a_normalisation_is_multiplied_into_the_convolution_before_it_is_rounded() {
    Layers nn = evaluation(3, 8);
    Operand<TFloat32> x = row(new float[] {1, 0, 0, 1}, 2);
    Operand<TFloat32> y = nn.batchNorm("bn", nn.conv("conv", x, Conv.of(1, 1).withBias()));
    assign("conv.weight", 0.75f, 0.25f);
    assign("conv.bias", 2);
    assign("conv.input.range", 0, 255);
    assign("bn.weight", -4);
    assign("bn.bias", 1);
    assign("bn.running_mean", 0.5f);
    assign("bn.running_var", 4 - 1e-5f); // so the factor is -4 / 2 = -2

    // -1.5 and -0.5 with levels of 0.5: -3 and -1. The offset is 1 - 2 (2 - 0.5) = -2.
    assertClose(run(y), -3.5, -2.5);
    assertThat(nn.foldedNormalisations()).isEqualTo(1);
  }

  @Test
  void a_normalisation_behind_no_convolution_stays_one_and_reads_levels() {
    Layers nn = evaluation(8, 4);
    Operand<TFloat32> y = nn.batchNorm("bn", row(new float[] {0.3f, 9}, 1));
    assign("bn.weight", 1);
    assign("bn.bias", 0);
    assign("bn.running_mean", 0);
    assign("bn.running_var", 1 - 1e-5f);
    assign("bn.input.range", 0, 3.75f);

    assertClose(run(y), 0.25, 3.75);
    assertThat(nn.foldedNormalisations()).isZero();
  }

  /** Rounding with a symmetric scale for each channel commutes with the normalisation. */
  @ParameterizedTest
  @CsvSource({"8, 8", "4, 8", "4, 4", "2, 3"})
  void evaluation_is_training_with_the_statistics_of_the_batch(int weights, int activations) {
    float[] values = new float[6 * 5 * 5 * 3];
    Random random = new Random(7);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Operand<TFloat32> x = tf.reshape(tf.constant(values), tf.array(6, 5, 5, 3));
    Layers learner = training(weights, activations, STEPS);
    Operand<TFloat32> trained = small(learner, x);
    Operand<TFloat32> evaluated = small(evaluation(weights, activations), x);
    graph.initialize(variables.all());
    assign("bn1.weight", 1.5f, -0.5f, 2, 0.75f);
    assign("bn2.bias", 0.25f, 0, 0, -0.25f);
    calibrate(learner);

    float[] expected = run(trained);
    float[] found = run(evaluated);

    assertThat(expected).hasSize(6 * 4);
    for (int i = 0; i < expected.length; i++) {
      // Nothing lies so near to the middle of two levels that a rounding error moves it: the
      // difference would be a tenth and more.
      assertThat(found[i]).isCloseTo(expected[i], within(1e-4f));
    }
    assertThat(IntStream.range(0, expected.length).mapToObj(i -> expected[i]).distinct())
        .hasSizeGreaterThan(10);
  }

  /** A residual block, a depthwise convolution, a pooling and a dense layer. */
  private static Operand<TFloat32> small(Layers nn, Operand<TFloat32> x) {
    Operand<TFloat32> y = nn.relu(nn.batchNorm("bn1", nn.conv("conv1", x, Conv.of(4, 3))));
    Operand<TFloat32> z = nn.batchNorm("bn2", nn.depthwiseConv("conv2", y, Conv.depthwise(3)));
    z = nn.maxPool(nn.relu(nn.add(z, y)), 2, 2, 0);
    return nn.dense("fc", nn.dropout(nn.globalAvgPool(z), 0), 4);
  }

  /** Puts the statistics of the batch, and its ranges, in the place of the running ones. */
  private void calibrate(Layers learner) {
    for (Operation each : operations("FusedBatchNormV3")) {
      String name = each.name().replace("training/", "");
      try (Result result = graph.runner().fetch(each.output(1)).fetch(each.output(2)).run()) {
        float[] unbiased = ImageGraph.floats((TFloat32) result.get(1));
        int count = 6 * 5 * 5;
        for (int c = 0; c < unbiased.length; c++) {
          unbiased[c] *= (count - 1f) / count; // what the batch was divided by
        }
        assign(name + ".running_mean", ImageGraph.floats((TFloat32) result.get(0)));
        assign(name + ".running_var", unbiased);
      }
    }
    graph.run(
        learner.statisticUpdates().stream()
            .map(StatisticUpdate::update)
            .filter(update -> update.op().type().equals("AssignVariableOp"))
            .toList());
  }

  private List<Operation> operations(String type) {
    List<Operation> found = new ArrayList<>();
    graph
        .graph()
        .operations()
        .forEachRemaining(
            each -> {
              if (each.type().equals(type)) {
                found.add(each);
              }
            });
    return found;
  }

  @Test
  void a_map_is_rounded_once_and_stays_on_its_levels_where_values_are_only_chosen() {
    Layers nn = evaluation(8, 8);
    Operand<TFloat32> x = nn.relu(tf.zeros(tf.array(1, 4, 4, 2), TFloat32.class));
    Operand<TFloat32> pooled = nn.maxPool(x, 2, 2, 0);
    Operand<TFloat32> shortcut = nn.zeroPaddedShortcut(x, 4, 2);
    nn.add(nn.conv("conv", x, Conv.of(4, 3).stride(2)), shortcut);
    nn.conv("other", pooled, Conv.of(1, 1));
    nn.conv("third", x, Conv.of(1, 1));

    assertThat(ranges()).containsExactly("map.relu.range", "conv.range");
  }

  @Test
  void what_is_read_by_a_relu_alone_is_rounded_behind_it_only() {
    Layers nn = evaluation(8, 8);
    Operand<TFloat32> x = tf.zeros(tf.array(1, 4, 4, 2), TFloat32.class);
    Operand<TFloat32> y = nn.relu(nn.batchNorm("bn1", nn.conv("conv1", x, Conv.of(2, 3))));
    Operand<TFloat32> z = nn.batchNorm("bn2", nn.conv("conv2", y, Conv.of(2, 3)));
    y = nn.relu(nn.add(z, y));
    nn.dense("fc", nn.globalAvgPool(y), 3);

    assertThat(ranges())
        .containsExactly(
            "conv1.input.range",
            "bn1.relu.range",
            "bn2.range",
            "bn2.sum.relu.range",
            "bn2.sum.relu.mean.range");
  }

  @Test
  void layers_are_in_floats_where_nothing_is_said() {
    Layers nn = Layers.evaluation(tf, variables);
    small(nn, tf.zeros(tf.array(1, 4, 4, 3), TFloat32.class));

    assertThat(operations("Round")).isEmpty();
    assertThat(ranges()).isEmpty();
    assertThat(nn.roundedWeights()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "9, 8", "8, 1", "8, 16"})
  void other_bits_are_refused(int weights, int activations) {
    assertThatThrownBy(() -> new Quantization(weights, activations, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bits: " + weights + " and " + activations + "; allowed: 2 to 8");
  }

  private List<String> ranges() {
    return variables.all().stream()
        .map(Variable::name)
        .filter(name -> name.endsWith(".range"))
        .toList();
  }

  private Layers evaluation(int weightBits, int activationBits) {
    return Layers.evaluation(tf.withSubScope("evaluation"), variables)
        .quantized(Quantization.of(weightBits, activationBits, STEPS));
  }

  private Layers training(int weightBits, int activationBits, long step) {
    return Layers.training(tf.withSubScope("training"), variables, tf.constant(step))
        .quantized(Quantization.of(weightBits, activationBits, STEPS));
  }

  private void move(Layers layers) {
    graph.run(layers.statisticUpdates().stream().map(StatisticUpdate::update).toList());
  }
}
