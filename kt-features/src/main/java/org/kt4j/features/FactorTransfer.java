package org.kt4j.features;

import java.util.List;
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
 * Factor transfer: the normalised factor of the student's last map moves towards the teacher's.
 *
 * <pre>
 * q   = a / ||a||,   a_n = (1/C) sum_c F_nc^p           see {@link UnitFactor}; [B, HW]
 * absolute  D_b = (1/HW) sum_n |q_S - q_T|
 * squared   D_b = (1/HW) sum_n (q_S - q_T)^2
 * L   = (1/B) sum_b sum_l w_l D_b                       pairs of layers l with weights w_l
 * </pre>
 *
 * <p>Channel counts may differ. Knowledge: the teacher's factor, {@code HW} numbers an image. No
 * gradient reaches the teacher.
 *
 * <p>Weight: RepDistiller takes 200.
 *
 * <p>Differs from the paper, whose factors come from two small networks: a paraphraser that is
 * trained before on the teacher's maps alone, and a translator on the student's side. A term sees
 * what the teacher answers in a step and trains nothing before, so both are left out, and the
 * factors are the maps themselves, normalised as by RepDistiller: averaged over the channels first,
 * where the paper normalises all of a factor. With squares {@code squared} is the attention of
 * Zagoruyko and Komodakis. The difference has kinks where two factors agree; there the gradient is
 * zero.
 *
 * <p>Example: 1x2 positions, two channels, p = 2, teacher (1, 3; 2, 4), student (1, 0; 0, 0): means
 * (5, 10) and (1/2, 0), so q = (.447214, .894427) and (1, 0), the absolute difference is (.552786 +
 * .894427) / 2 = .723607.
 *
 * <p>Source: Kim, Park, Kwak, Paraphrasing Complex Network: Network Compression via Factor
 * Transfer, 2018; RepDistiller.
 */
record FactorTransfer(FtOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = pairs(teacher, student);
    pairs.forEach(pair -> pair.requireComparable(teacher, student));
    SeveralPositions.require(pairs, teacher, student);
    return Taps.ofPairs(pairs);
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
        map -> UnitFactor.of(tf, map, options.power()));
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    return LayerSum.of(
        tf,
        pairs(student.teacherShapes(), student.studentShapes()),
        pair ->
            distance(
                tf,
                UnitFactor.of(tf, pair.studentMap(tf, student), options.power()),
                knowledge.get(pair.teacher())));
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
