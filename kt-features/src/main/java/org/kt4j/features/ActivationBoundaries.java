package org.kt4j.features;

import java.util.List;
import org.kt4j.api.ChannelMatch;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Activation boundaries: each neuron of the student is active where the teacher's is, however much.
 *
 * <pre>
 * sign = 1 where the teacher's neuron is above 0, else -1
 * D    = 3/1000 (1/B) sum over B, H, W, C of max(0, margin - sign F_S)^2
 * L    = sum_l w_l decay^(n - 1 - l) D_l               n pairs of layers l with weights w_l
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]} in front of its activation. Where the channel counts
 * differ, a 1x1 convolution of the student's map and batch normalisation come first, see {@link
 * ChannelMatch}. Knowledge: the signs. No gradient reaches the teacher.
 *
 * <p>Weight: 1 in a first phase without any other term; the factor 3/1000, and that each layer
 * counts half of the next one, are the authors' code and RepDistiller's.
 *
 * <p>A student that equals its teacher is not at 0: neurons within the margin still cost something.
 *
 * <p>Example: one position, two channels, margin 1, teacher (2, -1), student (.5, .5): (1 - .5)^2 +
 * (1 + .5)^2 = 2.5, L = 3/1000 * 2.5 = .0075.
 *
 * <p>Source: Heo, Lee, Yun, Choi, Knowledge Transfer via Distillation of Activation Boundaries
 * Formed by Hidden Neurons, 2019.
 */
record ActivationBoundaries(AbOptions options) implements KnowledgeTransfer {

  /** Of the sum, in the authors' code. */
  private static final double FACTOR = 3.0 / 1000;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return options.selection().taps(teacher, student);
  }

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return DecayingLayers.pairs(options.selection(), options.layerDecay(), teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return TeacherMaps.of(
        tf,
        teacher,
        pairs(teacher.teacherShapes(), teacher.studentShapes()),
        map -> tf.select(tf.math.greater(map, tf.constant(0f)), tf.constant(1f), tf.constant(-1f)));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    return LayerSum.of(
        tf,
        pairs(student.teacherShapes(), student.studentShapes()),
        pair -> distance(tf, student, pair, knowledge.get(pair.teacher())));
  }

  private Operand<TFloat32> distance(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> signs) {
    Operand<TFloat32> own =
        new ChannelMatch(options.adapt(), ChannelMatch.End.BATCH_NORM)
            .of(tf, student, pair); // [B, H, W, C]
    Operand<TFloat32> missing =
        tf.nn.relu(
            tf.math.sub(
                tf.constant((float) options.margin()), tf.math.mul(signs, own))); // [B, H, W, C]
    return SumOfSquares.of(tf, missing, FACTOR);
  }
}
