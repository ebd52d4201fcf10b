package org.kt4j.engine.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.MessageDigestAlgorithms;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.model.ModelException;

/**
 * The SHA-256 of each file of an export, in the form that {@code sha256sum --check} reads. A weight
 * or a class name that has changed would otherwise give wrong answers in silence.
 */
public final class Checksums {

  /** The name of the file. */
  static final String FILE = "SHA256SUMS";

  private static final String BETWEEN = "  ";

  private Checksums() {}

  /** Writes those of all files in a folder. */
  static void write(Path folder) throws IOException {
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        lines.append(of(file)).append(BETWEEN).append(file.getFileName()).append('\n');
      }
    }
    Files.writeString(folder.resolve(FILE), lines);
  }

  /**
   * Checks the files of an export; does nothing where there are no checksums, as in exports of
   * older versions.
   *
   * @throws ModelException when a file is missing or is not what was exported
   */
  public static void require(Path folder) {
    Path sums = folder.resolve(FILE);
    if (!Files.exists(sums)) {
      return;
    }
    try {
      for (String line : Files.readAllLines(sums, StandardCharsets.UTF_8)) {
        int at = line.indexOf(BETWEEN);
        if (at < 0) {
          throw new ModelException(
              sums, "'" + line + "' is no checksum; fix: copy the whole folder of the export");
        }
        Path file = folder.resolve(line.substring(at + BETWEEN.length()));
        if (!of(file).equals(line.substring(0, at))) {
          throw new ModelException(
              file,
              "is not what was exported, by its checksum in "
                  + FILE
                  + "; fix: copy or export it again, or, if it was changed on purpose, remove "
                  + FILE);
        }
      }
    } catch (IOException e) {
      throw new ModelException(
          folder,
          "cannot be checked ("
              + e.getMessage()
              + ": "
              + ReadFault.reason(e)
              + "); fix: copy the whole folder of the export",
          e);
    }
  }

  private static String of(Path file) throws IOException {
    return new DigestUtils(MessageDigestAlgorithms.SHA_256).digestAsHex(file);
  }
}
