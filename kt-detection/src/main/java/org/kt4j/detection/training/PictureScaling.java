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
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Scales pictures of any size to the one that a detector sees: as large as fits, proportions kept,
 * in the upper left corner, the rest in the mean colour. The operations are those of an exported
 * detector, so that training and use see the same pixels.
 *
 * <p>A new pixel is the weighted mean of the old ones around its centre, first down the columns,
 * then along the rows. Weights fall in a straight line to 0 at the distance of one pixel, the
 * larger one of both kinds, as in any antialiased bilinear scaling. They are rounded to whole
 * numbers whose sum is about {@value #UNIT}, and what lies between both steps to {@value #PARTS}
 * parts of a level: every sum is one of whole numbers below 2²⁴, which single precision holds
 * exactly, so that no engine can add them in an order that gives another byte. Halves are rounded
 * up.
 */
public final class PictureScaling implements AutoCloseable {

  /** What the weights of a new pixel add up to, up to their rounding. */
  private static final int UNIT = 1 << 12;

  /** Of a level, between the two steps. */
  private static final int PARTS = 8;

  private final ImageShape shape;
  private final Graph graph;
  private final Session session;
  private final Placeholder<TUint8> picture;
  private final Placeholder<TFloat64> scale;
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
    this.session = new Session(graph, NativeRuntime.unoptimised());
    Ops tf = Ops.create(graph);
    picture = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, 3)));
    scale = tf.placeholder(TFloat64.class, Placeholder.shape(Shape.scalar()));
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
      Operand<TFloat64> scale,
      ImageShape shape,
      Normalization normalization) {
    int rows = shape.height();
    int columns = shape.width();
    Operand<TInt32> given = tf.shape(picture); // [3]: h, w, 3
    Weights down = weights(tf.withSubScope("rows"), rows, size(tf, given, 0), scale);
    Weights along = weights(tf.withSubScope("columns"), columns, size(tf, given, 1), scale);

    // Below the picture and on its right lies one more pixel, of which the padding is made.
    float[] fill = fill(normalization);
    Operand<TUint8> below =
        tf.tile(
            tf.dtypes.cast(tf.constant(new float[][][] {{fill}}), TUint8.class),
            tf.concat(
                List.of(tf.array(1), tf.slice(given, tf.array(1), tf.array(1)), tf.array(1)),
                tf.constant(0))); // [1, w, 3]
    Operand<TFloat32> lines =
        tf.reshape(
            tf.dtypes.cast(tf.concat(List.of(picture, below), tf.constant(0)), TFloat32.class),
            tf.concat(
                List.of(
                    tf.math.add(tf.slice(given, tf.array(0), tf.array(1)), tf.array(1)),
                    tf.array(-1)),
                tf.constant(0))); // [h + 1, w 3]
    Operand<TFloat32> between =
        means(
            tf,
            tf.math.mul(tf.linalg.matMul(down.each(), lines), tf.constant((float) PARTS)),
            tf.reshape(down.sum(), tf.array(rows, 1))); // [H, w 3]
    Operand<TFloat32> turned =
        tf.concat(
            List.of(
                tf.linalg.transpose(tf.reshape(between, tf.array(rows, -1, 3)), tf.array(1, 0, 2)),
                tf.constant(right(fill, rows))),
            tf.constant(0)); // [w + 1, H, 3]
    Operand<TFloat32> sums =
        tf.reshape(
            tf.linalg.matMul(along.each(), tf.reshape(turned, tf.array(-1, 3 * rows))),
            tf.array(columns, rows, 3)); // [W, H, 3]
    Operand<TFloat32> levels =
        means(
            tf,
            tf.linalg.transpose(sums, tf.array(1, 0, 2)),
            tf.math.mul(
                tf.reshape(along.sum(), tf.array(1, columns, 1)), tf.constant((float) PARTS)));
    return tf.dtypes.cast(levels, TUint8.class); // [H, W, 3]
  }

  /** A column of the mean colour, {@code [1, H, 3]}, in parts of a level. */
  private static float[][][] right(float[] fill, int rows) {
    float[][][] column = new float[1][rows][3];
    for (float[] pixel : column[0]) {
      for (int c = 0; c < 3; c++) {
        pixel[c] = PARTS * fill[c];
      }
    }
    return column;
  }

  /** Sums over the sums of their weights, as whole numbers. */
  private static Operand<TFloat32> means(
      Ops tf, Operand<TFloat32> sums, Operand<TFloat32> weights) {
    return tf.math.floor(tf.math.add(tf.math.div(sums, weights), tf.constant(0.5f)));
  }

  /** One of the sizes, a scalar. */
  private static Operand<TFloat64> size(Ops tf, Operand<TInt32> given, int axis) {
    return tf.dtypes.cast(tf.gather(given, tf.constant(axis), tf.constant(0)), TFloat64.class);
  }

  /**
   * What the old pixels of an axis, and the one behind them, add to the new ones, in whole numbers.
   *
   * @param each {@code [new, old + 1]}
   * @param sum of a new pixel's, {@code [new]}
   */
  private record Weights(Operand<TFloat32> each, Operand<TFloat32> sum) {}

  private static Weights weights(Ops tf, int size, Operand<TFloat64> old, Operand<TFloat64> scale) {
    double[] centres = new double[size];
    for (int i = 0; i < size; i++) {
      centres[i] = i + 0.5;
    }
    Operand<TFloat64> one = tf.constant(1.0);
    Operand<TFloat64> wide = tf.math.maximum(tf.math.div(one, scale), one); // in old pixels
    Operand<TFloat64> places =
        tf.reshape(tf.math.div(tf.constant(centres), scale), tf.array(size, 1)); // [new, 1]
    Operand<TFloat64> pixels = tf.range(tf.constant(0.5), old, one); // [old]
    Operand<TFloat64> distance =
        tf.math.div(tf.math.abs(tf.math.sub(pixels, places)), wide); // [new, old]
    Operand<TFloat64> height =
        tf.math.mul(
            tf.math.maximum(tf.math.sub(one, distance), tf.constant(0.0)),
            tf.math.div(tf.constant((double) UNIT), wide));
    Operand<TFloat64> whole = tf.math.floor(tf.math.add(height, tf.constant(0.5)));
    Operand<TFloat64> inside = tf.dtypes.cast(tf.math.lessEqual(places, old), TFloat64.class);
    Operand<TFloat32> each =
        tf.dtypes.cast(
            tf.concat(
                List.of(tf.math.mul(whole, inside), tf.math.sub(one, inside)), tf.constant(1)),
            TFloat32.class); // [new, old + 1]
    return new Weights(each, tf.reduceSum(each, tf.constant(1)));
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
        TFloat64 by = TFloat64.scalarOf(factor);
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
