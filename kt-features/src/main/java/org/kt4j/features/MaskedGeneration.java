package org.kt4j.features;

import java.util.List;
import org.kt4j.api.ChannelMatch;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.features.MgdOptions.Mask;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Masked generative distillation: from what is left of the student's map under a random mask, two
 * convolutions generate the whole map of the teacher.
 *
 * <pre>
 * mask = 0 with the probability masked, else 1     one number for each channel or each position
 * G    = conv3x3(relu(conv3x3(F_S * mask)))        with biases; C_T channels
 * D    = (1/B) sum over B, H, W, C of (G - F_T)^2
 * L    = sum_l w_l D_l                             pairs of layers l with weights w_l
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]}. Where the channel counts differ, a 1x1 convolution of
 * the student's map with a bias comes first, see {@link ChannelMatch}. The convolutions' variables
 * are auxiliary: trained, never exported. Each picture has a mask of its own, another one in each
 * step, which is a function of the run's seed and the step. Knowledge: the teacher's map. No
 * gradient reaches the teacher.
 *
 * <p>Weight: the authors take 0.00007 with 15 % of the channels masked for classifiers on ImageNet;
 * mmrazor 0.00002 with 65 % of the positions for a detector.
 *
 * <p>Differs from the authors' code in the first values of the convolutions (He normal, biases 0).
 *
 * <p>Example: one position, one channel, nothing masked, the middles of both kernels 2 and 3, the
 * rest and the biases 0, student 1, teacher 4: G = 6, L = 4.
 *
 * <p>Source: Yang, Li, Shao, Shi, Yuan, Yuan, Masked Generative Distillation, 2022; the authors'
 * code.
 */
record MaskedGeneration(MgdOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    pairs.forEach(pair -> pair.requireComparable(teacher, student));
    return Taps.ofPairs(pairs);
  }

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return options.selection().namedOrLast(teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return TeacherMaps.of(tf, teacher, pairs(teacher.teacherShapes(), teacher.studentShapes()));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    List<LayerPair> pairs = pairs(student.teacherShapes(), student.studentShapes());
    return LayerSum.of(
        tf,
        pairs,
        pair -> distance(tf, student, pair, pairs.indexOf(pair), knowledge.get(pair.teacher())));
  }

  private Operand<TFloat32> distance(
      Ops tf, StudentSide student, LayerPair pair, int number, Operand<TFloat32> map) {
    long channels = map.shape().get(3);
    Operand<TFloat32> own =
        new ChannelMatch(options.adapt(), ChannelMatch.End.BIAS)
            .of(tf, student, pair); // [B, H, W, C]
    Operand<TFloat32> left = tf.math.mul(own, mask(tf, student, own, number)); // [B, H, W, C]
    String name = pair.teacher() + ".generation";
    Operand<TFloat32> hidden = tf.nn.relu(convolved(tf, student, name + 1, left, channels));
    Operand<TFloat32> generated = convolved(tf, student, name + 2, hidden, channels);
    return SumOfSquares.of(tf, tf.math.sub(generated, map), 1);
  }

  /** {@code [B, 1, 1, C]} or {@code [B, H, W, 1]}, of zeros and ones. */
  private Operand<TFloat32> mask(Ops tf, StudentSide student, Operand<TFloat32> map, int number) {
    Shape shape = map.shape();
    boolean channels = options.mask() == Mask.CHANNELS;
    int[] rest = {
      channels ? 1 : Math.toIntExact(shape.get(1)),
      channels ? 1 : Math.toIntExact(shape.get(2)),
      channels ? Math.toIntExact(shape.get(3)) : 1
    };
    Operand<TInt32> batch = tf.slice(tf.shape(map), tf.array(0), tf.array(1)); // [1]
    Operand<TInt32> size = tf.concat(List.of(batch, tf.constant(rest)), tf.constant(0)); // [4]
    Operand<TInt64> seed =
        tf.math.add(student.seed(), tf.constant(new long[] {number, 0})); // another of each pair
    Operand<TFloat32> drawn =
        tf.random.statelessRandomUniform(size, seed, TFloat32.class); // 0 to 1
    return tf.dtypes.cast(
        tf.math.greaterEqual(drawn, tf.constant((float) options.masked())), TFloat32.class);
  }

  private static Operand<TFloat32> convolved(
      Ops tf, StudentSide student, String name, Operand<TFloat32> map, long channels) {
    Operand<TFloat32> weight =
        student.auxiliary(
            name + ".weight", Shape.of(3, 3, map.shape().get(3), channels), Initial.HE_NORMAL);
    Operand<TFloat32> bias = student.auxiliary(name + ".bias", Shape.of(channels), Initial.ZEROS);
    return tf.nn.biasAdd(tf.nn.conv2d(map, weight, List.of(1L, 1L, 1L, 1L), "SAME"), bias);
  }
}
