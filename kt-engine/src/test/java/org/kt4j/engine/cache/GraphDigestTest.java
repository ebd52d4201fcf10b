package org.kt4j.engine.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class GraphDigestTest {

  private static String digest(
      String input, BiFunction<Ops, Operand<TFloat32>, Operand<TFloat32>> computed) {
    try (Graph graph = NativeRuntime.newGraph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x =
          tf.withName(input).placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      Operand<TFloat32> value = computed.apply(tf, x);
      return new GraphDigest(graph).of(value.asOutput());
    }
  }

  private static final String PLAIN =
      digest("x", (tf, x) -> tf.math.add(tf.math.mul(x, tf.constant(2f)), tf.constant(1f)));

  @Test
  void the_same_computation_has_the_same_digest_whatever_stands_beside_it_and_its_names_are() {
    String again =
        digest(
            "x",
            (tf, x) -> {
              tf.math.sub(x, tf.constant(7f));
              Ops scope = tf.withSubScope("elsewhere");
              return scope.math.add(scope.math.mul(x, scope.constant(2f)), scope.constant(1f));
            });

    assertThat(again).isEqualTo(PLAIN);
  }

  @Test
  void another_operation_constant_order_or_input_has_another_digest() {
    assertThat(
            List.of(
                digest(
                    "x", (tf, x) -> tf.math.sub(tf.math.mul(x, tf.constant(2f)), tf.constant(1f))),
                digest(
                    "x", (tf, x) -> tf.math.add(tf.math.mul(x, tf.constant(3f)), tf.constant(1f))),
                digest(
                    "x", (tf, x) -> tf.math.add(tf.constant(1f), tf.math.mul(x, tf.constant(2f)))),
                digest(
                    "y", (tf, x) -> tf.math.add(tf.math.mul(x, tf.constant(2f)), tf.constant(1f)))))
        .doesNotContain(PLAIN)
        .doesNotHaveDuplicates();
  }

  @Test
  void the_outputs_of_one_operation_are_told_apart() {
    try (Graph graph = NativeRuntime.newGraph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2)));
      var halves = tf.split(tf.constant(1), x, 2L).output();
      GraphDigest digest = new GraphDigest(graph);

      assertThat(digest.of(halves.get(0))).isNotEqualTo(digest.of(halves.get(1)));
    }
  }
}
