package org.kt4j.data;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files that can be read to their end. A pipe keeps its reader waiting for a writer, perhaps for
 * ever, and a device may have no end.
 */
public final class RegularFile {

  private RegularFile() {}

  /**
   * Requires that a path, if there is something, leads to a file with content of its own.
   *
   * @return the path
   * @throws FileSystemException when it is a folder, a pipe, a socket or a device
   */
  public static Path require(Path path) throws IOException {
    if (isOther(path)) {
      throw new FileSystemException(
          path.toString(),
          null,
          Files.isDirectory(path)
              ? "it is a folder; allowed: a file"
              : "it is no regular file but a pipe, a socket or a device");
    }
    return path;
  }

  /** Whether something is there and is no file with content of its own. */
  public static boolean isOther(Path path) {
    return Files.exists(path) && !Files.isRegularFile(path);
  }
}
