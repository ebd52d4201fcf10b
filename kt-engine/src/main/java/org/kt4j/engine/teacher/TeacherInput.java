package org.kt4j.engine.teacher;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;

/**
 * How a model takes its pictures. From a byte to what the model sees: resized if it has another
 * size, {@code (pixel / 255 - mean) / std}, times 255 where the model counts in bytes, channels in
 * the model's order, axes in the model's order.
 *
 * @param name of the model's input; the only one when left out
 * @param layout of pictures and of feature maps; by the kind of model when left out
 * @param channels their order
 * @param scaling the range that normalised pictures are counted in
 * @param size height and width; the pictures' own when left out
 */
public record TeacherInput(
    @Description("of the input; the only one when left out") @Nullable String name,
    @Description("of pictures and feature maps; nchw of ONNX and TorchScript, nhwc of TensorFlow")
        @Nullable Layout layout,
    @Description("order of the channels") Channels channels,
    @Description("of a pixel before mean and std: unit 0 to 1, bytes 0 to 255") Scaling scaling,
    @Description("height and width, when they are not those of the data")
        @Nullable List<Integer> size) {

  /** The order of the axes. */
  public enum Layout {
    /** Batch, channels, height, width. */
    NCHW,
    /** Batch, height, width, channels. */
    NHWC
  }

  /** The order of the channels. */
  public enum Channels {
    /** Red, green, blue; also of pictures with one channel. */
    RGB,
    /** Blue, green, red. */
    BGR
  }

  /** What a white pixel is, before mean and standard deviation. */
  public enum Scaling {
    /** One. */
    UNIT,
    /** 255; mean and standard deviation are given on the 0 to 1 scale all the same. */
    BYTES
  }

  /** Checks the size. */
  public TeacherInput {
    if (size != null) {
      size = List.copyOf(size);
      if (size.size() != 2 || size.stream().anyMatch(side -> side < 1 || side > 8_192)) {
        throw new InvalidOptionException("size", size, "[height, width], each 1 to 8192");
      }
    }
  }

  /** RGB between 0 and 1, of the data's size, in the layout of the kind of model. */
  public static TeacherInput defaults() {
    return new TeacherInput(null, null, Channels.RGB, Scaling.UNIT, null);
  }

  /** The same with a layout, if none is given. */
  TeacherInput or(Layout usual) {
    return layout != null ? this : new TeacherInput(name, usual, channels, scaling, size);
  }

  boolean isNchw() {
    return layout == Layout.NCHW;
  }

  /** The pictures as the model sees them, in its layout. */
  Operand<TFloat32> prepared(ImageGraph graph, Ops tf, Normalization normalization) {
    Operand<TFloat32> pixels = tf.dtypes.cast(graph.images(), TFloat32.class);
    if (size != null) {
      pixels =
          tf.image.resizeBilinear(
              pixels, tf.array(size.get(0), size.get(1)), ResizeBilinear.halfPixelCenters(true));
    }
    Operand<TFloat32> seen = graph.normalised(tf, pixels, normalization);
    if (scaling == Scaling.BYTES) {
      seen = tf.math.mul(seen, tf.constant(255f));
    }
    if (channels == Channels.BGR) {
      seen = tf.reverse(seen, tf.array(3));
    }
    return isNchw() ? tf.linalg.transpose(seen, tf.array(0, 3, 1, 2)) : seen; // NHWC -> NCHW
  }

  /** A feature map of the model as a tap: {@code [B, H, W, C]}; anything else as it is. */
  Operand<TFloat32> asTap(Ops tf, Operand<TFloat32> activation) {
    return isNchw() && activation.shape().numDimensions() == 4
        ? tf.linalg.transpose(activation, tf.array(0, 2, 3, 1)) // NCHW -> NHWC
        : activation;
  }
}
