package org.kt4j.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.zip.GZIPInputStream;

/**
 * Reads a pair of IDX files (LeCun's format: a magic number, the sizes, then uint8 values; all
 * numbers big-endian), each as it is or compressed by gzip.
 */
final class IdxFiles {

  private static final int IMAGES_MAGIC = 0x0803; // uint8, 3 axes
  private static final int LABELS_MAGIC = 0x0801; // uint8, 1 axis

  /** So many labels tell one data set from another. */
  private static final int FIRST = 8;

  /** How well deflate can pack. */
  private static final int MOST_BYTES_OF_A_PACKED_ONE = 1_032;

  private final String name;
  private final List<String> classes;

  IdxFiles(String name, List<String> classes) {
    this.name = name;
    this.classes = classes;
  }

  /**
   * Reads images and labels.
   *
   * @param folder where the files are
   * @param prefix {@code train} or {@code t10k}
   */
  MemoryImages read(Path folder, String prefix) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          name + ": " + folder + " is not a folder; fix: " + fix() + ", or set path");
    }
    Path imageFile = find(folder, prefix + "-images-idx3-ubyte");
    Path labelFile = find(folder, prefix + "-labels-idx1-ubyte");
    byte[] imageBytes = content(imageFile, IMAGES_MAGIC, 3);
    ByteBuffer images = ByteBuffer.wrap(imageBytes);
    ByteBuffer labels = ByteBuffer.wrap(content(labelFile, LABELS_MAGIC, 1));
    int count = images.getInt(4);
    if (labels.getInt(4) != count) {
      throw new DataException(
          name
              + ": "
              + labelFile
              + " has "
              + labels.getInt(4)
              + " labels; expected: "
              + count
              + ", as many as "
              + imageFile
              + " has images; fix: "
              + replace());
    }
    ImageShape shape = new ImageShape(images.getInt(8), images.getInt(12), 1);
    byte[][] pixels = new byte[count][];
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      int at = 16 + i * shape.bytes();
      pixels[i] = Arrays.copyOfRange(imageBytes, at, at + shape.bytes());
      values[i] = labels.get(8 + i) & 0xFF;
      if (values[i] >= classes.size()) {
        throw new DataException(
            name
                + ": "
                + labelFile
                + ": record "
                + i
                + " has the label "
                + values[i]
                + "; allowed: 0 to "
                + (classes.size() - 1)
                + "; the file is corrupt, fix: "
                + replace());
      }
    }
    return new MemoryImages(name, shape, classes, pixels, values);
  }

  /** The labels of the first training pictures. */
  int[] firstLabels(Path folder) {
    byte[] labels = content(find(folder, "train-labels-idx1-ubyte"), LABELS_MAGIC, 1);
    int[] first = new int[Math.min(FIRST, labels.length - 8)];
    for (int i = 0; i < first.length; i++) {
      first[i] = labels[8 + i] & 0xFF;
    }
    return first;
  }

  private Path find(Path folder, String file) {
    for (String candidate : List.of(file, file + ".gz")) {
      if (Files.isRegularFile(folder.resolve(candidate))) {
        return folder.resolve(candidate);
      }
    }
    Path plain = folder.resolve(file);
    throw new DataException(
        name
            + ": "
            + plain
            + (RegularFile.isOther(plain)
                ? " is no regular file, and " + file + ".gz is missing"
                : " is missing, and so is " + file + ".gz")
            + "; fix: "
            + fix()
            + ", or set path");
  }

  /** The whole file, uncompressed, with magic number and size checked. */
  private byte[] content(Path file, int magic, int axes) {
    int header = 4 + 4 * axes;
    try (InputStream in = uncompressed(file)) {
      byte[] head = in.readNBytes(header);
      int values = requireHeader(file, head, magic, axes, Files.size(file));
      byte[] bytes = Arrays.copyOf(head, header + values);
      int found = in.readNBytes(bytes, header, values);
      if (found < values || in.read() >= 0) {
        throw new DataException(
            name
                + ": "
                + file
                + " holds "
                + (found < values ? "" + (header + found) : "more than " + bytes.length)
                + " bytes; expected: "
                + bytes.length
                + ", from its header; the file is "
                + (found < values ? "cut short" : "corrupt")
                + ", fix: "
                + replace());
      }
      return bytes;
    } catch (AccessDeniedException e) {
      throw new DataException(
          name + ": " + file + " cannot be read: permission denied; fix: let it be read", e);
    } catch (IOException e) {
      throw new DataException(
          name
              + ": "
              + file
              + " cannot be read: "
              + ReadFault.reason(e)
              + "; the file is cut short or corrupt, fix: "
              + replace(),
          e);
    }
  }

  /** By its first bytes: some browsers unpack a file and leave its name. */
  private static InputStream uncompressed(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file));
    try {
      raw.mark(2);
      boolean packed = raw.read() == 0x1F && raw.read() == 0x8B;
      raw.reset();
      return packed ? new GZIPInputStream(raw, 1 << 16) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /**
   * Checks what stands before the values.
   *
   * @param stored the bytes of the file, by which a header that claims too much is known before
   *     room is made for it
   * @return how many values there should be
   */
  private int requireHeader(Path file, byte[] head, int magic, int axes, long stored) {
    if (head.length < 4 + 4 * axes) {
      throw new DataException(
          name
              + ": "
              + file
              + " has "
              + head.length
              + " bytes; expected: at least "
              + (4 + 4 * axes)
              + "; fix: "
              + replace());
    }
    ByteBuffer buffer = ByteBuffer.wrap(head);
    if (buffer.getInt(0) != magic) {
      throw new DataException(
          String.format(
              Locale.ROOT,
              "%s: %s starts with 0x%08x; expected: 0x%08x (uint8 values, %d axes); fix: %s",
              name,
              file,
              buffer.getInt(0),
              magic,
              axes,
              replace()));
    }
    long values = 1;
    StringJoiner sizes = new StringJoiner(" x ");
    for (int axis = 0; axis < axes; axis++) {
      int length = buffer.getInt(4 + 4 * axis);
      if (length < 1) {
        throw new DataException(
            name
                + ": "
                + file
                + ": axis "
                + axis
                + " has the length "
                + length
                + "; the file is corrupt, fix: "
                + replace());
      }
      values = Math.min(values * length, 1L << 32); // more than there can be; the next one fits
      sizes.add(Integer.toString(length));
    }
    if (values > Integer.MAX_VALUE - 64 || values > stored * MOST_BYTES_OF_A_PACKED_ONE) {
      throw new DataException(
          name
              + ": "
              + file
              + " says that it holds "
              + sizes
              + " values, which its "
              + stored
              + " bytes cannot be; the file is corrupt or cut short, fix: "
              + replace());
    }
    return (int) values;
  }

  private String fix() {
    return "kt data download " + name;
  }

  private String replace() {
    return "delete it and " + fix();
  }
}
