package org.kt4j.imagelevel;

import java.util.List;
import java.util.Map;
import org.kt4j.api.Taps;
import org.kt4j.data.Batch;
import org.kt4j.engine.objective.StudentGraph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Labels that are one class for each picture. The score of a batch is its accuracy. */
public final class ClassLabels implements Supervision {

  private static final String PLACEHOLDER = "labels";

  /** Creates the labels; they have no state. */
  public ClassLabels() {}

  @Override
  public Labels labels(Ops tf, Operand<TFloat32> logits) {
    Placeholder<TInt32> labels =
        tf.withName(PLACEHOLDER).placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    Operand<TInt32> best = tf.math.argMax(logits, tf.constant(1), TInt32.class); // [B, K] -> [B]
    Operand<TFloat32> accuracy =
        tf.math.mean(tf.dtypes.cast(tf.math.equal(best, labels), TFloat32.class), tf.array(0));
    return new Labels(labels, Map.of(), new StudentGraph.Score(Taps.LOGITS, accuracy));
  }

  @Override
  public List<Tensor> feed(Session.Runner runner, Batch batch) {
    TInt32 classes =
        TInt32.tensorOf(Shape.of(batch.size()), DataBuffers.of(batch.labels(), true, false));
    runner.feed(PLACEHOLDER, classes);
    return List.of(classes);
  }
}
