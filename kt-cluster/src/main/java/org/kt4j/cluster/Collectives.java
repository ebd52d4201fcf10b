package org.kt4j.cluster;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.tensorflow.Operand;
import org.tensorflow.OperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.op.Scope;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * TensorFlow's collective operations. Each has a key by which the workers find theirs; keys are
 * counted over the whole process, so all workers must add the same operations in the same order.
 */
final class Collectives {

  private static final String REDUCE = "CollectiveReduce";

  private static final AtomicLong KEYS = new AtomicLong();

  private static boolean hasGradient;

  private final int workers;

  Collectives(int workers) {
    this.workers = workers;
  }

  /** The mean over the workers; has a gradient after {@link #registerGradient}. */
  Operand<TFloat32> mean(Scope scope, Operand<TFloat32> value) {
    return reduced(scope, value.asOutput(), "Div").expect(TFloat32.class);
  }

  /** The sum over the workers. */
  Operand<TInt32> sum(Scope scope, Operand<TInt32> value) {
    return reduced(scope, value.asOutput(), "Id").expect(TInt32.class);
  }

  private Output<?> reduced(Scope scope, Output<?> value, String end) {
    OperationBuilder builder = scope.opBuilder(REDUCE, "reduce");
    builder.addInput(value);
    builder.setAttr("T", value.dataType());
    builder.setAttr("group_size", (long) workers);
    builder.setAttr("group_key", 1L);
    builder.setAttr("instance_key", KEYS.incrementAndGet());
    builder.setAttr("merge_op", "Add");
    builder.setAttr("final_op", end);
    builder.setAttr("subdiv_offsets", new long[] {0});
    builder.setAttr("wait_for", new long[0]);
    builder.setAttr("communication_hint", "ring");
    builder.setAttr("timeout_seconds", 0f);
    return builder.build().output(0);
  }

  /**
   * Gives the mean its gradient: as each worker's objective depends on it, the mean of what all of
   * them send back.
   */
  static synchronized void registerGradient(int workers) {
    if (!hasGradient) {
      Collectives collectives = new Collectives(workers);
      // The graph is locked meanwhile: nothing of it may be asked here.
      TensorFlow.registerCustomGradient(
          REDUCE,
          (tf, operation, gradients) ->
              List.of(collectives.reduced(tf.scope(), gradients.get(0), "Div")));
      hasGradient = true;
    }
  }
}
