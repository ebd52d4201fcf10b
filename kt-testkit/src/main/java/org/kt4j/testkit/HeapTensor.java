package org.kt4j.testkit;

import java.util.Arrays;
import java.util.Random;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/** A float32 tensor in plain Java memory: an input of a probe, or a number that came out of one. */
public final class HeapTensor {

  private final Shape shape;
  private final float[] values;

  private HeapTensor(Shape shape, float[] values) {
    if (shape.hasUnknownDimension() || shape.size() != values.length) {
      throw new IllegalArgumentException(
          values.length + " values do not fill the shape " + shape + "; needed: " + shape.size());
    }
    this.shape = shape;
    this.values = values;
  }

  /**
   * A tensor of any shape.
   *
   * @param values row by row: the last axis runs fastest
   */
  public static HeapTensor of(Shape shape, float... values) {
    return new HeapTensor(shape, values.clone());
  }

  /** Feature maps {@code [B, H, W, C]}: for each position all its channels. */
  public static HeapTensor maps(int batch, int height, int width, int channels, float... values) {
    return of(Shape.of(batch, height, width, channels), values);
  }

  /** Logits {@code [B, K]}. */
  public static HeapTensor logits(int batch, int classes, float... values) {
    return of(Shape.of(batch, classes), values);
  }

  /** Standard normal numbers: they have both signs and no two are equal, as in front of a ReLU. */
  public static HeapTensor normal(long seed, long... axes) {
    Random random = new Random(seed);
    float[] drawn = new float[Math.toIntExact(Shape.of(axes).size())];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = (float) random.nextGaussian();
    }
    return new HeapTensor(Shape.of(axes), drawn);
  }

  static HeapTensor copyOf(TFloat32 tensor) {
    float[] copy = new float[Math.toIntExact(tensor.shape().size())];
    tensor.asRawTensor().data().asFloats().read(copy);
    return new HeapTensor(tensor.shape(), copy);
  }

  /** A native copy, which the caller closes. */
  TFloat32 toNative() {
    return TFloat32.tensorOf(shape, DataBuffers.of(values, true, false));
  }

  /** The shape, with the batch as it is. */
  public Shape shape() {
    return shape;
  }

  /** A copy of the numbers, the last axis running fastest. */
  public float[] values() {
    return values.clone();
  }

  /** Every number multiplied. */
  public HeapTensor times(float factor) {
    float[] product = values();
    for (int i = 0; i < product.length; i++) {
      product[i] *= factor;
    }
    return new HeapTensor(shape, product);
  }

  /** One number replaced. */
  public HeapTensor with(int index, float value) {
    float[] changed = values();
    changed[index] = value;
    return new HeapTensor(shape, changed);
  }

  /** One channel, the last axis, set to zero at every position of every image. */
  public HeapTensor withoutChannel(int channel) {
    int channels = Math.toIntExact(shape.get(-1));
    float[] changed = values();
    for (int i = channel; i < changed.length; i += channels) {
      changed[i] = 0;
    }
    return new HeapTensor(shape, changed);
  }

  /** This batch and behind it the same again. */
  public HeapTensor twice() {
    long[] axes = shape.asArray();
    axes[0] *= 2;
    float[] doubled = Arrays.copyOf(values, 2 * values.length);
    System.arraycopy(values, 0, doubled, values.length, values.length);
    return new HeapTensor(Shape.of(axes), doubled);
  }

  /** The rows of the first axis in the opposite order. */
  public HeapTensor reversed() {
    int rows = Math.toIntExact(shape.get(0));
    int size = values.length / rows;
    float[] turned = new float[values.length];
    for (int r = 0; r < rows; r++) {
      System.arraycopy(values, r * size, turned, (rows - 1 - r) * size, size);
    }
    return new HeapTensor(shape, turned);
  }

  /** The largest magnitude; NaN when one of the numbers is. */
  public float largest() {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Neither NaN nor infinite anywhere. */
  public boolean isFinite() {
    return Float.isFinite(largest());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HeapTensor tensor
        && shape.equals(tensor.shape)
        && Arrays.equals(values, tensor.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return shape + Arrays.toString(values);
  }
}
