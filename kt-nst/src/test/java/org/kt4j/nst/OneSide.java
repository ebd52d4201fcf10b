package org.kt4j.nst;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One order of computing on the tap {@code stage3}, whether or not it is the cheaper one: small
 * examples would all be computed on one side.
 */
record OneSide(SquaredMmd mmd) implements KnowledgeTransfer {

  static final String TAP = "stage3";

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return new Taps(List.of(TAP), List.of(TAP));
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Operand<TFloat32> map = flat(tf, teacher.activation(TAP));
    return Knowledge.of(mmd.teach(tf, SelectivityPatterns.of(tf, map)));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> map = flat(tf, student.activation(TAP));
    return mmd.of(tf, SelectivityPatterns.of(tf, map), knowledge.tensors()).attachedTo(tf, map);
  }

  private static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    return tf.reshape(map, tf.constant(new long[] {-1, shape.get(1) * shape.get(2), shape.get(3)}));
  }
}
