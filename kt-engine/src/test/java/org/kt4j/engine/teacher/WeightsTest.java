package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class WeightsTest {

  private static Variables network(ImageGraph graph) {
    Variables variables = new Variables(graph.tf(), "frozen", 0);
    Layers nn = Layers.evaluation(graph.tf(), variables);
    Operand<TFloat32> x = graph.tf().dtypes.cast(graph.images(), TFloat32.class);
    x =
        nn.conv(
            "conv", x, Conv.of(3, 2).padding(0)); // [1, 2, 2] -> [1, 1, 3], weights [2, 2, 1, 3]
    nn.dense("linear", nn.flatten(x), 2); // weights [3, 2]
    return variables;
  }

  private static Map<String, Weights.Array> torch() {
    Map<String, Weights.Array> arrays = new HashMap<>();
    // [out, in, kH, kW]: output 0 holds 0..3, output 1 holds 4..7, output 2 holds 8..11.
    arrays.put(
        "conv.weight",
        new Weights.Array(
            Shape.of(3, 1, 2, 2), new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    // [out, in]
    arrays.put("linear.weight", new Weights.Array(Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
    arrays.put("linear.bias", new Weights.Array(Shape.of(2), new float[] {7, 8}));
    return arrays;
  }

  @Test
  void pytorch_order_becomes_tensorflow_order() {
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      Map<Variable, float[]> values = new Weights("by hand", torch()).of(variables);

      Map<String, float[]> byName = new HashMap<>();
      values.forEach((variable, numbers) -> byName.put(variable.name(), numbers));
      // [kH, kW, in, out]: at each position the three outputs stand side by side.
      assertThat(byName.get("conv.weight")).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
      assertThat(byName.get("linear.weight")).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(byName.get("linear.bias")).containsExactly(7, 8);
    }
  }

  @Test
  void the_order_of_tensorflow_comes_back_as_the_order_of_pytorch() {
    Weights.Array conv =
        Weights.Array.ofTensorFlow(
            Variable.Kind.CONVOLUTION,
            Shape.of(2, 2, 1, 3),
            new float[] {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});

    assertThat(conv.shape()).isEqualTo(Shape.of(3, 1, 2, 2));
    assertThat(conv.values()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
  }

  @Test
  void weights_of_another_network_are_refused_with_every_difference() {
    Map<String, Weights.Array> arrays = torch();
    arrays.put("linear.weight", new Weights.Array(Shape.of(2, 4), new float[8]));
    arrays.remove("linear.bias");
    arrays.put("bn.weight", new Weights.Array(Shape.of(3), new float[3]));
    arrays.put("bn.num_batches_tracked", new Weights.Array(Shape.scalar(), new float[1]));
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      assertThatThrownBy(() -> new Weights("other.npz", arrays).of(variables))
          .isInstanceOf(WeightsException.class)
          .hasMessage(
              "other.npz: weights of another network: linear.weight is [2, 4], the network has "
                  + "[2, 3]; linear.bias is missing; bn.weight is in the file but not in the "
                  + "network; fix: name the network and the options that they were trained with, "
                  + "for data of as many classes");
    }
  }

  private static Map<String, Weights.Array> under(String prefix) {
    Map<String, Weights.Array> arrays = new HashMap<>();
    torch().forEach((name, array) -> arrays.put(prefix + name, array));
    return arrays;
  }

  @Test
  void a_prefix_of_all_names_is_left_out() {
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      for (String prefix :
          List.of("module.", "model.", "_orig_mod.module.", "weights/", "net/module.")) {
        Weights wrapped = new Weights("wrapped.npz", under(prefix));
        assertThat(wrapped.of(variables)).hasSize(3);
        assertThat(wrapped.fitting(variables, Set.of())).hasSize(3);
        assertThat(wrapped.complete(variables)).hasSize(3);
      }
      Map<String, Weights.Array> less = under("module.");
      less.remove("module.linear.bias");
      assertThatThrownBy(() -> new Weights("wrapped.npz", less).of(variables))
          .hasMessage("wrapped.npz: weights of another network: module.linear.bias is missing");
    }
  }

  @Test
  void a_network_under_two_prefixes_is_refused() {
    Map<String, Weights.Array> twice = under("student.");
    twice.putAll(under("ema."));
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      assertThatThrownBy(() -> new Weights("twice.npz", twice).of(variables))
          .isInstanceOf(WeightsException.class)
          .hasMessage(
              "twice.npz: holds this network more than once, under ema. and student.; fix: name"
                  + " one of them, such as part: ema");
    }
  }

  @Test
  void single_numbers_and_what_is_no_number_beside_the_weights_are_passed_over() {
    Map<String, Weights.Array> arrays = torch();
    arrays.put("epoch", new Weights.Array(Shape.scalar(), new float[] {200}));
    arrays.put("best_loss", new Weights.Array(Shape.scalar(), new float[] {Float.NaN}));
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      assertThat(new Weights("a.npz", arrays, Map.of("arch", "<U7")).of(variables)).hasSize(3);
      arrays.remove("linear.weight");
      arrays.put("linear.weigth", new Weights.Array(Shape.of(2, 3), new float[6]));
      assertThatThrownBy(() -> new Weights("a.npz", arrays).of(variables))
          .hasMessage(
              "a.npz: weights of another network: linear.weight is missing (is it linear.weigth?);"
                  + " linear.weigth is in the file but not in the network");
    }
  }

  @Test
  void weights_that_are_no_numbers_are_refused_by_name_and_count() {
    Map<String, Weights.Array> arrays = torch();
    arrays.put(
        "linear.weight",
        new Weights.Array(Shape.of(2, 3), new float[] {1, Float.NaN, 3, 4, 5, Float.NaN}));
    arrays.put(
        "linear.bias", new Weights.Array(Shape.of(2), new float[] {Float.POSITIVE_INFINITY, 0}));
    Weights weights = new Weights("diverged.npz", arrays);
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      for (Function<Variables, Map<Variable, float[]>> use :
          List.<Function<Variables, Map<Variable, float[]>>>of(
              weights::of, all -> weights.fitting(all, Set.of()), weights::complete)) {
        assertThatThrownBy(() -> use.apply(variables))
            .isInstanceOf(WeightsException.class)
            .hasMessage(
                "diverged.npz: weights that are NaN, infinite or beyond float32: linear.weight: 2 of"
                    + " 6; linear.bias: 1 of 2; allowed: finite numbers; fix: save weights from"
                    + " before the training diverged, or train again");
      }
    }
  }

  private static void assertRefused(Weights weights, String message) {
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);
      for (Function<Variables, Map<Variable, float[]>> use :
          List.<Function<Variables, Map<Variable, float[]>>>of(
              weights::of, all -> weights.fitting(all, Set.of()), weights::complete)) {
        assertThatThrownBy(() -> use.apply(variables))
            .isInstanceOf(WeightsException.class)
            .hasMessage(message);
      }
    }
  }

  @Test
  void a_type_that_is_none_of_weights_is_refused_with_its_own_fix() {
    Map<String, String> types =
        Map.of(
            "<f16", "128-bit floats (<f16)",
            "|V2", "raw bytes, as bfloat16 becomes in NumPy (|V2)",
            "|O", "Python objects (|O)",
            "<i8", "a single integer (<i8)",
            "<U12", "text (<U12)");
    Map<String, String> fixes =
        Map.of(
            "|V2", "bfloat16 as floats: value.float().numpy() in PyTorch",
            "|O", "numpy.savez(file, **{name: value.numpy() for name, value in state.items()})");
    types.forEach(
        (type, words) -> {
          Map<String, Weights.Array> arrays = torch();
          arrays.remove("linear.bias");

          assertRefused(
              new Weights("a.npz", arrays, Map.of("linear.bias", type)),
              "a.npz: linear.bias is "
                  + words
                  + "; allowed: arrays of floats of 16, 32 or 64 bits or of integers; fix: "
                  + fixes.getOrDefault(type, ".astype('float32') before numpy.savez"));
        });
  }

  @Test
  void arrays_without_names_are_told() {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    torch().values().forEach(array -> arrays.put("arr_" + arrays.size(), array));

    assertRefused(
        new Weights("a.npz", arrays),
        "a.npz: holds 3 arrays without a parameter's name: arr_0; arr_1; arr_2; fix:"
            + " numpy.savez(file, **state), not numpy.savez(file, *state.values())");
  }

  @Test
  void whole_numbers_of_eight_bits_are_those_of_a_quantised_network() {
    for (String type : List.of("int8", "uint8")) {
      Map<String, Weights.Array> arrays = torch();
      arrays.put("conv.weight", new Weights.Array(Shape.of(3, 1, 2, 2), new float[12], type));
      arrays.put("linear.bias", new Weights.Array(Shape.of(2), new float[2], type));

      assertRefused(
          new Weights("a.npz", arrays),
          "a.npz: weights are whole numbers of 8 bits, as in a quantised network: conv.weight ("
              + type
              + "); allowed: floats; fix: dequantise, as"
              + " value.dequantize() does in PyTorch, or save the network from before it was"
              + " quantised");
    }
    // Wider ones are weights as good as others.
    Map<String, Weights.Array> arrays = torch();
    arrays.put("conv.weight", new Weights.Array(Shape.of(3, 1, 2, 2), new float[12], "int32"));
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      assertThat(new Weights("a.npz", arrays).of(network(graph))).hasSize(3);
    }
  }

  @Test
  void ranges_beside_the_weights_are_those_of_a_rounded_student() {
    Map<String, Weights.Array> arrays = torch();
    arrays.put("conv.input.range", new Weights.Array(Shape.of(2), new float[] {0, 1}));
    Weights weights = new Weights("a.npz", arrays);
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      assertThatThrownBy(() -> weights.of(variables))
          .isInstanceOf(WeightsException.class)
          .hasMessage(
              "a.npz: the weights of a student with quantization, beside which ranges of its"
                  + " activations are stored: conv.input.range; allowed: weights of a network in"
                  + " floats; fix: name the run of the student, which says how it is rounded");
      // To begin with they are weights as good as others.
      assertThat(weights.fitting(variables, Set.of())).hasSize(3);
    }
  }

  @Test
  void a_variance_below_zero_is_refused_by_name() {
    Map<String, Weights.Array> arrays = new HashMap<>();
    for (String name : List.of("weight", "bias", "running_mean")) {
      arrays.put("bn." + name, new Weights.Array(Shape.of(3), new float[] {-1, 0, 1}));
    }
    arrays.put("bn.running_var", new Weights.Array(Shape.of(3), new float[] {-1, 0, -0.5f}));
    Weights weights = new Weights("a.npz", arrays);
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 3))) {
      Variables variables = new Variables(graph.tf(), "frozen", 0);
      Layers.evaluation(graph.tf(), variables)
          .batchNorm("bn", graph.tf().dtypes.cast(graph.images(), TFloat32.class));

      for (Function<Variables, Map<Variable, float[]>> use :
          List.<Function<Variables, Map<Variable, float[]>>>of(
              weights::of, all -> weights.fitting(all, Set.of()), weights::complete)) {
        assertThatThrownBy(() -> use.apply(variables))
            .isInstanceOf(WeightsException.class)
            .hasMessage(
                "a.npz: variances of batch normalization below 0: bn.running_var: 2 of 3; allowed:"
                    + " 0 or more; fix: save running_var of the trained network as it is");
      }
    }
  }

  @Test
  void arrays_in_another_order_of_axes_are_told_with_the_way_back() {
    Map<String, Weights.Array> arrays = torch();
    arrays.put("conv.weight", new Weights.Array(Shape.of(2, 2, 1, 3), new float[12]));
    arrays.put("linear.weight", new Weights.Array(Shape.of(3, 2), new float[6]));
    arrays.put("linear.bias", new Weights.Array(Shape.of(2, 1), new float[2]));
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      assertThatThrownBy(() -> new Weights("a.npz", arrays).of(variables))
          .isInstanceOf(WeightsException.class)
          .hasMessage(
              "a.npz: arrays in another layout than PyTorch's: conv.weight is [2, 2, 1, 3], the"
                  + " network has [3, 1, 2, 2]; linear.weight is [3, 2], the network has [2, 3];"
                  + " linear.bias is [2, 1], the network has [2]; fix: value.transpose(3, 2, 0, 1)"
                  + " for convolutions, value.T for dense layers, value.reshape(shape) with the"
                  + " network's shape");
    }
  }

  @Test
  void arrays_beside_a_whole_network_are_named_to_be_left_out() {
    Map<String, Weights.Array> arrays = torch();
    arrays.putAll(under("ema."));
    arrays.put("optimizer/momentum", new Weights.Array(Shape.of(3), new float[3]));
    arrays.put("lr", new Weights.Array(Shape.of(1), new float[1]));
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1))) {
      Variables variables = network(graph);

      assertThatThrownBy(() -> new Weights("a.npz", arrays).of(variables))
          .isInstanceOf(WeightsException.class)
          .hasMessage(
              "a.npz: arrays that are not in the network: ema.* (3); lr (1); optimizer/* (1); fix:"
                  + " leave ema.* and lr and optimizer/* out of the file");
      // Another layer of the same block is a deeper network.
      Map<String, Weights.Array> deeper = torch();
      deeper.put("linear.1.weight", new Weights.Array(Shape.of(3), new float[3]));
      assertThatThrownBy(() -> new Weights("a.npz", deeper).of(variables))
          .hasMessage(
              "a.npz: weights of another network: linear.1.weight is in the file but not in the"
                  + " network");
      assertThat(new Weights("a.npz", arrays).complete(variables)).hasSize(3);
    }
  }
}
