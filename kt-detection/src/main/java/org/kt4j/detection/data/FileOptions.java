package org.kt4j.detection.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.DataException;

/** The checks that everything which names a file or a folder goes through. */
final class FileOptions {

  private FileOptions() {}

  static void require(String option, String value, String allowed) {
    if (value.isBlank() || value.indexOf('\0') >= 0) {
      throw new InvalidOptionException(option, "'" + shown(value) + "'", allowed);
    }
  }

  /**
   * The folder of a data set.
   *
   * @param data the data set's name
   * @param path as the user wrote it
   * @param contents what it holds
   * @throws DataException when there is none
   */
  static Path folder(String data, String path, String contents) {
    Path folder = in(data + ": path", Path.of(""), path);
    if (!Files.isDirectory(folder)) {
      throw new DataException(
          data + ": path: " + path + " is not a folder; allowed: a folder with " + contents);
    }
    return folder;
  }

  /**
   * A file in a folder.
   *
   * @param place where its name stands, for messages
   * @param folder that the name goes from
   * @param name of the file
   * @throws DataException when no file can have that name
   */
  static Path in(String place, Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      String why =
          name.indexOf('\0') >= 0
              ? "holds a NUL character, which no file's name has; fix: correct the name"
              : "cannot be a file's name here: "
                  + e.getReason()
                  + "; fix: if it has other letters than ASCII, set LC_ALL=C.UTF-8";
      throw new DataException(place + ": '" + shown(name) + "' " + why, e);
    }
  }

  private static String shown(String name) {
    return name.replace("\0", "\\0");
  }
}
