package org.kt4j.benchmarks.figures;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Where figures are written to: each beside its place, then renamed, so that none is ever half. */
record FigureFolder(Path path) {

  /** Makes the folder when it is not there. */
  static FigureFolder open(Path path) {
    try {
      return new FigureFolder(Files.createDirectories(path));
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": the folder cannot be made", e);
    }
  }

  void write(String name, String text) {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  void write(String name, byte[] bytes) {
    Path file = path.resolve(name);
    Path beside = path.resolve(name + ".writing");
    try {
      Files.write(beside, bytes);
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file + ": cannot be written", e);
    }
  }
}
