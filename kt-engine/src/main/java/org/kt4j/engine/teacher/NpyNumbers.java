package org.kt4j.engine.teacher;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kt4j.engine.teacher.NpyHeader.BadArrayException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.ndarray.buffer.layout.DataLayouts;

/**
 * Numbers of a type of NumPy, or of bfloat16, as float32.
 *
 * @param kind {@code f} for floats, {@code b} for bfloat16, {@code i} and {@code u} for integers
 * @param size bytes of a number
 * @param order of its bytes
 */
public record NpyNumbers(char kind, int size, ByteOrder order) {

  /** What NumPy calls bytes. */
  static final String UINT8 = "uint8";

  /** What NumPy calls whole numbers of 32 bits. */
  static final String INT32 = "int32";

  private static final Pattern TYPE = Pattern.compile("([<>|=])?(f[248]|[iu][1248])");

  private static final Pattern NAME = Pattern.compile("(float|int|uint)(8|16|32|64)");

  private static final String BFLOAT16 = "bfloat16";

  /** Begins what stands in a file of PyTorch in place of numbers, in words. */
  public static final String PYTORCH = "PyTorch: ";

  private static final Pattern WIDE = Pattern.compile("f\\d{1,3}");

  /** What {@link #of} knows, for messages. */
  static final String ALLOWED = "arrays of floats of 16, 32 or 64 bits or of integers";

  private static final int CHUNK = 1 << 16;

  /** The largest integer up to which float32 holds every one. */
  private static final long EXACT = 1 << 24;

  /**
   * The numbers of a type such as {@code <f4}; empty for text, objects and whatever is no number.
   */
  static Optional<NpyNumbers> of(String type) {
    Matcher parts = TYPE.matcher(type);
    if (!parts.matches()) {
      return Optional.empty();
    }
    ByteOrder order = ">".equals(parts.group(1)) ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    char kind = parts.group(2).charAt(0);
    return Optional.of(new NpyNumbers(kind, parts.group(2).charAt(1) - '0', order));
  }

  /**
   * The numbers of a type by its name, such as {@code float32} or {@code bfloat16}; empty for those
   * that are no weights, such as {@code bool}.
   */
  public static Optional<NpyNumbers> named(String name, ByteOrder order) {
    if (name.equals(BFLOAT16)) {
      return Optional.of(new NpyNumbers('b', Short.BYTES, order));
    }
    Matcher parts = NAME.matcher(name);
    return parts.matches() && !name.equals("float8")
        ? Optional.of(
            new NpyNumbers(name.charAt(0), Integer.parseInt(parts.group(2)) / Byte.SIZE, order))
        : Optional.empty();
  }

  /** What NumPy calls the type: {@code int8}. */
  public String name() {
    if (kind == 'b') {
      return BFLOAT16;
    }
    return (kind == 'f' ? "float" : kind == 'u' ? "uint" : "int") + Byte.SIZE * size;
  }

  /** What messages call a type that is read as no weights: {@code text (<U7)}. */
  static String described(String type) {
    if (type.startsWith(PYTORCH)) {
      return type.substring(PYTORCH.length());
    }
    String bare = bare(type);
    String what =
        switch (first(type)) {
          case 'U', 'S' -> "text";
          case 'O' -> "Python objects";
          case 'b' -> "true and false";
          case 'c' -> "complex numbers";
          case 'M', 'm' -> "times";
          case '[' -> "records";
          case 'V' -> "raw bytes, as bfloat16 becomes in NumPy";
          case 'f' ->
              WIDE.matcher(bare).matches()
                  ? Byte.SIZE * Integer.parseInt(bare.substring(1)) + "-bit floats"
                  : "floats";
          case 'i' -> "a single integer";
          default -> "of a type that is none of NumPy's numbers";
        };
    return what + " (" + type + ")";
  }

  /** How arrays of such a type become weights, in words that follow "fix: ". */
  static String fix(String type) {
    if (type.startsWith(PYTORCH)) {
      return "value.float() of it in PyTorch, or value.dequantize() where it is quantised, and save"
          + " that";
    }
    return switch (first(type)) {
      case 'V' -> "bfloat16 as floats: value.float().numpy() in PyTorch";
      case 'O' -> "numpy.savez(file, **{name: value.numpy() for name, value in state.items()})";
      default -> ".astype('float32') before numpy.savez";
    };
  }

  private static String bare(String type) {
    return type.replaceFirst("^[<>|=]", "");
  }

  /** The letter of the kind; a question mark where there is none. */
  private static char first(String type) {
    String bare = bare(type);
    return bare.isEmpty() ? '?' : bare.charAt(0);
  }

  /**
   * Reads as many numbers as a shape has, in C's order whatever order they lie in.
   *
   * @throws EOFException when the stream ends before
   * @throws BadArrayException when an integer has more digits than float32 holds
   */
  float[] read(InputStream in, NpyHeader header) throws IOException {
    float[] values = read(in, header.count());
    return header.columnsFirst() ? rowsFirst(values, header.shape()) : values;
  }

  /**
   * Reads numbers that lie one behind the other.
   *
   * @throws EOFException when the stream ends before
   * @throws IOException when an integer has more digits than float32 holds, with words that follow
   *     the name of the array
   */
  public float[] read(InputStream in, int all) throws IOException {
    float[] values = new float[all];
    byte[] bytes = new byte[CHUNK];
    for (int first = 0; first < values.length; first += CHUNK / size) {
      int count = Math.min(CHUNK / size, values.length - first);
      if (in.readNBytes(bytes, 0, count * size) < count * size) {
        throw new EOFException();
      }
      convert(ByteBuffer.wrap(bytes).order(order), values, first, count);
    }
    return values;
  }

  private void convert(ByteBuffer from, float[] values, int first, int count)
      throws BadArrayException {
    if (kind == 'f' && size == Short.BYTES) {
      short[] halves = new short[count];
      from.asShortBuffer().get(halves);
      float[] converted = new float[count];
      DataLayouts.FLOAT16.applyTo(DataBuffers.of(halves, true, false)).read(converted);
      System.arraycopy(converted, 0, values, first, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      values[first + i] =
          switch (kind) {
            case 'f' -> size == Float.BYTES ? from.getFloat() : (float) from.getDouble();
            case 'b' -> Float.intBitsToFloat(from.getShort() << Short.SIZE); // the upper half
            default -> exactly(integer(from));
          };
    }
  }

  private long integer(ByteBuffer from) {
    long value =
        switch (size) {
          case Byte.BYTES -> from.get();
          case Short.BYTES -> from.getShort();
          case Integer.BYTES -> from.getInt();
          default -> from.getLong();
        };
    boolean narrow = kind == 'u' && size < Long.BYTES;
    return narrow ? value & ((1L << (8 * size)) - 1) : value;
  }

  private float exactly(long value) throws BadArrayException {
    if (value > EXACT || value < -EXACT || (kind == 'u' && value < 0)) {
      throw new BadArrayException(
          "holds the integer "
              + (kind == 'u' ? Long.toUnsignedString(value) : Long.toString(value))
              + "; allowed: those that float32 holds exactly, up to "
              + EXACT);
    }
    return value;
  }

  /** From Fortran's order, in which the first axis runs fastest, to C's. */
  private static float[] rowsFirst(float[] given, Shape shape) {
    long[] axes = shape.asArray();
    int[] steps = new int[axes.length];
    int step = 1;
    for (int a = 0; a < axes.length; a++) {
      steps[a] = step;
      step = Math.toIntExact(step * axes[a]);
    }
    float[] result = new float[given.length];
    int[] at = new int[axes.length];
    int from = 0;
    for (int to = 0; to < result.length; to++) {
      result[to] = given[from];
      for (int a = axes.length - 1; a >= 0; a--) {
        from += steps[a];
        if (++at[a] < axes[a]) {
          break;
        }
        from -= steps[a] * at[a];
        at[a] = 0;
      }
    }
    return result;
  }
}
