package org.kt4j.features;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.api.CalibrationStatistics;
import org.kt4j.api.ChannelMatch;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.features.OfdOptions.Margin;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The overhaul of feature distillation: a squared distance in front of the activation that leaves
 * out what the activation hides.
 *
 * <pre>
 * t = max(F_T, m_c)                             m_c below 0: the margin of channel c
 * D = (1/B) sum over B, H, W, C of (F_S - t)^2 where t is above 0 or F_S is above t, else 0
 * L = sum_l w_l decay^(n - 1 - l) D_l           n pairs of layers l with weights w_l
 * </pre>
 *
 * <p>{@code F} is a map {@code [B, H, W, C]} in front of its activation. A neuron that is not
 * active may be as far below zero as it likes. Where the channel counts differ, a 1x1 convolution
 * of the student's map and batch normalisation come first, see {@link ChannelMatch}. Knowledge:
 * {@code t}. No gradient reaches the teacher.
 *
 * <p>Weight: the authors' code and mdistiller take 1/1000, and each layer counts half of the next
 * one.
 *
 * <p>Differs from the paper in how the margin is found. It is the mean of the channel's negative
 * values, which the authors compute from bias and scale of the teacher's last batch normalisation
 * as if its output were normally distributed. Here it is measured before training on the first
 * training pictures, so it is right whatever the distribution, and also where there is no batch
 * normalisation in front of the activation, such as behind the sum of a residual block. A channel
 * that is never negative needs no margin; its is 0. The authors take -3 scales there.
 *
 * <p>Example: one position, three channels, margin -1 each, teacher (2, -3, -3), student (1, 0,
 * -2): t = (2, -1, -1), D = (1 - 2)^2 + (0 + 1)^2 = 2; the third is below its margin and free.
 *
 * <p>Source: Heo, Kim, Yun, Park, Kwak, Choi, A Comprehensive Overhaul of Feature Distillation,
 * 2019; the authors' code.
 *
 * @param options how
 * @param margins {@code [C]} by the teacher's tap; empty before the calibration
 */
record PartialDistance(OfdOptions options, Map<String, List<Float>> margins)
    implements KnowledgeTransfer {

  PartialDistance {
    margins = Collections.unmodifiableMap(new LinkedHashMap<>(margins));
  }

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return options.selection().taps(teacher, student);
  }

  private List<LayerPair> pairs(TapShapes teacher, TapShapes student) {
    return DecayingLayers.pairs(options.selection(), options.layerDecay(), teacher, student);
  }

  @Override
  public List<String> calibrationTaps(TapShapes teacher, TapShapes student) {
    return options.margin() == Margin.MEASURED ? taps(teacher, student).teacher() : List.of();
  }

  @Override
  public KnowledgeTransfer calibrated(
      CalibrationStatistics survey, TapShapes teacher, TapShapes student) {
    Map<String, List<Float>> measured = new LinkedHashMap<>();
    for (String tap : calibrationTaps(teacher, student)) {
      List<Float> means = new ArrayList<>();
      for (float mean : survey.negativeMeans(tap)) {
        means.add(mean);
      }
      measured.put(tap, List.copyOf(means));
    }
    return new PartialDistance(options, measured);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (LayerPair pair : pairs(teacher.teacherShapes(), teacher.studentShapes())) {
      Operand<TFloat32> map = pair.teacherMap(tf, teacher); // [B, H, W, C]
      List<Float> margin = margins.get(pair.teacher());
      knowledge.put(
          pair.teacher(),
          margin == null ? map : tf.math.maximum(map, tf.constant(floats(margin)))); // with [C]
    }
    return knowledge.build();
  }

  private static float[] floats(List<Float> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i);
    }
    return floats;
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    return LayerSum.of(
        tf,
        pairs(student.teacherShapes(), student.studentShapes()),
        pair -> distance(tf, student, pair, knowledge.get(pair.teacher())));
  }

  private Operand<TFloat32> distance(
      Ops tf, StudentSide student, LayerPair pair, Operand<TFloat32> target) {
    Operand<TFloat32> own =
        new ChannelMatch(options.adapt(), ChannelMatch.End.BATCH_NORM)
            .of(tf, student, pair); // [B, H, W, C]
    Operand<TFloat32> difference = tf.math.sub(own, target);
    Operand<TFloat32> counted =
        tf.select(
            tf.math.greater(target, tf.constant(0f)),
            difference,
            tf.nn.relu(difference)); // [B, H, W, C]
    return SumOfSquares.of(tf, counted, 1);
  }
}
