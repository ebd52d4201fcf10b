package org.kt4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the binary version of CIFAR: records of one (CIFAR-10) or two (CIFAR-100: coarse, fine)
 * label bytes and 3,072 pixel bytes, all of red, then green, then blue, each 32 rows of 32.
 */
final class CifarFiles {

  private static final ImageShape SHAPE = new ImageShape(32, 32, 3);
  private static final int PLANE = 32 * 32;

  private final String name;
  private final List<String> classes;
  private final int labelBytes;

  /**
   * A reader.
   *
   * @param name the data set's name
   * @param classes the class names; the last label byte of a record is an index into them
   * @param labelBytes label bytes of a record, of which the last counts
   */
  CifarFiles(String name, List<String> classes, int labelBytes) {
    this.name = name;
    this.classes = classes;
    this.labelBytes = labelBytes;
  }

  /** Reads files one after the other; each must hold exactly this number of records. */
  MemoryImages read(Path folder, List<String> files, int recordsPerFile) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          name + ": " + folder + " is not a folder; fix: " + fix() + ", or set path");
    }
    byte[][] images = new byte[files.size() * recordsPerFile][];
    int[] labels = new int[images.length];
    for (int file = 0; file < files.size(); file++) {
      readFile(folder.resolve(files.get(file)), recordsPerFile, file, images, labels);
    }
    return new MemoryImages(name, SHAPE, classes, images, labels);
  }

  private void readFile(Path file, int records, int position, byte[][] images, int[] labels) {
    int recordBytes = labelBytes + 3 * PLANE;
    long expected = (long) records * recordBytes;
    byte[] bytes = bytes(file, expected);
    for (int record = 0; record < records; record++) {
      int at = record * recordBytes;
      int label = bytes[at + labelBytes - 1] & 0xFF;
      if (label >= classes.size()) {
        throw new DataException(
            name
                + ": "
                + file
                + ": record "
                + record
                + " has the label "
                + label
                + "; allowed: 0 to "
                + (classes.size() - 1)
                + "; the file is corrupt, fix: delete it and "
                + fix());
      }
      images[position * records + record] = interleaved(bytes, at + labelBytes);
      labels[position * records + record] = label;
    }
  }

  private byte[] bytes(Path file, long expected) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new DataException(
            name
                + ": "
                + file
                + (Files.exists(file) ? " is not a file" : " is missing")
                + "; expected: a file of "
                + expected
                + " bytes"
                + (isPythonVersion(file) ? "; the folder holds the Python version" : "")
                + "; fix: "
                + fix()
                + ", or set path to the folder of the binary version");
      }
      long found = Files.size(file);
      if (found != expected) {
        throw new DataException(
            name
                + ": "
                + file
                + " has "
                + found
                + " bytes; expected: "
                + expected
                + "; the file is "
                + (found < expected ? "cut short" : "not of the binary version")
                + ", fix: delete it and "
                + fix());
      }
      byte[] bytes = Files.readAllBytes(file);
      if (bytes.length != expected) {
        throw new DataException(
            name
                + ": "
                + file
                + " changed while it was read: "
                + bytes.length
                + " bytes; expected: "
                + expected
                + "; fix: wait for whatever writes it, then try again");
      }
      return bytes;
    } catch (IOException e) {
      throw new DataException(name + ": " + file + " cannot be read: " + ReadFault.reason(e), e);
    }
  }

  /** Its files have the same names without an ending. */
  private static boolean isPythonVersion(Path file) {
    String binary = String.valueOf(file.getFileName());
    String python = binary.substring(0, binary.lastIndexOf('.'));
    return Files.isRegularFile(file.resolveSibling(python));
  }

  /** Planes of red, green, blue to pixels: [3, 32, 32] -> [32, 32, 3]. */
  private static byte[] interleaved(byte[] bytes, int offset) {
    byte[] image = new byte[3 * PLANE];
    for (int pixel = 0; pixel < PLANE; pixel++) {
      image[3 * pixel] = bytes[offset + pixel];
      image[3 * pixel + 1] = bytes[offset + PLANE + pixel];
      image[3 * pixel + 2] = bytes[offset + 2 * PLANE + pixel];
    }
    return image;
  }

  private String fix() {
    return "kt data download " + name;
  }
}
