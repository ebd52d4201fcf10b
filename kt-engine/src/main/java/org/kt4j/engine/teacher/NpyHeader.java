package org.kt4j.engine.teacher;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.ndarray.Shape;

/**
 * What stands before the numbers of an .npy file, as {@code numpy/lib/format.py} describes it, in
 * the versions 1, 2 and 3.
 *
 * @param bytes its length, from the first byte of the file
 * @param type the element's, as NumPy writes it: {@code <f4}
 * @param columnsFirst Fortran's order: the first axis runs fastest
 * @param shape empty for a single number
 */
record NpyHeader(long bytes, String type, boolean columnsFirst, Shape shape) {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** The longest header that {@code numpy.load} reads, too. */
  private static final int LONGEST = 10_000;

  /** NumPy 2 allows 64 axes. */
  private static final int MOST_AXES = 64;

  private static final String TEXT = "'[^']*'|\"[^\"]*\"";
  private static final String KEY = "['\"]%s['\"]\\s*:\\s*(%s)";

  /** The type of records is a list. */
  private static final String TYPE = String.format(KEY, "descr", TEXT + "|\\[.*\\]");

  private static final String ORDER = String.format(KEY, "fortran_order", "True|False");
  private static final String SHAPE = String.format(KEY, "shape", "\\([\\dL,\\s]*\\)");

  /** In any order, for readers must not rely on NumPy's. */
  private static final Pattern WHOLE =
      Pattern.compile(
          "\\{(\\s*(" + TYPE + "|" + ORDER + "|" + SHAPE + ")\\s*(,|(?=\\}))){3}\\s*\\}");

  private static final List<Pattern> PARTS =
      List.of(Pattern.compile(TYPE), Pattern.compile(ORDER), Pattern.compile(SHAPE));
  private static final Pattern AXIS = Pattern.compile("\\d{1,18}");

  /** Whether a file begins like an .npy file. */
  static boolean begins(byte[] start) {
    return start.length >= MAGIC.length
        && Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Reads a header and leaves the stream at the first number.
   *
   * @throws BadArrayException when it is none
   * @throws IOException when the stream ends in it
   */
  static NpyHeader read(DataInputStream in) throws IOException {
    byte[] magic = new byte[MAGIC.length];
    in.readFully(magic);
    if (!begins(magic)) {
      throw new BadArrayException("is no .npy array");
    }
    int major = in.readUnsignedByte();
    int minor = in.readUnsignedByte();
    if (major < 1 || major > 3 || minor != 0) {
      throw new BadArrayException(
          "has the .npy format version " + major + "." + minor + "; allowed: 1.0, 2.0 and 3.0");
    }
    long length =
        major == 1
            ? Short.toUnsignedLong(Short.reverseBytes(in.readShort()))
            : Integer.toUnsignedLong(Integer.reverseBytes(in.readInt()));
    if (length > LONGEST) {
      throw new BadArrayException(
          "has a header of " + length + " bytes; allowed: at most " + LONGEST);
    }
    byte[] text = new byte[(int) length];
    in.readFully(text);
    int before = MAGIC.length + 2 + (major == 1 ? Short.BYTES : Integer.BYTES);
    return parsed(
        before + length,
        new String(text, major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
  }

  private static NpyHeader parsed(long bytes, String text) throws BadArrayException {
    List<String> parts = new ArrayList<>();
    for (Pattern part : PARTS) {
      Matcher found = part.matcher(text);
      parts.add(found.find() ? found.group(1) : "");
    }
    if (!WHOLE.matcher(text.strip()).matches() || parts.contains("")) {
      throw bad(text);
    }
    return new NpyHeader(
        bytes,
        parts.get(0).replaceAll("^['\"]|['\"]$", ""),
        parts.get(1).equals("True"),
        shape(parts.get(2), text));
  }

  private static Shape shape(String tuple, String text) throws BadArrayException {
    List<Long> axes = new ArrayList<>();
    String inside = tuple.substring(1, tuple.length() - 1).strip();
    String[] parts = inside.isEmpty() ? new String[0] : inside.split(",");
    for (String part : parts) {
      // Python 2 marked long integers.
      String axis = part.strip().replaceFirst("L$", "");
      if (!AXIS.matcher(axis).matches() || axes.size() == MOST_AXES) {
        throw bad(text);
      }
      axes.add(Long.parseLong(axis));
    }
    return Shape.of(axes.stream().mapToLong(Long::longValue).toArray());
  }

  private static BadArrayException bad(String text) {
    String shown = text.strip();
    return new BadArrayException(
        "has a header that is none of NumPy's: "
            + (shown.length() > 100 ? shown.substring(0, 100) + "..." : shown));
  }

  /**
   * The count of numbers.
   *
   * @throws BadArrayException when there are more than an array of Java can hold
   */
  int count() throws BadArrayException {
    long count = 1;
    for (long size : shape.asArray()) {
      if (size == 0) {
        return 0;
      }
      count = size > Integer.MAX_VALUE ? Long.MAX_VALUE : count * size;
      if (count > Integer.MAX_VALUE - 8) {
        throw new BadArrayException(
            "has the shape "
                + shape
                + "; allowed: at most "
                + (Integer.MAX_VALUE - 8)
                + " numbers");
      }
    }
    return (int) count;
  }

  /** Whether it is one 64-bit integer, which may be a count of steps that no float32 holds. */
  boolean isCounter() {
    return shape.numDimensions() == 0 && type.endsWith("i8");
  }

  /** What is wrong with one array of a file, in words that follow its name. */
  static final class BadArrayException extends IOException {

    private static final long serialVersionUID = 1L;

    BadArrayException(String problem) {
      super(problem);
    }
  }
}
