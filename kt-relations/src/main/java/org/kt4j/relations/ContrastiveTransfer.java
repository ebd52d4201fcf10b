package org.kt4j.relations;

import java.util.List;
import java.util.Map;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.api.TermMemory;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Contrastive representation distillation: what the student says of a picture is near to what the
 * teacher says of it, and far from what the teacher says of others; and the other way round.
 *
 * <pre>
 * s = (W_S f_S + c_S) / ||.||,  t likewise                 f [B, C] to [B, E], on each side
 * p_b  = exp(s_b . T[b] / tau) / Z,   q_bk = exp(s_b . T[k] / tau) / Z     T: the teacher's rows
 * L_S  = {@link NoiseContrast} of p and q;                 L_T the same of t and the student's rows
 * L    = L_S + L_T
 * T[b] = (m T[b] + (1 - m) t_b) / ||.||                    after the step; S[b] likewise
 * </pre>
 *
 * <p>{@code K} other pictures {@code k} are drawn in each step, for all of its pictures together,
 * as a function of the seed and the step. The rows of all training pictures, {@code E} numbers on
 * each side, are a memory of the term: kept in checkpoints, not trained and not exported. {@code Z}
 * is set in the first step, so that the mean score is {@code 1 / N}, and stays. {@code W} and
 * {@code c} are auxiliary variables, trained with the student. Mean over the batch. Knowledge: the
 * teacher's features, {@code C} numbers a picture; no gradient reaches the teacher, but one reaches
 * the linear layer on its side.
 *
 * <p>Pictures of the same class do not count as others, as far as the memory has seen them: in the
 * first epoch some do. With {@code same-class} all count, and no labels are read.
 *
 * <p>Weight: 0.8 in RepDistiller.
 *
 * <p>Differs from the authors' code, which draws {@code K} others for each picture of a batch, so
 * that a step reads {@code B K} rows: here it reads {@code K}. The mean of the loss over what is
 * drawn is the same. Where there are fewer than {@code K} pictures, {@code K} is their number.
 *
 * <p>Source: Tian, Krishnan, Isola, Contrastive Representation Distillation, 2020, equations 12 to
 * 19, and the code published with it.
 */
record ContrastiveTransfer(CrdOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return PooledFeatures.taps(options.layers(), teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return PooledFeatures.knowledge(tf, options.layers(), teacher); // [B, C]
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    int pictures = student.pictureCount();
    int count = Math.min(options.negatives(), pictures);
    Operand<TInt64> seed = student.seed();
    Operand<TInt32> drawn =
        tf.random.statelessRandomUniformInt(
            tf.array(count), seed, tf.constant(0), tf.constant(pictures)); // [K]
    Operand<TFloat32> counted = counted(tf, student, drawn); // [B, K]
    Operand<TFloat32> sum = tf.constant(0f);
    for (Map.Entry<String, String> pair : options.layers().entrySet()) {
      String tap = pair.getKey();
      Operand<TFloat32> own =
          embedded(
              tf,
              student,
              tap + ".student",
              PooledFeatures.of(tf, student.activation(pair.getValue())));
      Operand<TFloat32> taught =
          embedded(tf, student, tap + ".teacher", tf.stopGradient(knowledge.get(tap)));
      TermMemory ofStudent = bank(student, tap + ".student-rows", pictures);
      TermMemory ofTeacher = bank(student, tap + ".teacher-rows", pictures);
      sum =
          tf.math.add(
              sum, contrasted(tf, student, tap + ".student", own, ofTeacher, drawn, counted));
      sum =
          tf.math.add(
              sum, contrasted(tf, student, tap + ".teacher", taught, ofStudent, drawn, counted));
      remember(tf, student, ofStudent, own);
      remember(tf, student, ofTeacher, taught);
    }
    return sum;
  }

  private TermMemory bank(StudentSide student, String name, int pictures) {
    return student.memory(name, Shape.of(pictures, options.embed()), Initial.UNIT_ROWS);
  }

  private Operand<TFloat32> embedded(
      Ops tf, StudentSide student, String name, Operand<TFloat32> features) {
    Shape shape = Shape.of(features.shape().get(1), options.embed());
    Operand<TFloat32> weight = student.auxiliary(name + ".weight", shape, Initial.HE_NORMAL);
    Operand<TFloat32> bias =
        student.auxiliary(name + ".bias", Shape.of(options.embed()), Initial.ZEROS);
    return UnitRows.of(
        tf,
        tf.nn.biasAdd(tf.linalg.matMul(features, weight), bias), // [B, C] x [C, E] -> [B, E]
        1);
  }

  private Operand<TFloat32> contrasted(
      Ops tf,
      StudentSide student,
      String name,
      Operand<TFloat32> rows,
      TermMemory bank,
      Operand<TInt32> drawn,
      Operand<TFloat32> counted) {
    Operand<TFloat32> sharpness = tf.constant((float) (1 / options.temperature()));
    Operand<TFloat32> same =
        tf.reduceSum(
            tf.math.mul(rows, bank.rows(student.pictures())),
            tf.array(1),
            ReduceSum.keepDims(true)); // [B, 1]
    Operand<TFloat32> others =
        tf.linalg.matMul(
            rows, bank.rows(drawn), MatMul.transposeB(true)); // [B, E] x [E, K] -> [B, K]
    Operand<TFloat32> ofSame = tf.math.exp(tf.math.mul(same, sharpness));
    Operand<TFloat32> ofOthers = tf.math.exp(tf.math.mul(others, sharpness));
    Operand<TFloat32> inverse =
        tf.math.reciprocal(scale(tf, student, name + ".scale", ofSame, ofOthers));
    return NoiseContrast.of(
        tf,
        tf.math.mul(ofSame, inverse),
        tf.math.mul(ofOthers, inverse),
        counted,
        student.pictureCount());
  }

  /** {@code Z}: N times the mean of all scores of the first step. */
  private static Operand<TFloat32> scale(
      Ops tf, StudentSide student, String name, Operand<TFloat32> same, Operand<TFloat32> others) {
    TermMemory kept = student.memory(name, Shape.of(1), Initial.ZEROS);
    Operand<TFloat32> all = tf.concat(List.of(same, others), tf.constant(1)); // [B, 1 + K]
    Operand<TFloat32> first =
        tf.reshape(
            tf.math.mul(
                tf.math.mean(tf.stopGradient(all), tf.array(0, 1)),
                tf.constant((float) student.pictureCount())),
            tf.array(1));
    Operand<TFloat32> before = kept.value();
    Operand<TFloat32> now =
        tf.select(tf.math.greater(before, tf.constant(new float[] {0})), before, first);
    kept.write(now);
    return tf.stopGradient(now);
  }

  private void remember(Ops tf, StudentSide student, TermMemory bank, Operand<TFloat32> rows) {
    Operand<TFloat32> old =
        tf.math.mul(bank.rows(student.pictures()), tf.constant((float) options.momentum()));
    Operand<TFloat32> mixed =
        tf.math.add(old, tf.math.mul(rows, tf.constant((float) (1 - options.momentum()))));
    bank.writeRows(student.pictures(), UnitRows.of(tf, mixed, 1));
  }

  /** 1 for each drawn picture that is another one than that of the row, and of another class. */
  private Operand<TFloat32> counted(Ops tf, StudentSide student, Operand<TInt32> drawn) {
    Operand<TInt32> own = tf.reshape(student.pictures(), tf.array(-1, 1)); // [B, 1]
    Operand<TFloat32> other =
        tf.dtypes.cast(
            tf.math.notEqual(own, tf.reshape(drawn, tf.array(1, -1))), TFloat32.class); // [B, K]
    if (options.sameClass()) {
      return sized(tf, other, drawn);
    }
    // One more than the class of each picture that was seen; 0 of the others.
    TermMemory classes =
        student.memory("classes", Shape.of(student.pictureCount(), 1), Initial.ZEROS);
    Operand<TFloat32> known = tf.reshape(classes.rows(drawn), tf.array(1, -1)); // [K, 1] -> [1, K]
    Operand<TFloat32> labels =
        tf.reshape(
            tf.math.add(tf.dtypes.cast(student.labels(), TFloat32.class), tf.constant(1f)),
            tf.array(-1, 1)); // [B] -> [B, 1]
    classes.writeRows(student.pictures(), labels);
    Operand<TFloat32> different =
        tf.dtypes.cast(tf.math.notEqual(labels, known), TFloat32.class); // [B, K]
    return sized(tf, tf.math.mul(other, different), drawn);
  }

  private static Operand<TFloat32> sized(Ops tf, Operand<TFloat32> counted, Operand<TInt32> drawn) {
    return tf.ensureShape(counted, Shape.of(Shape.UNKNOWN_SIZE, drawn.shape().get(0)));
  }
}
