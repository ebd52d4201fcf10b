package org.kt4j.engine.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TermMemory;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.replica.Replicas;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Numbers of a term as a variable, which the step reads first and writes last. */
public final class RowMemory implements TermMemory {

  private final Ops tf;
  private final Variable variable;
  private final Replicas replicas;
  private final List<Op> readings = new ArrayList<>();

  /** What is exchanged by the workers before it is written. */
  private @Nullable Operand<TFloat32> own;

  private @Nullable Function<Operand<TFloat32>, Op> writing;

  RowMemory(Ops tf, Variable variable, Replicas replicas) {
    this.tf = tf;
    this.variable = variable;
    this.replicas = replicas;
  }

  Shape shape() {
    return variable.shape();
  }

  @Override
  public Operand<TFloat32> value() {
    readings.add(variable.value());
    return variable.value();
  }

  @Override
  public Operand<TFloat32> rows(Operand<TInt32> rows) {
    Operand<TFloat32> read = tf.resourceGather(variable.handle(), rows, TFloat32.class);
    readings.add(read);
    return read;
  }

  @Override
  public void write(Operand<TFloat32> value) {
    write(
        tf.ensureShape(tf.stopGradient(value), variable.shape()),
        mean -> behind().assignVariableOp(variable.handle(), mean));
  }

  @Override
  public void writeRows(Operand<TInt32> rows, Operand<TFloat32> values) {
    if (!replicas.alone()) {
      throw new IllegalArgumentException(
          "keeps rows for single pictures, which each of "
              + replicas.count()
              + " workers would have of its own; fix: train with one worker, or leave the term out");
    }
    write(
        tf.stopGradient(values),
        mean -> behind().resourceScatterUpdate(variable.handle(), rows, mean));
  }

  private void write(Operand<TFloat32> values, Function<Operand<TFloat32>, Op> how) {
    if (writing != null) {
      throw new IllegalStateException(
          "the memory " + variable.path() + " is written twice in one step");
    }
    own = values;
    writing = how;
  }

  private Ops behind() {
    return tf.withControlDependencies(readings);
  }

  boolean isWritten() {
    return writing != null;
  }

  /** What this worker writes. */
  public Operand<TFloat32> own() {
    Operand<TFloat32> known = own;
    if (known == null) {
      throw new IllegalStateException("the memory " + variable.path() + " is not written");
    }
    return known;
  }

  /**
   * The operation that writes.
   *
   * @param mean of what all workers write
   */
  public Op written(Operand<TFloat32> mean) {
    Function<Operand<TFloat32>, Op> known = writing;
    if (known == null) {
      throw new IllegalStateException("the memory " + variable.path() + " is not written");
    }
    return known.apply(mean);
  }
}
