package org.kt4j.comparison.output;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.kt4j.data.file.AtomicFiles;

/** Files that are there whole or not at all: written beside their place, then renamed. */
public final class WholeFile {

  private static final int ATTEMPTS = 5;

  private WholeFile() {}

  /** Writes UTF-8, and makes the folder when it is not there. */
  public static Path write(Path file, String text) {
    return write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes a file, and makes its folder when it is not there. */
  public static Path write(Path file, byte[] bytes) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      written(file, bytes, ATTEMPTS);
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written", e);
    }
  }

  /** Another process that writes the same report may have renamed what this one has written. */
  private static void written(Path file, byte[] bytes, int attempts) throws IOException {
    try {
      AtomicFiles.write(file, bytes);
    } catch (NoSuchFileException e) {
      if (attempts == 1) {
        throw e;
      }
      written(file, bytes, attempts - 1);
    }
  }
}
