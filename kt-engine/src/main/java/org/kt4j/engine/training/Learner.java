package org.kt4j.engine.training;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.api.TapShapes;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The student in training mode, part of a graph.
 *
 * @param taps what terms may read
 * @param shapes of the taps
 * @param labels what the rows of the logits should be, {@code [B]}
 * @param statisticUpdates what a step runs beside the gradients
 * @param fixed variables that are not learnt although their kind is
 */
public record Learner(
    Map<String, Operand<TFloat32>> taps,
    TapShapes shapes,
    Operand<TInt32> labels,
    List<Op> statisticUpdates,
    Set<Variable> fixed) {

  /** Adds a student to a graph. */
  @FunctionalInterface
  public interface Source {

    /**
     * Adds the student in training mode, and the placeholders of what it is fed beside the
     * pictures.
     *
     * @param graph where its pictures are fed
     * @param variables the student's; empty
     * @param step the number of steps done, a scalar
     */
    Learner build(ImageGraph graph, Variables variables, Operand<TInt64> step);
  }
}
