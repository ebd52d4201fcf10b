package org.kt4j.engine.teacher;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import org.tensorflow.ndarray.Shape;

/**
 * Weights of which many are 0, without the zeros. In place of an array {@code NAME} of {@code n}
 * numbers there are three, all in the order of that array, row-major in PyTorch's axes:
 *
 * <pre>
 * NAME.bitmask  uint8 [ceil(n / 8)]  number i is there where bit i % 8 of byte i / 8 is 1, the lowest
 *                                    bit being the first: numpy.packbits(mask, bitorder='little')
 * NAME.nonzero  float32 [m]          the numbers that are there, m bits being 1
 * NAME.shape    int32 [axes]         of the array
 * </pre>
 *
 * Arrays that would not become smaller by it stand as they are. {@link NpzFile#read} gives the
 * whole arrays again.
 */
final class SparseArrays {

  private static final String BITMASK = ".bitmask";
  private static final String NONZERO = ".nonzero";
  private static final String SHAPE = ".shape";

  /** About what two more entries of an archive take. */
  private static final int ENTRIES = 512;

  private SparseArrays() {}

  /** The arrays of which some stand without their zeros. */
  static Weights parts(Weights weights) {
    Map<String, Weights.Array> parts = new LinkedHashMap<>();
    weights
        .arrays()
        .forEach(
            (name, array) -> {
              if (pays(array)) {
                parts.put(bitmask(name), row(numbers(bitmask(array.values())), NpyNumbers.UINT8));
                parts.put(nonzero(name), row(nonzero(array.values()), array.type()));
                parts.put(shape(name), row(numbers(array.shape()), NpyNumbers.INT32));
              } else {
                parts.put(name, array);
              }
            });
    return new Weights(weights.source(), parts);
  }

  private static Weights.Array row(float[] values, String type) {
    return new Weights.Array(Shape.of(values.length), values, type);
  }

  private static float[] numbers(byte[] bytes) {
    float[] numbers = new float[bytes.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = bytes[i] & 0xff;
    }
    return numbers;
  }

  private static float[] numbers(Shape shape) {
    float[] numbers = new float[shape.numDimensions()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = shape.get(i);
    }
    return numbers;
  }

  /** Whether an array becomes smaller, in an archive that compresses both. */
  static boolean pays(Weights.Array array) {
    float[] values = array.values();
    return deflated(bitmask(values)) + deflated(bytes(nonzero(values))) + ENTRIES
        < deflated(bytes(values));
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static long deflated(byte[] bytes) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(bytes);
      deflater.finish();
      byte[] part = new byte[1 << 16];
      while (!deflater.finished()) {
        deflater.deflate(part);
      }
      return deflater.getBytesWritten();
    } finally {
      deflater.end();
    }
  }

  /** One bit for each number. */
  static byte[] bitmask(float[] values) {
    byte[] bits = new byte[(values.length + Byte.SIZE - 1) / Byte.SIZE];
    for (int i = 0; i < values.length; i++) {
      if (values[i] != 0) {
        bits[i / Byte.SIZE] |= (byte) (1 << (i % Byte.SIZE));
      }
    }
    return bits;
  }

  /** The numbers that are not 0. */
  static float[] nonzero(float[] values) {
    int count = 0;
    for (float value : values) {
      count += value == 0 ? 0 : 1;
    }
    float[] kept = new float[count];
    int next = 0;
    for (float value : values) {
      if (value != 0) {
        kept[next++] = value;
      }
    }
    return kept;
  }

  static String bitmask(String name) {
    return name + BITMASK;
  }

  static String nonzero(String name) {
    return name + NONZERO;
  }

  static String shape(String name) {
    return name + SHAPE;
  }

  /**
   * The arrays with those that stand without their zeros whole again.
   *
   * @throws WeightsException when the parts of one do not belong together
   */
  static Map<String, Weights.Array> whole(String source, Map<String, Weights.Array> arrays) {
    Map<String, Weights.Array> whole = new LinkedHashMap<>();
    arrays.forEach(
        (name, array) -> {
          if (name.endsWith(BITMASK)) {
            String bare = name.substring(0, name.length() - BITMASK.length());
            whole.put(bare, of(source, bare, arrays));
          } else if (!isPart(name, NONZERO, arrays) && !isPart(name, SHAPE, arrays)) {
            whole.put(name, array);
          }
        });
    return whole;
  }

  private static boolean isPart(String name, String ending, Map<String, Weights.Array> arrays) {
    return name.endsWith(ending)
        && arrays.containsKey(bitmask(name.substring(0, name.length() - ending.length())));
  }

  private static Weights.Array of(String source, String name, Map<String, Weights.Array> arrays) {
    Weights.Array bits = arrays.get(bitmask(name));
    Weights.Array numbers = arrays.get(nonzero(name));
    Weights.Array axes = arrays.get(shape(name));
    if (bits == null || numbers == null || axes == null) {
      throw wrong(
          source,
          name,
          (numbers == null ? nonzero(name) : shape(name)) + " is missing beside " + bitmask(name));
    }
    long[] sizes = new long[axes.values().length];
    double product = 1;
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = (long) axes.values()[i];
      product *= axes.values()[i];
      if (sizes[i] != axes.values()[i] || sizes[i] < 0) {
        throw wrong(
            source, name, shape(name) + " holds " + axes.values()[i] + ", which is no size");
      }
    }
    int bytes = bits.values().length;
    if (Math.ceil(product / Byte.SIZE) != bytes) {
      throw wrong(
          source,
          name,
          bitmask(name)
              + " has "
              + bytes
              + " bytes, which are not one bit for each number of the shape "
              + Shape.of(sizes));
    }
    float[] values = new float[(int) product];
    int next = 0;
    for (int i = 0; i < bytes * Byte.SIZE; i++) {
      if (((int) bits.values()[i / Byte.SIZE] >> (i % Byte.SIZE) & 1) == 1) {
        if (i >= values.length) {
          throw wrong(source, name, bitmask(name) + " has a bit that is 1 behind the last number");
        }
        if (next < numbers.values().length) {
          values[i] = numbers.values()[next];
        }
        next++;
      }
    }
    if (next != numbers.values().length) {
      throw wrong(
          source,
          name,
          bitmask(name)
              + " has "
              + next
              + " bits that are 1, and "
              + nonzero(name)
              + " has "
              + numbers.values().length
              + " numbers");
    }
    return new Weights.Array(Shape.of(sizes), values, numbers.type());
  }

  private static WeightsException wrong(String source, String name, String why) {
    return new WeightsException(
        source,
        "the array '" + name + "' without its zeros: " + why + "; fix: save it again",
        null);
  }
}
