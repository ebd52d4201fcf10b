package org.kt4j.engine.objective;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.StudentSide.Initial;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.SynchronisedNorm;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.replica.Replication;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * What terms may read of a step beside activations and labels, and what they keep for the next one.
 */
public final class StepInputs {

  private final Ops tf;
  private final Operand<TInt64> step;
  private final int pictureCount;
  private final long seed;
  private final Replication replication;
  private final Map<String, RowMemory> memories = new LinkedHashMap<>();
  private @Nullable Placeholder<TInt32> pictures;
  private int norms;
  private boolean draws;

  /**
   * What the steps of a training give.
   *
   * @param tf at the top of the graph
   * @param step the number of steps done, a scalar
   * @param pictureCount the number of training pictures
   * @param seed of the run
   * @param replication the workers that train
   */
  public StepInputs(
      Ops tf, Operand<TInt64> step, int pictureCount, long seed, Replication replication) {
    this.tf = tf;
    this.step = step;
    this.pictureCount = pictureCount;
    this.seed = seed;
    this.replication = replication;
  }

  /** What a graph gives that is never run as a training, by one worker. */
  public static StepInputs of(Ops tf, int pictureCount) {
    return new StepInputs(tf, tf.constant(0L), pictureCount, 0, Replication.ALONE);
  }

  Operand<TInt64> step() {
    return step;
  }

  int pictureCount() {
    return pictureCount;
  }

  /** The positions of the batch's pictures, {@code [B]}. */
  Operand<TInt32> pictures() {
    Placeholder<TInt32> known = pictures;
    if (known == null) {
      known =
          tf.withName("pictures")
              .placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));
      pictures = known;
    }
    return known;
  }

  /** A seed for a term, {@code [2]}. */
  Operand<TInt64> seed(String label) {
    draws = true;
    long ofTerm = 31 * seed + label.hashCode();
    return tf.stack(
        List.of(tf.constant(ofTerm), Layers.drawn(tf, step, replication.replicas().rank())));
  }

  RowMemory memory(Variables variables, String path, Shape shape, Initial initial) {
    RowMemory known = memories.get(path);
    if (known == null) {
      Variable.Kind kind = Variable.Kind.MEMORY;
      Variable variable =
          switch (initial) {
            case ZEROS -> variables.filled(path, shape, kind, 0f);
            case ONES -> variables.filled(path, shape, kind, 1f);
            case HE_NORMAL -> variables.heNormal(path, shape, kind, shape.size() / lastAxis(shape));
            case UNIT_ROWS -> variables.unitRows(path, shape, kind);
          };
      known = new RowMemory(tf, variable, replication.replicas());
      memories.put(path, known);
    } else if (!known.shape().equals(shape)) {
      throw new IllegalStateException(
          "the memory " + path + " is used as " + known.shape() + " and as " + shape);
    }
    return known;
  }

  /**
   * Batch normalisation of a term.
   *
   * @param x {@code [B, H, W, C]}
   * @param scale {@code [C]}
   * @param bias {@code [C]}
   */
  Operand<TFloat32> normalised(
      Ops scope, Operand<TFloat32> x, Operand<TFloat32> scale, Operand<TFloat32> bias) {
    norms++;
    if (replication.synchronised() && !replication.replicas().alone()) {
      return SynchronisedNorm.of(scope, replication.replicas(), x, scale, bias).y();
    }
    Operand<TFloat32> none = scope.constant(new float[0]);
    return scope
        .nn
        .fusedBatchNorm(
            x,
            scale,
            bias,
            none,
            none,
            FusedBatchNorm.isTraining(true),
            FusedBatchNorm.epsilon(Layers.BATCH_NORM_EPSILON))
        .y();
  }

  /** How often terms normalise by the batch. */
  public int norms() {
    return norms;
  }

  static long lastAxis(Shape shape) {
    return shape.numDimensions() == 0 ? 1 : shape.get(shape.numDimensions() - 1);
  }

  /** The memories that this step writes. */
  public List<RowMemory> written() {
    return memories.values().stream().filter(RowMemory::isWritten).toList();
  }

  /** Whether a term draws random numbers. */
  public boolean draws() {
    return draws;
  }

  /**
   * Feeds which pictures a batch holds, if a term reads it.
   *
   * @param indices of the pictures in the training set
   * @param opened receives what has to be closed after the run
   */
  public void feed(Session.Runner runner, int[] indices, Consumer<Tensor> opened) {
    Placeholder<TInt32> read = pictures;
    if (read != null) {
      TInt32 fed = TInt32.vectorOf(indices);
      opened.accept(fed);
      runner.feed(read, fed);
    }
  }
}
