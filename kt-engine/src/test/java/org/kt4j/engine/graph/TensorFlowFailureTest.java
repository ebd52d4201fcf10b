package org.kt4j.engine.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TFUnimplementedException;
import org.tensorflow.op.Ops;

class TensorFlowFailureTest {

  /** These two kinds have no type in common with the others. */
  @Test
  void every_kind_of_exception_of_tensorflow_is_known() {
    assertThat(TensorFlowFailure.is(new TFInvalidArgumentException("x"))).isTrue();
    assertThat(TensorFlowFailure.is(new TFUnimplementedException("x"))).isTrue();
    assertThat(TensorFlowFailure.is(new TFResourceExhaustedException("x"))).isTrue();
    assertThat(TensorFlowFailure.is(new IllegalArgumentException("x"))).isFalse();
    assertThat(TensorFlowFailure.is(new UnsupportedOperationException("x"))).isFalse();
  }

  @Test
  void what_a_session_refuses_is_told_in_one_line() {
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      var text = tf.constant("no number");
      var parsed = tf.withName("parsed").strings.toNumber(text);

      RuntimeException thrown =
          catchRuntimeException(() -> session.runner().fetch(parsed).run().close());

      assertThat(thrown).isInstanceOf(TFInvalidArgumentException.class);
      assertThat(TensorFlowFailure.reason(thrown))
          .contains("StringToNumberOp could not correctly convert string: no number")
          .doesNotContain("\n");
    }
  }

  @Test
  void memory_that_is_not_enough_is_told_with_the_tensor_and_the_fix() {
    // The sentence of TensorFlow 2.18, allocate_temp in op_kernel.cc.
    var thrown =
        new TFResourceExhaustedException(
            "OOM when allocating tensor with shape[4096,512,512,64] and type float on"
                + " /job:localhost/replica:0/task:0/device:CPU:0 by allocator cpu\n\t [[{{node x}}]]");

    assertThat(TensorFlowFailure.reason(thrown))
        .isEqualTo(
            "the memory is not enough for a tensor of the shape [4096,512,512,64]; fix: a smaller"
                + " batch-size, smaller pictures, a smaller network, or more memory");
    assertThat(
            TensorFlowFailure.reason(
                new TFResourceExhaustedException("run/variables; No space left on device")))
        .isEqualTo("run/variables; No space left on device");
  }

  @Test
  void what_is_not_of_tensorflow_goes_on() {
    IllegalStateException other = new IllegalStateException("a bug");

    assertThatThrownBy(() -> TensorFlowFailure.reason(other)).isSameAs(other);
    assertThat(TensorFlowFailure.reasonOrMisuse(new IllegalArgumentException("No Operation [x]")))
        .isEqualTo("No Operation [x]");
  }
}
