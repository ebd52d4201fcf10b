package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Similarity-preserving distillation: two pictures of a batch that are alike to the teacher shall
 * be alike to the student.
 *
 * <pre>
 * F    [B, HWC]   the activations of each picture as one row
 * G    = F F'     [B, B], each row then divided by its length
 * L    = (1/B^2) sum_l w_l || G_T - G_S ||_F^2        pairs of layers l with weights w_l
 * </pre>
 *
 * <p>{@code F'} is the transpose. Heights, widths and channels may differ. Knowledge: the teacher's
 * activations, {@code HWC} numbers a picture, since it depends on the batch what a picture is
 * compared with. No gradient reaches the teacher.
 *
 * <p>A picture whose activations are zero is similar to none: its row is zero and has no gradient.
 * In a batch of one picture, both rows are (1) and the loss is 0.
 *
 * <p>Weight: 3000 in the paper's experiments on CIFAR-10, in RepDistiller and in mdistiller.
 *
 * <p>Differs from the paper in nothing that we know of.
 *
 * <p>Example: two pictures of one number each, teacher (1, 1), student (1, -2): the student's rows
 * are (1, -2) and (-2, 4), divided by their lengths (1, -2)/sqrt(5) and (-1, 2)/sqrt(5), the
 * teacher's twice (1, 1)/sqrt(2). Each two unit rows are 2 - 2 cos apart, with the cosines
 * -1/sqrt(10) and 1/sqrt(10): L = (2 + 2)/4 = 1.
 *
 * <p>Source: Tung and Mori, Similarity-Preserving Knowledge Distillation, 2019, section 3.
 */
record SimilarityPreserving(SpOptions options) implements KnowledgeTransfer {

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return options.selection().namedOrLast(teacher, student);
  }

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return Taps.ofPairs(pairs(teacher, student));
  }

  @Override
  public boolean relatesPictures() {
    return true;
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (LayerPair pair : pairs(teacher.teacherShapes(), teacher.studentShapes())) {
      knowledge.put(pair.teacher(), rows(tf, pair.teacherMap(tf, teacher)));
    }
    return knowledge.build();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (LayerPair pair : pairs(student.teacherShapes(), student.studentShapes())) {
      Operand<TFloat32> taught = tf.stopGradient(similarities(tf, knowledge.get(pair.teacher())));
      Operand<TFloat32> own = similarities(tf, rows(tf, pair.studentMap(tf, student))); // [B, B]
      Operand<TFloat32> distance =
          tf.math.mean(tf.math.squaredDifference(own, taught), tf.array(0, 1)); // [B, B] -> []
      sum = tf.math.add(sum, tf.math.mul(distance, tf.constant((float) pair.weight())));
    }
    return sum;
  }

  private static Operand<TFloat32> rows(Ops tf, Operand<TFloat32> activation) {
    Shape shape = activation.shape();
    return shape.numDimensions() == 2
        ? activation
        : tf.reshape(
            activation,
            tf.array(-1, Math.toIntExact(shape.tail().size()))); // [B, H, W, C] -> [B, HWC]
  }

  /** Rows of unit length, {@code [B, B]}. The scale of a whole batch does not matter to them. */
  private static Operand<TFloat32> similarities(Ops tf, Operand<TFloat32> rows) {
    Operand<TFloat32> scaled = UnitPeak.of(tf, rows, 0, 1);
    Operand<TFloat32> products =
        tf.linalg.matMul(scaled, scaled, MatMul.transposeB(true)); // [B, N] x [N, B] -> [B, B]
    return UnitRows.of(tf, products, 1);
  }
}
