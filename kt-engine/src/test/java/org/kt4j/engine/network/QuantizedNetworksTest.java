package org.kt4j.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Quantization;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Every family, rounded. */
class QuantizedNetworksTest {

  private static final Quantization EIGHT_BITS = Quantization.of(8, 8, 100);

  static List<NetworkProvider<?>> families() {
    return BuiltNetwork.families().stream().filter(NetworkProvider::givesLogits).toList();
  }

  private static <O extends Record> Network small(NetworkProvider<O> family, ImageShape shape) {
    return family.create(family.variant(""), shape, 5).quantized(EIGHT_BITS, "nothing");
  }

  private static Operand<TFloat32> pictures(ImageGraph graph) {
    return graph.tf().dtypes.cast(graph.images(), TFloat32.class);
  }

  @ParameterizedTest
  @MethodSource("families")
  void ranges_of_training_are_those_of_evaluation(NetworkProvider<?> family) {
    try (ImageGraph graph = new ImageGraph(new ImageShape(64, 64, 3))) {
      Ops tf = graph.tf();
      Network network = small(family, new ImageShape(64, 64, 3));
      Variables variables = new Variables(tf, "student", 1);
      Layers learner = Layers.training(tf.withSubScope("training"), variables, tf.constant(0L));
      network.build(learner, pictures(graph));
      List<String> trained = variables.all().stream().map(Variable::name).toList();
      network.build(Layers.evaluation(tf.withSubScope("evaluation"), variables), pictures(graph));

      assertThat(variables.all().stream().map(Variable::name)).containsExactlyElementsOf(trained);
      assertThat(trained).filteredOn(name -> name.endsWith(".range")).hasSizeGreaterThan(5);
      // One update for each range, and one for each mean and variance.
      assertThat(learner.statisticUpdates())
          .hasSize(
              (int)
                  variables.all().stream()
                      .filter(each -> each.kind() == Variable.Kind.RUNNING_STATISTIC)
                      .count());
    }
  }

  /** So that a runtime of whole numbers has nothing else to do there. */
  @ParameterizedTest
  @MethodSource("families")
  void convolutions_dense_layers_and_additions_read_levels(NetworkProvider<?> family) {
    try (ImageGraph graph = new ImageGraph(new ImageShape(64, 64, 3))) {
      Variables variables = new Variables(graph.tf(), "student", 1);
      Layers nn = Layers.evaluation(graph.tf().withSubScope("network"), variables);
      Operand<TFloat32> logits =
          small(family, new ImageShape(64, 64, 3)).build(nn, pictures(graph));

      List<String> readingFloats = new ArrayList<>();
      int layers = 0;
      for (Operation each : above(logits.asOutput().op())) {
        boolean isConvolution = Set.of("Conv2D", "DepthwiseConv2dNative").contains(each.type());
        if (isConvolution || each.type().equals("MatMul") || isAddition(each)) {
          layers++;
          if (!inputs(each).stream().allMatch(QuantizedNetworksTest::isOnLevels)) {
            readingFloats.add(each.name());
          }
        }
      }
      assertThat(readingFloats).isEmpty();
      assertThat(layers).isGreaterThan(5);
      // Only where a normalisation follows no convolution.
      boolean isPreActivated = Set.of("preact-resnet", "wide-resnet").contains(family.name());
      assertThat(
              above(logits.asOutput().op()).stream()
                  .anyMatch(each -> each.type().equals("FusedBatchNormV3")))
          .isEqualTo(isPreActivated);
    }
  }

  /** Of two maps; those of a rounding and of a normalisation have names of their own. */
  private static boolean isAddition(Operation each) {
    return each.type().equals("Add")
        && each.output(0).shape().numDimensions() == 4
        && !each.name().contains("quantized");
  }

  private static boolean isOnLevels(Operation made) {
    return switch (made.type()) {
      case "Mul" -> made.name().endsWith(".quantized");
      // They choose values, or add zeros.
      case "PadV2", "MaxPoolV2", "AvgPool", "Reshape", "Transpose" ->
          isOnLevels(inputs(made).get(0));
      default -> false;
    };
  }

  private static List<Operation> inputs(Operation operation) {
    return ((GraphOperation) operation).inputs().stream().map(Operand::op).toList();
  }

  private static Set<Operation> above(Operation last) {
    Set<Operation> seen = new HashSet<>();
    List<Operation> open = new ArrayList<>(List.of(last));
    while (!open.isEmpty()) {
      Operation next = open.remove(open.size() - 1);
      if (seen.add(next)) {
        open.addAll(inputs(next));
      }
    }
    return seen;
  }

  @Test
  void a_network_without_a_layer_to_round_is_told() {
    Network plain = (nn, images) -> nn.tf().math.mean(images, nn.tf().array(1, 2));
    try (ImageGraph graph = new ImageGraph(new ImageShape(8, 8, 3))) {
      Layers nn = Layers.evaluation(graph.tf(), new Variables(graph.tf(), "student", 1));

      assertThatThrownBy(
              () -> plain.quantized(EIGHT_BITS, "nothing to round").build(nn, pictures(graph)))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining("nothing to round");
    }
  }
}
