package org.kt4j.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Binarization;
import org.kt4j.engine.graph.BinaryWeight;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Result;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Every family, with signs. */
class BinaryNetworksTest {

  private static final ImageShape PICTURES = new ImageShape(64, 64, 3);
  private static final Binarization XNOR =
      binarization(Binarization.Ends.FLOATS, Binarization.Shortcuts.BLOCK);
  private static final Binarization BI_REAL =
      binarization(Binarization.Ends.FLOATS, Binarization.Shortcuts.CONVOLUTION);

  private static Binarization binarization(
      Binarization.Ends ends, Binarization.Shortcuts shortcuts) {
    return new Binarization(Binarization.Scheme.XNOR, ends, shortcuts);
  }

  static Stream<NetworkProvider<?>> families() {
    return BuiltNetwork.families().stream().filter(NetworkProvider::givesLogits);
  }

  private static <O extends Record> Network network(NetworkProvider<O> family, String variant) {
    return family.create(family.variant(variant), PICTURES, 5);
  }

  private static Network named(String family, String variant) {
    return families()
        .filter(each -> each.name().equals(family))
        .map(each -> network(each, variant))
        .findFirst()
        .orElseThrow();
  }

  private static Operand<TFloat32> pictures(ImageGraph graph) {
    return graph.tf().dtypes.cast(graph.images(), TFloat32.class);
  }

  @ParameterizedTest
  @MethodSource("families")
  void all_layers_but_the_first_the_last_and_shortcuts_read_signs(NetworkProvider<?> family) {
    try (ImageGraph graph = new ImageGraph(PICTURES)) {
      Variables variables = new Variables(graph.tf(), "student", 1);
      Layers nn = Layers.evaluation(graph.tf(), variables);
      Operand<TFloat32> logits =
          network(family, "").binary(XNOR, "student").build(nn, pictures(graph));

      List<String> signs = new ArrayList<>();
      Set<String> floats = new HashSet<>();
      for (Operation each : above(logits.asOutput().op())) {
        if (Set.of("Conv2D", "DepthwiseConv2dNative", "MatMul").contains(each.type())) {
          List<Operation> inputs =
              ((GraphOperation) each).inputs().stream().map(Operand::op).toList();
          String weight = inputs.get(1).name();
          if (weight.endsWith(".sign")) {
            assertThat(isSigns(inputs.get(0))).as(each.name()).isTrue();
            signs.add(weight);
          } else {
            assertThat(isSigns(inputs.get(0))).as(each.name()).isFalse();
            floats.add(weight.replaceFirst("^student/", "").replace(".weight.value", ""));
          }
        }
      }
      List<String> layers = nn.layers().stream().map(Layers.Layer::name).toList();
      assertThat(floats).contains(layers.get(0), layers.get(layers.size() - 1));
      floats.removeIf(layer -> layer.matches(".*(shortcut|downsample|convShortcut).*"));
      assertThat(floats).hasSize(2);
      assertThat(signs).hasSizeGreaterThan(5).hasSameSizeAs(nn.binaryWeights());
      assertThat(above(logits.asOutput().op())).extracting(Operation::type).doesNotContain("Relu");
    }
  }

  /** Zeros that are written out lie behind the signs. */
  private static boolean isSigns(Operation made) {
    return switch (made.type()) {
      case "PadV2", "AvgPool" -> isSigns(((GraphOperation) made).inputs().iterator().next().op());
      default -> made.name().endsWith(".sign");
    };
  }

  private static Set<Operation> above(Operation last) {
    Set<Operation> seen = new HashSet<>();
    List<Operation> open = new ArrayList<>(List.of(last));
    while (!open.isEmpty()) {
      Operation next = open.remove(open.size() - 1);
      if (seen.add(next)) {
        ((GraphOperation) next).inputs().forEach(input -> open.add(input.op()));
      }
    }
    return seen;
  }

  @ParameterizedTest
  @MethodSource("families")
  void the_variables_are_those_of_the_network_in_floats(NetworkProvider<?> family) {
    try (ImageGraph graph = new ImageGraph(PICTURES)) {
      Ops tf = graph.tf();
      Variables floats = new Variables(tf, "floats", 1);
      network(family, "").build(Layers.evaluation(tf, floats), pictures(graph));
      Variables signs = new Variables(tf, "signs", 1);
      Layers learner = Layers.training(tf.withSubScope("training"), signs, tf.constant(0L));
      network(family, "").binary(XNOR, "student").build(learner, pictures(graph));

      assertThat(signs.all().stream().map(Variable::name))
          .containsExactlyElementsOf(floats.all().stream().map(Variable::name).toList());
      assertThat(signs.limits()).hasSameSizeAs(learner.binaryWeights());
    }
  }

  @Test
  void the_first_and_the_last_layer_are_signs_where_that_is_said() {
    try (ImageGraph graph = new ImageGraph(PICTURES)) {
      Layers nn = Layers.evaluation(graph.tf(), new Variables(graph.tf(), "student", 1));
      named("resnet", "8")
          .binary(
              binarization(Binarization.Ends.SIGNS, Binarization.Shortcuts.BLOCK), "student.binary")
          .build(nn, pictures(graph));

      assertThat(nn.binaryWeights().stream().map(BinaryWeight::variable).map(Variable::name))
          .hasSize(8)
          .contains("conv1.weight", "linear.weight");
    }
  }

  /**
   * One channel and one pixel, of which a 3x3 kernel sees its centre: f(x) = 0.5 sign(x) and g(x) =
   * -0.25 sign(x), both behind a normalisation that does nothing.
   */
  @ParameterizedTest
  @CsvSource({
    "BLOCK, 0.5, 0.25", // 0.5 + g(f(0.5)) = 0.5 - 0.25
    "CONVOLUTION, 0.5, 0.75", // u = 0.5 + 0.5, and u + g(u) = 1 - 0.25
    "BLOCK, -0.75, -0.5", // -0.75 + g(f(-0.75)) = -0.75 + 0.25
    "CONVOLUTION, -0.25, -0.5" // u = -0.25 - 0.5, and u + g(u) = -0.75 + 0.25
  })
  void a_shortcut_goes_around_the_block_or_around_each_convolution(
      Binarization.Shortcuts shortcuts, float x, float sum) {
    try (ImageGraph graph = new ImageGraph(new ImageShape(1, 1, 1))) {
      Ops tf = graph.tf();
      Variables variables = new Variables(tf, "student", 1);
      Layers nn =
          Layers.evaluation(tf, variables)
              .binary(binarization(Binarization.Ends.SIGNS, shortcuts), Set.of());
      Operand<TFloat32> pixel = tf.reshape(tf.constant(x), tf.array(1, 1, 1, 1));
      Operand<TFloat32> y = ResidualBlock.basic(nn, "b", pixel, 1, 1, branch -> pixel);
      Map<Variable, float[]> values = new HashMap<>();
      for (Variable variable : variables.all()) {
        float[] numbers = new float[(int) variable.shape().size()];
        Arrays.fill(
            numbers,
            switch (variable.name()) {
              case "b.conv1.weight" -> 0.5f;
              case "b.conv2.weight" -> -0.25f;
              case "b.bn1.weight", "b.bn2.weight" -> 1f;
              case "b.bn1.running_var", "b.bn2.running_var" -> 1 - Layers.BATCH_NORM_EPSILON;
              default -> 0f;
            });
        values.put(variable, numbers);
      }
      graph.assign(values);

      try (Result result = graph.runner().fetch(y).run()) {
        // Single precision, through a normalisation.
        assertThat(ImageGraph.floats((TFloat32) result.get(0)))
            .containsExactly(new float[] {sum}, within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet, 8",
    "imagenet-resnet, 10",
    "preact-resnet, 8",
    "wide-resnet, 10-1",
  })
  void blocks_of_two_convolutions_have_a_shortcut_of_each(String family, String variant) {
    assertThat(additions(family, variant, BI_REAL)).isEqualTo(2 * additions(family, variant, XNOR));
  }

  private static long additions(String family, String variant, Binarization how) {
    try (ImageGraph graph = new ImageGraph(PICTURES)) {
      Layers nn = Layers.evaluation(graph.tf(), new Variables(graph.tf(), "student", 1));
      Operand<TFloat32> logits =
          named(family, variant).binary(how, "student").build(nn, pictures(graph));
      return above(logits.asOutput().op()).stream()
          .filter(each -> each.type().equals("Add"))
          .count();
    }
  }

  @ParameterizedTest
  @CsvSource({"vgg, 11", "imagenet-resnet, 50", "mobilenet-v2, ''"})
  void a_network_without_such_blocks_is_told(String family, String variant) {
    assertThatBuilding(named(family, variant).binary(BI_REAL, "student.binary: it"))
        .hasMessageContaining(
            "student.binary: it has no residual blocks of two convolutions, whose shortcuts could go"
                + " around each convolution; allowed: shortcuts: block, or a network with basic"
                + " blocks");
  }

  @Test
  void a_network_with_nothing_between_its_first_and_its_last_layer_is_told() {
    Network two =
        (nn, images) -> nn.dense("fc", nn.globalAvgPool(nn.conv("conv", images, Conv.of(2, 3))), 5);
    Network raw = (nn, images) -> nn.tf().math.mean(images, nn.tf().array(1, 2));

    for (Network network : List.of(two, raw)) {
      assertThatBuilding(network.binary(XNOR, "student.binary: small"))
          .hasMessageContaining(
              "student.binary: small has no layer that could compute with signs; allowed: networks"
                  + " with convolutions or dense layers of Layers (conv, depthwiseConv, dense)"
                  + " between the first and the last, which stay in floats; fix: build it from"
                  + " these, or leave binary out, or first-and-last: signs");
    }
  }

  private static AbstractThrowableAssert<?, ?> assertThatBuilding(Network network) {
    try (ImageGraph graph = new ImageGraph(PICTURES)) {
      Layers nn = Layers.evaluation(graph.tf(), new Variables(graph.tf(), "student", 1));
      return assertThatThrownBy(() -> network.build(nn, pictures(graph)))
          .isInstanceOf(ConfigurationException.class);
    }
  }
}
