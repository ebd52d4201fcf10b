package org.kt4j.engine.teacher;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * How a model takes its pictures. From a byte to what the model sees: resized if it has another
 * size, {@code (pixel / 255 - mean) / std}, times 255 where the model counts in bytes, channels in
 * the model's order, axes in the model's order.
 *
 * @param name of the model's input; the only one when left out
 * @param layout of pictures and of feature maps; by the shape of the input and the kind of model
 *     when left out. Of ONNX, the layout of a feature map follows from the operations before it
 * @param channels their order
 * @param scaling the range that normalised pictures are counted in; not read where the model takes
 *     pixels as they are
 * @param size height and width; the pictures' own when left out
 */
public record TeacherInput(
    @Description("of the input; the only one when left out") @Nullable String name,
    @Description(
            "of pictures and feature maps; as an ONNX model says, otherwise nchw of ONNX and"
                + " TorchScript, nhwc of TensorFlow")
        @Nullable Layout layout,
    @Description("order of the channels") Channels channels,
    @Description("of a pixel before mean and std: unit 0 to 1, bytes 0 to 255") Scaling scaling,
    @Description("[height, width], each 1 to 8192, when they are not those of the data")
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
    /** 255; mean and standard deviation are given on the 0 to 1 scale here, too. */
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
}
