package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.kt4j.config.ConfigurationException;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;

class VariablesTest {

  @Test
  void a_weight_whose_size_overflows_is_refused_before_tensorflow_sees_it() {
    try (Graph graph = NativeRuntime.newGraph()) {
      Variables student = new Variables(Ops.create(graph), "student", 1);
      Shape shape = Shape.of(3, 3, 2_147_483_647L, 2_147_483_647L);

      assertThatThrownBy(() -> student.heNormal("conv.weight", shape, Variable.Kind.CONVOLUTION, 9))
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "student: the network is too large: the weight conv.weight of the shape [3, 3,"
                  + " 2147483647, 2147483647] has 4.15e+19 numbers; allowed: 2147483647 in one"
                  + " weight; fix: a network with fewer or narrower layers (such as a smaller width"
                  + " or depth)");
      assertThat(student.all()).isEmpty();
    }
  }

  @Test
  void weights_that_the_machine_has_no_memory_for_are_refused() {
    // Each has 4 GiB; no machine has as many of them.
    Shape shape = Shape.of(1 << 15, 1 << 15);
    long fitting = MachineMemory.bytes() / (4L << 30);
    try (Graph graph = NativeRuntime.newGraph()) {
      Variables student = new Variables(Ops.create(graph), "student", 1);
      for (long i = 0; i < fitting; i++) {
        student.filled("dense" + i, shape, Variable.Kind.DENSE, 0);
      }

      assertThatThrownBy(() -> student.filled("last", shape, Variable.Kind.DENSE, 0))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith(
              "student: the network is too large: with the weight last of the shape [32768, 32768]"
                  + " it has ")
          .hasMessageContaining("the memory of this machine; fix: ");
      assertThat(student.all()).hasSize((int) fitting);
    }
  }

  @Test
  void a_weight_without_numbers_is_refused() {
    try (Graph graph = NativeRuntime.newGraph()) {
      Variables student = new Variables(Ops.create(graph), "student", 1);

      assertThatThrownBy(() -> student.filled("fc", Shape.of(0), Variable.Kind.BIAS, 0))
          .isInstanceOf(ConfigurationException.class)
          .hasMessageStartingWith(
              "student: the weight fc would have the shape [0]; no size may be");
    }
  }
}
