package org.kt4j.engine.graph;

import java.util.function.Function;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * The update of a running statistic, which a training step runs beside the gradients.
 *
 * @param observed what the network goes on with where the statistic was taken; a step whose
 *     objective does not depend on it leaves the statistic alone
 * @param value the statistic of the batch; several workers take the mean of theirs
 * @param rule changes the running statistic by a value
 */
public record StatisticUpdate(
    Output<TFloat32> observed, Operand<TFloat32> value, Function<Operand<TFloat32>, Op> rule) {

  /** Changes the running statistic by the batch's own. */
  public Op update() {
    return rule.apply(value);
  }
}
