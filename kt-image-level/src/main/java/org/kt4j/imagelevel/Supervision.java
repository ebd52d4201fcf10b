package org.kt4j.imagelevel;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.Batch;
import org.kt4j.engine.objective.StudentGraph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The labels of a network: their placeholders in a graph, and how a step feeds them. */
public interface Supervision {

  /**
   * The labels and what is computed from them.
   *
   * @param labels the class of each picture, {@code [B]}; null where the task has no classes
   * @param taps further taps by name, such as a loss that a term of the task reads; scalars
   * @param trainingScore the score of a batch in training mode; null if none is reported
   */
  record Labels(
      @Nullable Operand<TInt32> labels,
      Map<String, Operand<TFloat32>> taps,
      StudentGraph.@Nullable Score trainingScore) {}

  /**
   * Adds the placeholders of the labels, and what is computed from them.
   *
   * @param tf the root of the graph, so that a placeholder has the name that it is given
   * @param logits of the network in training mode, {@code [B, K]}
   */
  Labels labels(Ops tf, Operand<TFloat32> logits);

  /**
   * Feeds the labels of a batch.
   *
   * @return tensors that the caller closes after the step
   */
  List<Tensor> feed(Session.Runner runner, Batch batch);
}
