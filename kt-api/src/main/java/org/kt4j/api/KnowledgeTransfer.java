package org.kt4j.api;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One way for a student to learn: a term of the objective, in two halves.
 *
 * <p>Implementations are stateless and immutable; the two halves communicate through the {@link
 * Knowledge} alone, because it may have been computed in another process.
 */
public interface KnowledgeTransfer {

  /**
   * Returns the taps that this term reads. It is called before any tensor exists.
   *
   * @param teacher every tap of the teacher with its shape; empty when there is no teacher
   * @param student every tap of the student with its shape
   * @return the taps by name; a name that does not exist is reported by the engine together with
   *     the nearest known one
   * @throws IllegalArgumentException when the shapes do not suit the method; the message says which
   */
  Taps taps(TapShapes teacher, TapShapes student);

  /**
   * Returns the teacher's taps whose statistics over many pictures this term needs before training;
   * most terms need none. The engine then calls {@link #calibrated} once, before the first step.
   */
  default List<String> calibrationTaps(TapShapes teacher, TapShapes student) {
    return List.of();
  }

  /**
   * Returns the method to train with, chosen by statistics of the teacher. A method without
   * calibration taps returns itself.
   *
   * @param survey the statistics of the taps that {@link #calibrationTaps} named
   * @param teacher every tap of the teacher with its shape
   * @param student every tap of the student with its shape
   */
  default KnowledgeTransfer calibrated(
      CalibrationStatistics survey, TapShapes teacher, TapShapes student) {
    return this;
  }

  /**
   * Whether the loss relates the pictures of a batch to each other, so that it is not the mean of
   * what each picture would have alone, such as a loss on similarities between pictures. Several
   * workers, each of which sees its own rows of a batch, cannot compute it.
   */
  default boolean relatesPictures() {
    return false;
  }

  /**
   * Reduces the teacher's activations to what {@link #loss} needs of them.
   *
   * @param tf where to add operations, already in this term's name scope
   * @param teacher the requested teacher taps, and the static shapes of both sides
   * @return tensors whose first axis is the batch; {@link Knowledge#none()} when the term has no
   *     teacher
   */
  Knowledge teach(Ops tf, TeacherSide teacher);

  /**
   * Builds the loss.
   *
   * @param tf where to add operations, already in this term's name scope
   * @param student the requested student taps, the labels, and the static shapes of both sides
   * @param knowledge what {@link #teach} returned, or the same tensors from a cache
   * @return a scalar, the mean over the batch, not yet multiplied by the term's weight
   */
  Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge);
}
