package org.kt4j.api;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What {@link KnowledgeTransfer#teach} may see: the teacher's activations, and the shapes of both
 * sides.
 */
public interface TeacherSide {

  /**
   * The teacher's activation at a tap that {@link KnowledgeTransfer#taps} asked for, computed in
   * evaluation mode.
   *
   * @throws IllegalArgumentException when the tap was not asked for
   */
  Operand<TFloat32> activation(String tap);

  /** The static shapes of the teacher's taps. */
  TapShapes teacherShapes();

  /** The static shapes of the student's taps, to choose what is cheapest for the pair. */
  TapShapes studentShapes();
}
