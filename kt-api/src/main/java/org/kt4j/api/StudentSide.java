package org.kt4j.api;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** What {@link KnowledgeTransfer#loss} may see besides the knowledge. */
public interface StudentSide {

  /**
   * The student's activation at a tap that {@link KnowledgeTransfer#taps} asked for.
   *
   * @throws IllegalArgumentException when the tap was not asked for
   */
  Operand<TFloat32> activation(String tap);

  /** The labels of the batch, {@code [B]}, each in {@code [0, K)}. */
  Operand<TInt32> labels();

  /** The number of training steps done before this one, a scalar. */
  Operand<TInt64> step();

  /**
   * Which training pictures the batch holds, {@code [B]}, each in {@code [0, pictureCount())}: the
   * same number for the same picture in every epoch and view.
   */
  Operand<TInt32> pictures();

  /** The number of training pictures. */
  int pictureCount();

  /**
   * A seed for stateless random operations, {@code [2]}. It is a function of the run's seed, the
   * term, the worker and the step, so that a run that continues draws what it would have drawn. A
   * method that draws several times adds another number to each.
   */
  Operand<TInt64> seed();

  /** The static shapes of the teacher's taps; empty when there is no teacher. */
  TapShapes teacherShapes();

  /** The static shapes of the student's taps. */
  TapShapes studentShapes();

  /**
   * A trainable variable of the term itself, such as the weights of a regressor. It is trained with
   * the student, kept in checkpoints, and never exported.
   *
   * @param name unique within the term
   * @param shape fully known
   * @param initial its first value
   * @return the variable's value in this step
   */
  Operand<TFloat32> auxiliary(String name, Shape shape, Initial initial);

  /**
   * Batch normalisation behind a convolution of the term's own, with a trained scale and bias:
   *
   * <pre>y = scale (x - mean) / sqrt(variance + 1e-5) + bias</pre>
   *
   * <p>Each channel has the mean and the variance of the pictures and positions of the batch; with
   * several workers those of the worker's own pictures or of all, as the run's {@code batch-norm}
   * says for the layers of networks. What belongs to a term is never evaluated, so there are no
   * running statistics.
   *
   * @param tf where to put the operations
   * @param name the first part of the names of its auxiliary variables, which end with {@code
   *     scale}, ones at first, and {@code bias}, zeros at first
   * @param map {@code [B, H, W, C]}
   * @return {@code [B, H, W, C]}
   */
  Operand<TFloat32> batchNorm(Ops tf, String name, Operand<TFloat32> map);

  /**
   * Numbers of the term itself that are kept from step to step and not trained. Asking twice for a
   * name gives the same.
   *
   * @param name unique within the term, also among its auxiliary variables
   * @param shape fully known
   * @param initial the first numbers
   */
  TermMemory memory(String name, Shape shape, Initial initial);

  /** First values of auxiliary variables and of memories. */
  enum Initial {
    /** All zeros, as for a bias. */
    ZEROS,
    /** All ones, as for a scale. */
    ONES,
    /**
     * Normal with variance 2 / fan-in, where fan-in is the product of all axes but the last (He et
     * al., 2015), as for weights in front of a ReLU.
     */
    HE_NORMAL,
    /**
     * Uniform around 0 with variance 1 / C, where C is the last axis: rows of about length one, as
     * for embeddings.
     */
    UNIT_ROWS
  }
}
