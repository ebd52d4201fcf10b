package org.kt4j.detection.training;

import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;
import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.image.ScaleAndTranslate;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * Scales pictures of any size to the one that a detector sees: as large as fits, proportions kept,
 * in the upper left corner, the rest in the mean colour. The operations are those of an exported
 * detector, so that training and use see the same pixels.
 */
public final class PictureScaling implements AutoCloseable {

  private final ImageShape shape;
  private final Graph graph;
  private final Session session;
  private final Placeholder<TUint8> picture;
  private final Placeholder<TFloat32> scale;
  private final Operand<TUint8> scaled;

  /**
   * Scaling to one size.
   *
   * @param shape the size that a detector sees
   * @param normalization whose mean fills the padding
   */
  public PictureScaling(ImageShape shape, Normalization normalization) {
    this.shape = shape;
    this.graph = NativeRuntime.newGraph();
    this.session = new Session(graph);
    Ops tf = Ops.create(graph);
    picture = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, 3)));
    scale = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    scaled = scaled(tf, picture, scale, shape, normalization);
  }

  /**
   * Adds the scaling to a graph.
   *
   * @param picture uint8 {@code [h, w, 3]}
   * @param scale a scalar, the factor of both sides
   * @param shape the size that comes out
   * @return uint8 {@code [H, W, 3]}
   */
  public static Operand<TUint8> scaled(
      Ops tf,
      Operand<TUint8> picture,
      Operand<TFloat32> scale,
      ImageShape shape,
      Normalization normalization) {
    Operand<TFloat32> mean = tf.constant(fill(normalization));
    Operand<TFloat32> pixels =
        tf.math.sub(tf.dtypes.cast(tf.expandDims(picture, tf.constant(0)), TFloat32.class), mean);
    Operand<TFloat32> placed =
        tf.image.scaleAndTranslate(
            pixels,
            tf.array(shape.height(), shape.width()),
            tf.stack(List.of(scale, scale)),
            tf.array(0f, 0f),
            ScaleAndTranslate.kernelType("triangle"),
            ScaleAndTranslate.antialias(true));
    Operand<TFloat32> bytes =
        tf.clipByValue(
            tf.math.round(tf.math.add(placed, mean)), tf.constant(0f), tf.constant(255f));
    return tf.squeeze(
        tf.dtypes.cast(bytes, TUint8.class), org.tensorflow.op.core.Squeeze.axis(List.of(0L)));
  }

  /** The mean colour as whole bytes, so that padding is the same wherever it is made. */
  static float[] fill(Normalization normalization) {
    float[] fill = new float[3];
    for (int c = 0; c < 3; c++) {
      fill[c] = Math.round(255 * normalization.mean().get(c));
    }
    return fill;
  }

  /** The factor by which a picture of a size becomes as large as fits. */
  static double factor(ImageShape shape, int height, int width) {
    return Math.min((double) shape.height() / height, (double) shape.width() / width);
  }

  /**
   * A picture as a detector sees it.
   *
   * @param pixels uint8 {@code [H, W, 3]}
   * @param factor of both sides
   * @param height of what is no padding
   * @param width likewise
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record Scaled(byte[] pixels, double factor, float height, float width) {}

  /** Scales one picture. */
  synchronized Scaled scaled(Picture original) {
    double factor = factor(shape, original.height(), original.width());
    try (TUint8 given =
            TUint8.tensorOf(
                Shape.of(original.height(), original.width(), 3),
                DataBuffers.of(original.pixels(), true, false));
        TFloat32 by = TFloat32.scalarOf((float) factor);
        Result result = session.runner().feed(picture, given).feed(scale, by).fetch(scaled).run()) {
      byte[] pixels = new byte[shape.bytes()];
      ((TUint8) result.get(0)).asRawTensor().data().read(pixels);
      return new Scaled(
          pixels,
          factor,
          (float) Math.min(shape.height(), original.height() * factor),
          (float) Math.min(shape.width(), original.width() * factor));
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
