package org.kt4j.engine.objective;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TapShapes;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.StatisticUpdate;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The student in training mode, as a part of a graph; each task builds its own.
 *
 * @param taps what terms may read
 * @param shapes of the taps
 * @param labels the class of each row of the logits, {@code [B]}; null where the task has no
 *     classes
 * @param trainingScore the score of the batch in training mode; null if none is reported
 * @param statisticUpdates what a step runs beside the update, such as moving averages
 * @param fixed variables that are not learnt although their kind is
 * @param stepTaps taps, and the labels if there is one, that have a row for each of something that
 *     the step has chosen, such as regions, and not one for each picture
 */
public record StudentGraph(
    Map<String, Operand<TFloat32>> taps,
    TapShapes shapes,
    @Nullable Operand<TInt32> labels,
    @Nullable Score trainingScore,
    List<StatisticUpdate> statisticUpdates,
    Set<Variable> fixed,
    Set<String> stepTaps) {

  /** A student all of whose taps have a row for each picture. */
  public StudentGraph(
      Map<String, Operand<TFloat32>> taps,
      TapShapes shapes,
      @Nullable Operand<TInt32> labels,
      @Nullable Score trainingScore,
      List<StatisticUpdate> statisticUpdates,
      Set<Variable> fixed) {
    this(taps, shapes, labels, trainingScore, statisticUpdates, fixed, Set.of());
  }

  /**
   * A score of a batch that is reported beside the losses.
   *
   * @param tap that it is computed from; if the objective does not depend on the tap, neither is
   *     computed
   * @param value a scalar
   */
  public record Score(String tap, Operand<TFloat32> value) {}

  /** Adds a student to a graph. */
  @FunctionalInterface
  public interface Source {

    /**
     * Adds the student in training mode, and placeholders for its inputs beside the pictures.
     *
     * @param graph where its pictures are fed
     * @param variables the student's; empty
     * @param step the number of steps done, a scalar
     */
    StudentGraph build(ImageGraph graph, Variables variables, Operand<TInt64> step);
  }
}
