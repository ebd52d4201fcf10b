package org.kt4j.models;

import java.util.Objects;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.teacher.TeacherInput;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;

/**
 * Pictures as a model takes them, and its feature maps as taps.
 *
 * @param input how it takes them; the layout is known
 */
record PreparedPictures(TeacherInput input) {

  /** The input with a layout, if it has none. */
  static TeacherInput withLayout(TeacherInput input, TeacherInput.Layout usual) {
    return input.layout() != null
        ? input
        : new TeacherInput(input.name(), usual, input.channels(), input.scaling(), input.size());
  }

  boolean isNchw() {
    return layout() == TeacherInput.Layout.NCHW;
  }

  TeacherInput.Layout layout() {
    return Objects.requireNonNull(input.layout());
  }

  /** The pictures as the model sees them, in its layout. */
  Operand<TFloat32> prepared(ImageGraph graph, Ops tf, Normalization normalization) {
    Operand<TFloat32> pixels = tf.dtypes.cast(graph.images(), TFloat32.class);
    if (input.size() != null) {
      pixels =
          tf.image.resizeBilinear(
              pixels,
              tf.array(input.size().get(0), input.size().get(1)),
              ResizeBilinear.halfPixelCenters(true));
    }
    Operand<TFloat32> seen = graph.normalised(tf, pixels, normalization);
    if (input.scaling() == TeacherInput.Scaling.BYTES) {
      seen = tf.math.mul(seen, tf.constant(255f));
    }
    if (input.channels() == TeacherInput.Channels.BGR) {
      seen = tf.reverse(seen, tf.array(3));
    }
    return isNchw() ? tf.linalg.transpose(seen, tf.array(0, 3, 1, 2)) : seen; // NHWC -> NCHW
  }

  /** A feature map of the model as a tap: {@code [B, H, W, C]}; anything else as it is. */
  Operand<TFloat32> asTap(Ops tf, Operand<TFloat32> activation) {
    return asTap(tf, activation, isNchw());
  }

  /** The same of a model whose feature maps have a layout of their own. */
  static Operand<TFloat32> asTap(Ops tf, Operand<TFloat32> activation, boolean nchw) {
    return nchw && activation.shape().numDimensions() == 4
        ? tf.linalg.transpose(activation, tf.array(0, 2, 3, 1)) // NCHW -> NHWC
        : activation;
  }
}
