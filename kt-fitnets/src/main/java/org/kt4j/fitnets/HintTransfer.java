package org.kt4j.fitnets;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.kt4j.api.CalibrationStatistics;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.fitnets.FitNetsOptions.Form;
import org.kt4j.fitnets.FitNetsOptions.RegressorKind;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * FitNets: a layer of the student, the guided layer, predicts a layer of the teacher, the hint,
 * through a regressor.
 *
 * <pre>
 * R = regressor(guided layer)                      [B, H, W, C]
 * regression        L = mean over B, H, W, C of (R - hint)^2
 * pre-regression    L = T^2 mean over B, H, W of KL(p_T || p_S),   p = softmax over C of (. / T)
 * neuron-selection  L = mean over B, H, W, n of (R - hint[chosen channels])^2
 * summed over the pairs of layers with their weights
 * </pre>
 *
 * <p>A layer without positions, such as {@code pooled}, is a map of one position. The regressor's
 * variables are auxiliary: trained, never exported. Knowledge: the hint. No gradient reaches the
 * teacher.
 *
 * <p>Stage 1 of the paper is a phase with this term alone: the engine computes and trains nothing
 * above the guided layer. Stage 2 is a phase with KD. In one stage the term stands beside
 * cross-entropy.
 *
 * <p>Weight: stage 1 has no other term, so its weight is a factor of the learning rate. In one
 * stage RepDistiller multiplies the mean squared distance by 100.
 *
 * <p>Differs from the papers: Romero et al. write half the squared length of the difference
 * (equation 3), this is its mean over all entries, as in every re-implementation we know. Of
 * knowledge pre-regression we could read that a cross-entropy with the teacher's hidden layer
 * replaces the Euclidean distance, not how activations become probabilities: a softmax over the
 * channels of each position is our reading; the teacher's own entropy is subtracted, so that zero
 * means equal. For the selection of neurons see {@link InformativeNeurons}.
 *
 * <p>Example: without a regressor, one position, hint (1, 3), guided layer (2, 0): regression (1 +
 * 9) / 2 = 5.
 *
 * <p>Source: Romero et al., FitNets: Hints for Thin Deep Nets, 2015; Wang, Deng, Wang, Accelerating
 * Convolutional Neural Networks with Dominant Convolutional Kernel and Knowledge Pre-regression,
 * 2016; Luo et al., Face Model Compression by Distilling Knowledge from Neurons, 2016.
 *
 * @param options how
 * @param chosen for each pair the channels of the hint that are learnt; empty before the
 *     calibration
 */
record HintTransfer(FitNetsOptions options, List<List<Integer>> chosen)
    implements KnowledgeTransfer {

  /** Keeps squares of huge activations in the range of float32, without rounding. */
  private static final float GUARD = 0x1p-16f;

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    List<LayerPair> pairs = Hint.pairs(options, teacher, student);
    pairs.forEach(pair -> Hint.check(options, pair, teacher, student));
    return Taps.ofPairs(pairs);
  }

  @Override
  public List<String> calibrationTaps(TapShapes teacher, TapShapes student) {
    return options.form() == Form.NEURON_SELECTION ? taps(teacher, student).teacher() : List.of();
  }

  @Override
  public KnowledgeTransfer calibrated(
      CalibrationStatistics survey, TapShapes teacher, TapShapes student) {
    if (options.form() != Form.NEURON_SELECTION) {
      return this;
    }
    List<List<Integer>> informative = new ArrayList<>();
    for (LayerPair pair : Hint.pairs(options, teacher, student)) {
      int[] channels =
          InformativeNeurons.of(
              survey.channelMeans(pair.teacher()), survey.labels(), options.neurons());
      informative.add(IntStream.of(channels).boxed().toList());
    }
    return new HintTransfer(options, List.copyOf(informative));
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    List<LayerPair> pairs = Hint.pairs(options, teacher.teacherShapes(), teacher.studentShapes());
    for (int p = 0; p < pairs.size(); p++) {
      Operand<TFloat32> hint = asMap(tf, pairs.get(p).teacherMap(tf, teacher));
      if (options.form() == Form.NEURON_SELECTION) {
        hint = tf.gather(hint, tf.constant(channels(p)), tf.constant(3)); // [B, H, W, C] -> n
      }
      knowledge.put(pairs.get(p).teacher(), hint);
    }
    return knowledge.build();
  }

  /** The first ones stand in until the teacher has been surveyed, to check shapes. */
  private int[] channels(int pair) {
    return chosen.isEmpty()
        ? IntStream.range(0, options.neurons()).toArray()
        : chosen.get(pair).stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (LayerPair pair : Hint.pairs(options, student.teacherShapes(), student.studentShapes())) {
      Operand<TFloat32> hint = knowledge.get(pair.teacher()); // [B, H, W, C]
      Operand<TFloat32> predicted = predicted(tf, student, pair, hint.shape().get(3));
      Operand<TFloat32> distance =
          options.form() == Form.PRE_REGRESSION
              ? divergence(tf, predicted, hint)
              : meanSquare(tf, predicted, hint);
      sum = tf.math.add(sum, tf.math.mul(distance, tf.constant((float) pair.weight())));
    }
    return sum;
  }

  private Operand<TFloat32> predicted(Ops tf, StudentSide student, LayerPair pair, long channels) {
    boolean shrinks = Hint.shrinks(options, pair, student.teacherShapes(), student.studentShapes());
    Operand<TFloat32> map =
        asMap(tf, shrinks ? student.activation(pair.student()) : pair.studentMap(tf, student));
    return options.regressor() == RegressorKind.NONE
        ? map
        : new Regressor(pair.teacher(), options.kernel(), shrinks, options.batchNorm())
            .of(tf, student, map, channels);
  }

  private static Operand<TFloat32> meanSquare(
      Ops tf, Operand<TFloat32> predicted, Operand<TFloat32> hint) {
    Operand<TFloat32> scaled =
        tf.math.mul(tf.math.sub(predicted, hint), tf.constant(GUARD)); // [B, H, W, C]
    return tf.math.mul(
        tf.math.mean(tf.math.square(scaled), tf.array(0, 1, 2, 3)), tf.constant(1 / GUARD / GUARD));
  }

  private Operand<TFloat32> divergence(
      Ops tf, Operand<TFloat32> predicted, Operand<TFloat32> hint) {
    int channels = Math.toIntExact(hint.shape().get(3));
    Operand<TFloat32> taught = logProbabilities(tf, hint, channels); // [BHW, C]
    Operand<TFloat32> own = logProbabilities(tf, predicted, channels); // [BHW, C]
    Operand<TFloat32> divergences =
        tf.reduceSum(
            tf.math.mul(tf.math.exp(taught), tf.math.sub(taught, own)), tf.array(1)); // [BHW]
    double squared = options.temperature() * options.temperature();
    return tf.math.mul(tf.math.mean(divergences, tf.array(0)), tf.constant((float) squared));
  }

  private Operand<TFloat32> logProbabilities(Ops tf, Operand<TFloat32> map, int channels) {
    Operand<TFloat32> rows = tf.reshape(map, tf.array(-1, channels)); // [B, H, W, C] -> [BHW, C]
    return tf.nn.logSoftmax(tf.math.mul(rows, tf.constant((float) (1 / options.temperature()))));
  }

  private static Operand<TFloat32> asMap(Ops tf, Operand<TFloat32> activation) {
    Shape shape = activation.shape();
    return shape.numDimensions() == 4
        ? activation
        : tf.reshape(
            activation, tf.array(-1, 1, 1, Math.toIntExact(shape.get(1)))); // [B, C] -> [B,1,1,C]
  }
}
