package org.kt4j.features;

import java.util.List;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.features.FtOptions.Networks;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Factor transfer: the normalised factor of the student's last map moves towards the teacher's.
 *
 * <pre>
 * q   = a / ||a||,   a_n = (1/K) sum_k Z_nk^p           see {@link UnitFactor}; [B, HW]
 * absolute  D_b = (1/HW) sum_n |q_S - q_T|
 * squared   D_b = (1/HW) sum_n (q_S - q_T)^2
 * L   = (1/B) sum_b sum_l w_l D_b                       pairs of layers l with weights w_l
 *
 * none          Z_S = F_S,               Z_T = F_T
 * translator    Z_S = translator(F_S),   Z_T = encoder(F_T)             K = rate C_T channels
 * paraphraser   L = sum_l w_l mean over B, H, W, C of (decoder(encoder(F_T)) - F_T)^2
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]}; channel counts may differ. Encoder, decoder and
 * translator are {@link FactorNetwork}s, the translator with batch normalisation. Their variables
 * are auxiliary: trained, never exported. {@code paraphraser} trains encoder and decoder and
 * nothing of the student; {@code translator} trains the student and its translator, and takes the
 * encoder as a phase before has left it. Without such a phase the engine refuses it.
 *
 * <p>Knowledge: the teacher's factor, {@code HW} numbers an image, without networks; its map with
 * one. No gradient reaches the teacher.
 *
 * <p>Weight: RepDistiller takes 200, and 1 for the paraphraser.
 *
 * <p>Differs from the paper in how factors are normalised: averaged over the channels first, as
 * RepDistiller does, where the paper normalises all of a factor; from RepDistiller in the first
 * values of the convolutions (He normal, biases 0). Without networks and with squares {@code
 * squared} is the attention of Zagoruyko and Komodakis. The difference has kinks where two factors
 * agree; there the gradient is zero.
 *
 * <p>Example: 1x2 positions, two channels, p = 2, no networks, teacher (1, 3; 2, 4), student (1, 0;
 * 0, 0): means (5, 10) and (1/2, 0), so q = (.447214, .894427) and (1, 0), the absolute difference
 * is (.552786 + .894427) / 2 = .723607.
 *
 * <p>Source: Kim, Park, Kwak, Paraphrasing Complex Network: Network Compression via Factor
 * Transfer, 2018; RepDistiller.
 */
record FactorTransfer(FtOptions options) implements KnowledgeTransfer {

  /** Keeps sums of squares of huge activations in the range of float32, without rounding. */
  private static final float GUARD = 0x1p-16f;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    pairs.forEach(pair -> pair.requireComparable(teacher, student));
    SeveralPositions.require(pairs, teacher, student);
    Taps both = Taps.ofPairs(pairs);
    return options.networks() == Networks.PARAPHRASER ? new Taps(both.teacher(), List.of()) : both;
  }

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return options.selection().namedOrLast(teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return TeacherMaps.of(
        tf,
        teacher,
        pairs(teacher.teacherShapes(), teacher.studentShapes()),
        map -> options.networks() == Networks.NONE ? UnitFactor.of(tf, map, options.power()) : map);
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    return LayerSum.of(
        tf,
        pairs(student.teacherShapes(), student.studentShapes()),
        pair -> {
          Operand<TFloat32> taught = knowledge.get(pair.teacher());
          return switch (options.networks()) {
            case NONE -> distance(tf, factor(tf, pair.studentMap(tf, student)), taught);
            case PARAPHRASER -> reconstruction(tf, student, pair, taught);
            case TRANSLATOR -> translation(tf, student, pair, taught);
          };
        });
  }

  private Operand<TFloat32> factor(Ops tf, Operand<TFloat32> map) {
    return UnitFactor.of(tf, map, options.power()); // [B, HW]
  }

  private Operand<TFloat32> reconstruction(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> map) {
    Operand<TFloat32> rebuilt =
        new FactorNetwork(tf, student, false)
            .of(pair.teacher() + ".decoder", encoded(tf, student, pair, map), map.shape().get(3));
    Operand<TFloat32> guarded = tf.math.mul(tf.math.sub(rebuilt, map), tf.constant(GUARD));
    return tf.math.mul(
        tf.math.mean(tf.math.square(guarded), tf.array(0, 1, 2, 3)),
        tf.constant(1 / GUARD / GUARD));
  }

  private Operand<TFloat32> translation(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> map) {
    Operand<TFloat32> translated =
        new FactorNetwork(tf, student, true)
            .of(pair.teacher() + ".translator", pair.studentMap(tf, student), channels(map));
    return distance(
        tf, factor(tf, translated), tf.stopGradient(factor(tf, encoded(tf, student, pair, map))));
  }

  private Operand<TFloat32> encoded(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> map) {
    return new FactorNetwork(tf, student, false)
        .of(pair.teacher() + ".encoder", map, channels(map));
  }

  private long channels(Operand<TFloat32> map) {
    return Math.max(1, (long) (options.rate() * map.shape().get(3)));
  }

  private Operand<TFloat32> distance(Ops tf, Operand<TFloat32> own, Operand<TFloat32> taught) {
    Operand<TFloat32> differences =
        switch (options.distance()) {
          case ABSOLUTE -> tf.math.abs(tf.math.sub(own, taught)); // [B, HW]
          case SQUARED -> tf.math.squaredDifference(own, taught); // [B, HW]
        };
    return tf.math.mean(differences, tf.array(0, 1));
  }
}
