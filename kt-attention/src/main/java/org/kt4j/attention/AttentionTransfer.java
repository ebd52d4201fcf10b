package org.kt4j.attention;

import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;

/**
 * Activation-based attention transfer: the student learns where in the picture the teacher
 * responds.
 *
 * <pre>
 * q   = a / ||a||,   a_n = sum_c |F_nc|^p              see {@link AttentionMap}; [B, HW]
 * code    D_b = (1/HW) sum_n (q_S - q_T)^2
 * paper   D_b = || q_S - q_T ||_2
 * L   = (1/B) sum_b sum_l w_l D_b                      pairs of layers l with weights w_l
 * </pre>
 *
 * <p>Channel counts may differ. Knowledge: the teacher's attention map, {@code HW} numbers an
 * image. No gradient reaches the teacher.
 *
 * <p>Weight: the published code multiplies its distance by 1000; peers do the same. The paper
 * writes beta/2 in front of its own. A dead map attends to nothing and gets no gradient.
 *
 * <p>Example: 1x2 positions, one channel, p = 2, teacher (1, 2), student (1, 0): a = (1, 4) and (1,
 * 0), the squared distance of the unit vectors is 2 - 2/sqrt(17) = 1.514929. code: half of it,
 * .757464; paper: its root, 1.230825.
 *
 * <p>Source: Zagoruyko and Komodakis, Paying More Attention to Attention, 2017, equation 2 and the
 * code published with it.
 */
record AttentionTransfer(AttentionOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return options.selection().taps(teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (LayerPair pair :
        options.selection().pairs(teacher.teacherShapes(), teacher.studentShapes())) {
      knowledge.put(
          pair.teacher(), AttentionMap.of(tf, pair.teacherMap(tf, teacher), options.power()));
    }
    return knowledge.build();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (LayerPair pair :
        options.selection().pairs(student.teacherShapes(), student.studentShapes())) {
      Operand<TFloat32> own =
          AttentionMap.of(tf, pair.studentMap(tf, student), options.power()); // [B, HW]
      Operand<TFloat32> squares = tf.math.squaredDifference(own, knowledge.get(pair.teacher()));
      Operand<TFloat32> distances =
          switch (options.distance()) {
            case CODE -> tf.math.mean(squares, tf.array(1)); // [B]
            case PAPER -> length(tf, tf.reduceSum(squares, tf.array(1))); // [B]
          };
      sum =
          tf.math.add(
              sum,
              tf.math.mul(
                  tf.math.mean(distances, tf.array(0)), tf.constant((float) pair.weight())));
    }
    return sum;
  }

  /** The root, with the gradient zero at zero: two maps that agree ask for no change. */
  private static Operand<TFloat32> length(Ops tf, Operand<TFloat32> squares) {
    Operand<TBool> apart = tf.math.greater(squares, tf.constant(0f));
    Operand<TFloat32> rooted =
        tf.math.sqrt(tf.select(apart, squares, tf.constant(1f))); // never the root of zero
    return tf.select(apart, rooted, tf.constant(0f));
  }
}
