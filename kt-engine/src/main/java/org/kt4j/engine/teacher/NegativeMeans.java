package org.kt4j.engine.teacher;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The mean of the negative activations of each channel. */
final class NegativeMeans {

  private NegativeMeans() {}

  /**
   * What each picture adds.
   *
   * @param activation {@code [B, ..., C]}
   * @return the sum of the negative activations of each channel and their number, each {@code [B,
   *     C]}
   */
  static List<Operand<TFloat32>> parts(Ops tf, Operand<TFloat32> activation) {
    Operand<TFloat32> below = tf.math.minimum(activation, tf.constant(0f));
    Operand<TFloat32> counted = tf.math.abs(tf.math.sign(below));
    return activation.shape().numDimensions() == 4
        ? List.of(
            tf.reduceSum(below, tf.array(1, 2)),
            tf.reduceSum(counted, tf.array(1, 2))) // [B, H, W, C] -> [B, C]
        : List.of(below, counted);
  }

  /**
   * The means over all pictures.
   *
   * @param sums of each picture, as {@link #parts} gave them
   * @param counts of each picture
   * @return {@code [C]}; 0 where nothing was negative
   */
  static float[] of(List<float[]> sums, List<float[]> counts) {
    float[] means = new float[sums.isEmpty() ? 0 : sums.get(0).length];
    for (int c = 0; c < means.length; c++) {
      double sum = 0;
      double count = 0;
      for (int i = 0; i < sums.size(); i++) {
        sum += sums.get(i)[c];
        count += counts.get(i)[c];
      }
      means[c] = count == 0 ? 0 : (float) (sum / count);
    }
    return means;
  }
}
