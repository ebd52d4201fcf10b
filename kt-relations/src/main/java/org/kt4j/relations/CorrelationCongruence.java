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
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Correlation congruence: where the student is off on one picture, it shall not be off in the same
 * way on the next picture of the batch.
 *
 * <pre>
 * e   = W f + b                                        f [B, C] to e [B, E] on each side
 * a   = |e_S - e_T|                                    [B, E]
 * L   = (1/(B-1)) sum_{i=1..B-1} sum_c a_ic a_(i+1)c
 * </pre>
 *
 * <p>{@code W} and {@code b} of both sides are auxiliary variables: trained with the student, never
 * exported. Without {@code embed}, {@code e} is {@code f}. Several pairs of layers are summed.
 * Knowledge: the teacher's features before the linear layer, {@code C} numbers a picture. No
 * gradient reaches the teacher, but one reaches the linear layer on its side.
 *
 * <p>In a batch of one picture there is no next picture and the loss is 0. The gradient of {@code
 * a} is zero where it is zero. What the loss is depends on the order of the batch, which is drawn
 * anew in each epoch.
 *
 * <p>Weight: 0.02 in RepDistiller.
 *
 * <p>Differs from the paper, which compares kernel matrices of the embedded features, {@code
 * (1/B^2) || K(e_T) - K(e_S) ||^2}, and samples batches by class. This is what the authors gave to
 * RepDistiller, which published it.
 *
 * <p>Example without embedding: three pictures of two numbers, teacher all zeros, student (1, -2),
 * (3, 1), (0, -4): a_1 a_2 = 3 + 2, a_2 a_3 = 0 + 4, L = (5 + 4) / 2 = 4.5.
 *
 * <p>Source: Peng et al., Correlation Congruence for Knowledge Distillation, 2019, and the code in
 * RepDistiller.
 */
record CorrelationCongruence(CcOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    Taps taps = PooledFeatures.taps(options.layers(), teacher, student);
    options.layers().forEach((from, to) -> check(from, to, teacher, student));
    return taps;
  }

  private void check(String from, String to, TapShapes teacher, TapShapes student) {
    if (options.embed() > 0 || !teacher.contains(from) || !student.contains(to)) {
      return;
    }
    Shape known = teacher.shape(from);
    Shape asked = student.shape(to);
    if (known.get(-1) != asked.get(-1)) {
      throw new IllegalArgumentException(
          "without embed both layers need the same channels; the teacher's '"
              + from
              + "' is "
              + known
              + ", the student's '"
              + to
              + "' is "
              + asked
              + "; fix: embed: 128");
    }
  }

  @Override
  public boolean relatesPictures() {
    return true;
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    return PooledFeatures.knowledge(tf, options.layers(), teacher); // [B, C]
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (Map.Entry<String, String> pair : options.layers().entrySet()) {
      String tap = pair.getKey();
      Operand<TFloat32> taught =
          embedded(tf, student, tap + ".teacher", tf.stopGradient(knowledge.get(tap)));
      Operand<TFloat32> own =
          embedded(
              tf,
              student,
              tap + ".student",
              PooledFeatures.of(tf, student.activation(pair.getValue())));
      sum = tf.math.add(sum, ofNeighbours(tf, tf.math.abs(tf.math.sub(own, taught))));
    }
    return sum;
  }

  private Operand<TFloat32> embedded(
      Ops tf, StudentSide student, String name, Operand<TFloat32> features) {
    if (options.embed() == 0) {
      return features;
    }
    Shape shape = Shape.of(features.shape().get(1), options.embed());
    Operand<TFloat32> weight = student.auxiliary(name + ".weight", shape, Initial.HE_NORMAL);
    Operand<TFloat32> bias =
        student.auxiliary(name + ".bias", Shape.of(options.embed()), Initial.ZEROS);
    return tf.nn.biasAdd(tf.linalg.matMul(features, weight), bias); // [B, C] x [C, E] -> [B, E]
  }

  /** The mean over neighbouring rows of their inner product. */
  private static Operand<TFloat32> ofNeighbours(Ops tf, Operand<TFloat32> apart) {
    Operand<TInt32> neighbours = tf.math.sub(BatchSize.of(tf, apart), tf.constant(1)); // B - 1
    Operand<TFloat32> first =
        tf.slice(
            apart,
            tf.array(0, 0),
            tf.stack(List.of(neighbours, tf.constant(-1)))); // [B, E] -> [B - 1, E]
    Operand<TFloat32> second = tf.slice(apart, tf.array(1, 0), tf.array(-1, -1));
    Operand<TFloat32> sum = tf.reduceSum(tf.math.mul(first, second), tf.array(0, 1));
    Operand<TFloat32> count =
        tf.dtypes.cast(tf.math.maximum(neighbours, tf.constant(1)), TFloat32.class);
    return tf.math.div(sum, count);
  }
}
