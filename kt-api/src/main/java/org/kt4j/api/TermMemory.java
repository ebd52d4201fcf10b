package org.kt4j.api;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Numbers that a term keeps from step to step and that are not trained, such as a memory bank with
 * a row for each picture or a running mean. They are kept in checkpoints and never exported. What a
 * step reads is what was there before it; what it writes is there in the next one.
 */
public interface TermMemory {

  /** All numbers before this step; no gradient goes through them. */
  Operand<TFloat32> value();

  /**
   * Some rows before this step, without reading the others.
   *
   * @param rows positions along the first axis, {@code [N]}
   * @return {@code [N, ...]}; no gradient goes through them
   */
  Operand<TFloat32> rows(Operand<TInt32> rows);

  /**
   * Replaces all numbers after this step. Several workers write the mean of theirs.
   *
   * @param value of the memory's shape; no gradient goes through it
   * @throws IllegalStateException when this step writes the memory already
   */
  void write(Operand<TFloat32> value);

  /**
   * Replaces some rows after this step; of a row that is named twice one of the two stays.
   *
   * @param rows positions along the first axis, {@code [N]}
   * @param values {@code [N, ...]}; no gradient goes through them
   * @throws IllegalStateException when this step writes the memory already
   * @throws IllegalArgumentException when there are several workers, whose rows would differ
   */
  void writeRows(Operand<TInt32> rows, Operand<TFloat32> values);
}
