package org.kt4j.features;

import java.util.List;
import org.jspecify.annotations.Nullable;
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
import org.tensorflow.types.TFloat32;

/**
 * Knowledge review: from the deepest layer of the student to the lowest, each is fused with what is
 * left of the deeper ones and then predicts the teacher's layer of its size.
 *
 * <pre>
 * o_l, r_l = fusion(F_S,l, r_(l+1))                see {@link AttentionFusion}
 * D_l      = hierarchical distance of o_l and F_T,l   see {@link HierarchicalDistance}
 * L        = sum_l w_l D_l                         pairs of layers l with weights w_l
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]}; a layer without positions, such as {@code pooled}, is
 * a map of one position. Channel counts may differ. Knowledge: the teacher's maps. No gradient
 * reaches the teacher.
 *
 * <p>Weight: mdistiller takes 5 on CIFAR-100 and 1 on ImageNet, after a warm-up from 0 over 20
 * epochs and 1 epoch. The authors take 0.6 to 8 on CIFAR-100, by the pair of networks.
 *
 * <p>Differs from mdistiller in the first values of the convolutions (He normal), in that pairs of
 * other sizes are resized in front of the fusion and bilinearly, and by default in the student's
 * maps: its configurations for CIFAR-100 read them behind the activation and the teacher's in front
 * of it, those for ImageNet both in front, as here.
 *
 * <p>Example: one layer of one position, B = 2, one channel each: with batch normalisation the
 * student's values 1 and 3 become -1 and 1, and again behind the second convolution (weights 1);
 * the teacher's are 0 and 1: L = (1 + 0) / 2 = .5.
 *
 * <p>Source: Chen, Liu, Zhao, Jia, Distilling Knowledge via Knowledge Review, 2021; mdistiller.
 */
record KnowledgeReview(ReviewKdOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    ReviewedLayers.check(pairs, teacher, student);
    return Taps.ofPairs(pairs);
  }

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return ReviewedLayers.of(options.selection(), teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return TeacherMaps.of(
        tf,
        teacher,
        pairs(teacher.teacherShapes(), teacher.studentShapes()),
        map -> asMap(tf, map));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    List<LayerPair> pairs = pairs(student.teacherShapes(), student.studentShapes());
    long deepest = student.studentShapes().shape(pairs.get(pairs.size() - 1).student()).get(-1);
    long channels = Math.min(options.channels(), deepest);
    Operand<TFloat32> sum = tf.constant(0f);
    @Nullable Operand<TFloat32> residual = null;
    for (int l = pairs.size() - 1; l >= 0; l--) {
      LayerPair pair = pairs.get(l);
      Operand<TFloat32> taught = knowledge.get(pair.teacher()); // [B, H, W, C_T]
      AttentionFusion fusion = new AttentionFusion(pair.teacher(), channels);
      residual = fusion.fused(tf, student, asMap(tf, pair.studentMap(tf, student)), residual);
      Operand<TFloat32> own = fusion.output(tf, student, residual, taught.shape().get(3));
      Operand<TFloat32> distance = HierarchicalDistance.of(tf, tf.math.sub(own, taught));
      sum = tf.math.add(sum, tf.math.mul(distance, tf.constant((float) pair.weight())));
    }
    return sum;
  }

  private static Operand<TFloat32> asMap(Ops tf, Operand<TFloat32> activation) {
    Shape shape = activation.shape();
    return shape.numDimensions() == 4
        ? activation
        : tf.reshape(
            activation, tf.array(-1, 1, 1, Math.toIntExact(shape.get(1)))); // [B, C] -> [B,1,1,C]
  }
}
