package org.kt4j.imagelevel;

import java.util.List;
import java.util.function.Function;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SwitchCond;
import org.tensorflow.op.math.Cumsum;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/**
 * {@link Picture#resized} in a graph. Each axis is resized by itself: where it shrinks, a new pixel
 * is the mean of the area that it covers, which is the difference of two cumulative sums; where it
 * grows, it lies between the two nearest pixel centres. Both are computed in double precision and
 * rounded as {@link Picture#rounded} does it, so that every engine gets the same bytes.
 */
final class ResizedPictures {

  private ResizedPictures() {}

  /**
   * Bytes of any size.
   *
   * @param images {@code [B, h, w, C]}
   * @return 0 to 255, whole numbers, {@code [B, H, W, C]}
   */
  static Operand<TFloat32> bytes(Ops tf, Operand<TUint8> images, ImageShape shape) {
    return chosen(
        tf,
        images,
        shape,
        same -> tf.dtypes.cast(same, TFloat32.class),
        other -> {
          // Sums of bytes are exact in whole numbers, which are half as large.
          Operand<TFloat64> resized = resized(tf, tf.dtypes.cast(other, TInt32.class), shape);
          return tf.dtypes.cast(
              tf.math.floor(tf.math.add(resized, tf.constant(0.5 + Picture.TIE))), TFloat32.class);
        });
  }

  /**
   * Numbers of any size, without rounding.
   *
   * @param images {@code [B, h, w, C]}
   * @return {@code [B, H, W, C]}
   */
  static Operand<TFloat32> numbers(Ops tf, Operand<TFloat32> images, ImageShape shape) {
    return chosen(
        tf,
        images,
        shape,
        same -> tf.identity(same),
        other ->
            tf.dtypes.cast(
                resized(tf, tf.dtypes.cast(other, TFloat64.class), shape), TFloat32.class));
  }

  /** Computed only where it is needed. */
  private static <T extends TNumber> Operand<TFloat32> chosen(
      Ops tf,
      Operand<T> images,
      ImageShape shape,
      Function<Operand<T>, Operand<TFloat32>> same,
      Function<Operand<T>, Operand<TFloat32>> other) {
    Operand<TInt32> given = tf.slice(tf.shape(images), tf.array(1), tf.array(2)); // [2]: h, w
    Operand<TBool> fits =
        tf.reduceAll(tf.math.equal(given, tf.array(shape.height(), shape.width())), tf.constant(0));
    SwitchCond<T> choice = tf.switchCond(images, fits);
    return tf.ensureShape(
        tf.merge(List.of(other.apply(choice.outputFalse()), same.apply(choice.outputTrue())))
            .output(),
        Shape.of(-1, shape.height(), shape.width(), shape.channels()));
  }

  private static Operand<TFloat64> resized(
      Ops tf, Operand<? extends TNumber> images, ImageShape shape) {
    Operand<TFloat64> rows = axis(tf.withSubScope("rows"), images, 1, shape.height());
    return axis(tf.withSubScope("columns"), rows, 2, shape.width()); // [B, H, W, C]
  }

  /** One axis. */
  private static <T extends TNumber> Operand<TFloat64> axis(
      Ops tf, Operand<T> images, int axis, int size) {
    Operand<TInt32> given =
        tf.slice(tf.shape(images), tf.array(axis), tf.array(1)); // [1]: the old size
    Operand<TFloat64> old = tf.dtypes.cast(given, TFloat64.class);
    Operand<TFloat64> ratio = tf.math.div(old, tf.constant((double) size)); // [1]
    Operand<TFloat64> last = tf.math.sub(old, tf.constant(1.0));

    double[] from = new double[size];
    double[] to = new double[size];
    double[] centre = new double[size];
    for (int i = 0; i < size; i++) {
      from[i] = i;
      to[i] = i + 1;
      centre[i] = i + 0.5;
    }
    Operand<T> sums =
        tf.math.cumsum(images, tf.constant(axis), Cumsum.exclusive(true)); // [B, h, w, C]
    Operand<TFloat64> upTo = sum(tf, images, sums, axis, scaled(tf, to, old, size), last);
    Operand<TFloat64> before = sum(tf, images, sums, axis, scaled(tf, from, old, size), last);
    Operand<TFloat64> means = tf.math.div(tf.math.sub(upTo, before), ratio);

    Operand<TFloat64> places =
        tf.math.minimum(
            tf.math.maximum(
                tf.math.sub(scaled(tf, centre, old, size), tf.constant(0.5)), tf.constant(0.0)),
            last); // [size]
    Operand<TFloat64> lower = tf.math.floor(places);
    Operand<TFloat64> upper = tf.math.minimum(tf.math.add(lower, tf.constant(1.0)), last);
    Operand<TFloat64> share = alongAxis(tf, tf.math.sub(places, lower), axis, size);
    Operand<TFloat64> between =
        tf.math.add(
            tf.math.mul(pixels(tf, images, axis, lower), tf.math.sub(tf.constant(1.0), share)),
            tf.math.mul(pixels(tf, images, axis, upper), share));
    return tf.select(tf.math.greaterEqual(ratio, tf.constant(1.0)), means, between);
  }

  /** Places in new pixels as places in old ones, {@code [size]}. */
  private static Operand<TFloat64> scaled(
      Ops tf, double[] places, Operand<TFloat64> old, int size) {
    return tf.math.div(tf.math.mul(tf.constant(places), old), tf.constant((double) size));
  }

  /** All that lies before some places. */
  private static <T extends TNumber> Operand<TFloat64> sum(
      Ops tf,
      Operand<T> images,
      Operand<T> sums,
      int axis,
      Operand<TFloat64> places,
      Operand<TFloat64> last) {
    Operand<TFloat64> whole = tf.math.minimum(tf.math.floor(places), last);
    int size = Math.toIntExact(places.shape().get(0));
    Operand<TFloat64> share = alongAxis(tf, tf.math.sub(places, whole), axis, size);
    return tf.math.add(
        pixels(tf, sums, axis, whole), tf.math.mul(pixels(tf, images, axis, whole), share));
  }

  private static <T extends TNumber> Operand<TFloat64> pixels(
      Ops tf, Operand<T> images, int axis, Operand<TFloat64> places) {
    return tf.dtypes.cast(
        tf.gather(images, tf.dtypes.cast(places, TInt32.class), tf.constant(axis)), TFloat64.class);
  }

  /** A number for each place, as it is combined with pictures. */
  private static Operand<TFloat64> alongAxis(
      Ops tf, Operand<TFloat64> numbers, int axis, int size) {
    return tf.reshape(numbers, axis == 1 ? tf.array(size, 1, 1) : tf.array(size, 1));
  }
}
