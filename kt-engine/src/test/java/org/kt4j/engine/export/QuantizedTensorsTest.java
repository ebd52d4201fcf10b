package org.kt4j.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Quantization;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;

/** Scales and levels are worked by hand, from weights whose scales are powers of two. */
class QuantizedTensorsTest {

  private final ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1));
  private final Ops tf = graph.tf();
  private final Variables variables = new Variables(tf, "student", 1);

  /** Where nothing else is said. */
  private final Map<String, float[]> values = new LinkedHashMap<>();

  @AfterEach
  void close() {
    graph.close();
  }

  private Operand<TFloat32> network(Quantization quantization) {
    Layers nn = Layers.evaluation(tf.withSubScope("network"), variables).quantized(quantization);
    Operand<TFloat32> images = tf.dtypes.cast(graph.images(), TFloat32.class);
    Operand<TFloat32> x = nn.conv("conv1", images, new Conv(2, 1, 1, 0, false));
    x = nn.relu(nn.batchNorm("bn1", x));
    x = nn.depthwiseConv("conv2", x, new Conv(0, 2, 2, 0, false));
    return tf.withName("logits").identity(nn.dense("fc", nn.globalAvgPool(x), 2));
  }

  private GraphDef constant() {
    ConstantGraph constant = new ConstantGraph(graph.graph().toGraphDef());
    Map<Variable, float[]> all = new LinkedHashMap<>();
    for (Variable variable : variables.all()) {
      float[] given = values.get(variable.name());
      all.put(
          variable, given == null ? new float[Math.toIntExact(variable.shape().size())] : given);
    }
    constant.fix(all);
    return constant.upTo(List.of("logits"));
  }

  @Test
  void weights_and_activations_are_found_with_their_scales_and_levels() {
    network(new Quantization(4, 8, 0));
    values.put("conv1.weight", new float[] {0.5f, 1}); // [1, 1, 1, 2]
    values.put("bn1.weight", new float[] {3.5f, -7});
    values.put("bn1.running_var", new float[] {1 - 1e-5f, 4 - 1e-5f});
    values.put("conv1.input.range", new float[] {-4, 251});
    values.put("bn1.relu.range", new float[] {0, 127.5f});
    // [2, 2, 2, 1]: 7, 3.5, 0, -1.75 of the first channel, 0.875 and three others of the second
    values.put("conv2.weight", new float[] {7, 0.875f, 3.5f, -0.5f, 0, 0.1875f, -1.75f, 0});
    values.put("conv2.mean.range", new float[] {-1, 3});
    values.put("fc.weight", new float[] {14, 0.5f, -1, -1.75f}); // [in, units]

    List<QuantizedTensor> found = QuantizedTensors.of(constant());

    assertThat(found)
        .extracting(QuantizedTensor::output)
        .containsExactly(
            "network/conv1.input.quantized",
            "network/conv1.weight.folded.quantized",
            "network/bn1.relu.quantized",
            "network/conv2.weight.quantized",
            "network/conv2.mean.quantized",
            "network/fc.weight.quantized");

    QuantizedTensor input = found.get(0);
    assertThat(input.input()).isEqualTo("Cast");
    assertThat(input.scales()).containsExactly(1f); // 255 levels from -4 to 251
    assertThat(input.zeroPoint()).isEqualTo(4);
    assertThat(input.axis()).isEqualTo(-1);
    assertThat(input.bits()).isEqualTo(8);
    assertThat(input.signed()).isFalse();
    assertThat(input.constant()).isNull();

    QuantizedTensor folded = found.get(1);
    // 0.5 x 3.5 and 1 x -7 / 2, on 7 levels.
    assertThat(folded.scales()).containsExactly(0.25f, 0.5f);
    assertThat(folded.axis()).isEqualTo(3);
    assertThat(folded.zeroPoint()).isZero();
    assertThat(folded.bits()).isEqualTo(4);
    assertThat(folded.signed()).isTrue();
    assertThat(levels(folded).values()).containsExactly(7, -7);
    assertThat(levels(folded).shape()).isEqualTo(Shape.of(1, 1, 1, 2));

    QuantizedTensor activated = found.get(2);
    assertThat(activated.input()).isEqualTo("network/Relu");
    assertThat(activated.scales()).containsExactly(0.5f);
    assertThat(activated.zeroPoint()).isZero();

    QuantizedTensor depthwise = found.get(3);
    assertThat(depthwise.scales()).containsExactly(1f, 0.125f);
    assertThat(depthwise.axis()).isEqualTo(2);
    // 3.5 goes to the even 4, -1.75 to -2; 0.1875 is 1.5 levels and goes to 2.
    assertThat(levels(depthwise).values()).containsExactly(7, 7, 4, -4, 0, 2, -2, 0);

    QuantizedTensor mean = found.get(4);
    assertThat(mean.zeroPoint()).isEqualTo(64); // 255 / 4 is 63.75
    assertThat(mean.scales()).containsExactly(3f / 191); // the more of 3 / 191 and 1 / 64

    QuantizedTensor dense = found.get(5);
    assertThat(dense.scales()).containsExactly(2f, 0.25f);
    assertThat(dense.axis()).isEqualTo(1);
    assertThat(levels(dense).values()).containsExactly(7, 2, 0, -7); // -0.5 goes to 0
  }

  private static QuantizedTensor.Levels levels(QuantizedTensor tensor) {
    QuantizedTensor.Levels levels = tensor.constant();
    if (levels == null) {
      throw new AssertionError(tensor.output() + " has no levels");
    }
    return levels;
  }

  @Test
  void the_nodes_of_a_rounding_have_the_names_that_are_written_down() {
    network(new Quantization(8, 5, 0));
    GraphDef graph = constant();

    assertThat(graph.getNodeList())
        .extracting(node -> node.getName() + " " + node.getOp() + " " + node.getInputList())
        .contains(
            "network/bn1.relu.quantized.divided RealDiv"
                + " [network/Relu, network/bn1.relu.quantized.scale]",
            "network/bn1.relu.quantized.rounded Round [network/bn1.relu.quantized.divided]",
            "network/bn1.relu.quantized.shifted Add"
                + " [network/bn1.relu.quantized.rounded, network/bn1.relu.quantized.zero-point]",
            "network/bn1.relu.quantized.level ClipByValue"
                + " [network/bn1.relu.quantized.shifted, network/bn1.relu.quantized.lowest,"
                + " network/bn1.relu.quantized.highest]",
            "network/bn1.relu.quantized.centred Sub"
                + " [network/bn1.relu.quantized.level, network/bn1.relu.quantized.zero-point]",
            "network/bn1.relu.quantized Mul"
                + " [network/bn1.relu.quantized.centred, network/bn1.relu.quantized.scale]");
    assertThat(QuantizedTensors.of(graph).get(2).bits()).isEqualTo(5);
  }

  @Test
  void a_channel_of_zeros_has_the_smallest_scale() {
    network(new Quantization(8, 8, 0));

    QuantizedTensor folded = QuantizedTensors.of(constant()).get(1);

    assertThat(folded.scales()).containsExactly(0x1p-20f, 0x1p-20f);
    assertThat(levels(folded).values()).containsExactly(0, 0);
  }

  @Test
  void a_graph_in_floats_has_none() {
    Layers nn = Layers.evaluation(tf.withSubScope("network"), variables);
    nn.conv("conv1", tf.dtypes.cast(graph.images(), TFloat32.class), Conv.of(1, 1));

    assertThat(QuantizedTensors.of(graph.graph().toGraphDef())).isEmpty();
  }

  @Test
  void a_graph_that_has_variables_still_is_refused() {
    network(new Quantization(8, 8, 0));

    assertThatThrownBy(() -> QuantizedTensors.of(graph.graph().toGraphDef()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rounds to levels that depend on network/")
        .hasMessageContaining("allowed: a graph with constants for its variables");
  }
}
