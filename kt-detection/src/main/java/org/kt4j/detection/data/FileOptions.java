package org.kt4j.detection.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.kt4j.data.DataException;
import org.kt4j.data.FileNames;

/** The checks that everything which names a file or a folder goes through. */
final class FileOptions {

  private FileOptions() {}

  static void require(String option, String value, String allowed) {
    FileNames.requireOption(option, value, allowed);
  }

  /** Whether a text can stand in a list of one name a line, such as a list of classes. */
  static boolean isLine(String text) {
    return !text.isBlank() && text.chars().noneMatch(Character::isISOControl);
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
    return FileNames.resolved(folder, name, place);
  }
}
