package org.kt4j.engine.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.layout.DataLayouts;
import org.tensorflow.types.TFloat32;

/** How a number is stored, of a teacher's knowledge or of an exported network. */
public enum Precision {
  /** 32 bits: what was computed. */
  SINGLE(Float.BYTES),
  /** 16 bits: half the room; three decimal digits, numbers up to 65504. */
  HALF(Short.BYTES);

  private final int bytes;

  Precision(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of a number. */
  public int bytes() {
    return bytes;
  }

  /** Numbers as they are stored, in this machine's byte order. */
  byte[] bytes(TFloat32 numbers) {
    byte[] bytes = new byte[Math.toIntExact(numbers.size() * this.bytes)];
    if (this == SINGLE) {
      numbers.asRawTensor().data().read(bytes);
      return bytes;
    }
    float[] values = new float[Math.toIntExact(numbers.size())];
    numbers.asRawTensor().data().asFloats().read(values);
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asShortBuffer().put(halves(values));
    return bytes;
  }

  /** Numbers rounded to the nearest half; those too large become infinite. */
  public static short[] halves(float[] values) {
    short[] halves = new short[values.length];
    DataLayouts.FLOAT16.applyTo(DataBuffers.of(halves, false, false)).write(values);
    return halves;
  }

  /** Whether none of the stored numbers is infinite or none at all: whether no exponent is full. */
  boolean isFinite(byte[] stored) {
    ByteBuffer buffer = ByteBuffer.wrap(stored).order(ByteOrder.nativeOrder());
    int full = this == SINGLE ? 0x7F800000 : 0x7C00;
    while (buffer.hasRemaining()) {
      int bits = this == SINGLE ? buffer.getInt() : buffer.getShort();
      if ((bits & full) == full) {
        return false;
      }
    }
    return true;
  }

  /**
   * Stored numbers again; {@link #bytes} backwards.
   *
   * @param shape of as many numbers as there are
   */
  TFloat32 tensor(Shape shape, byte[] stored) {
    if (this == SINGLE) {
      return Tensor.of(TFloat32.class, shape, DataBuffers.of(stored, true, false));
    }
    float[] values = new float[stored.length / Short.BYTES];
    ByteBuffer halves = ByteBuffer.wrap(stored).order(ByteOrder.nativeOrder());
    for (int i = 0; i < values.length; i++) {
      values[i] = Halves.VALUES[Short.toUnsignedInt(halves.getShort())];
    }
    return TFloat32.tensorOf(shape, DataBuffers.of(values, true, false));
  }

  /**
   * The value of every half, made when it is first needed. TensorFlow could convert them as well,
   * but oneDNN complains of halves on most processors.
   */
  private static final class Halves {

    static final float[] VALUES = new float[1 << Short.SIZE];

    static {
      short[] all = new short[VALUES.length];
      for (int bits = 0; bits < all.length; bits++) {
        all[bits] = (short) bits;
      }
      DataLayouts.FLOAT16.applyTo(DataBuffers.of(all, true, false)).read(VALUES);
    }
  }
}
