package org.kt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Checks where a command is to write to, before it works for an hour. */
final class OutputPlace {

  private OutputPlace() {}

  /**
   * A folder that is there or can be made.
   *
   * @param option what named it, for the message
   * @throws BadInputException otherwise
   */
  static void folder(String option, Path folder) {
    if (exists(option, folder)) {
      if (!Files.isDirectory(folder)) {
        throw new BadInputException(
            option + ": " + folder + " is a file; allowed: a folder, or a name that is not taken");
      }
      writable(option, folder);
    } else {
      within(option, folder);
    }
  }

  /**
   * A folder that holds none of the pictures that are read: what is written into it would replace
   * them.
   */
  static void folderOfOthers(String option, Path folder, Collection<Path> read) {
    for (Path file : read) {
      if (isSame(folder, file.toAbsolutePath().getParent())) {
        throw new BadInputException(
            option
                + ": "
                + folder
                + " is the folder of "
                + file.getFileName()
                + ", which would be replaced; fix: name another folder");
      }
    }
  }

  /** Whether a file that is there lies in a folder or below it. */
  static boolean isIn(Path folder, Path file) {
    try {
      return Files.exists(folder) && file.toRealPath().startsWith(folder.toRealPath());
    } catch (IOException e) {
      return false; // which is told where it is read
    }
  }

  private static boolean isSame(Path one, @Nullable Path other) {
    try {
      return other != null && Files.exists(one) && Files.isSameFile(one, other);
    } catch (IOException e) {
      return false; // which is told where it is written to or read
    }
  }

  /** A file that is there, or can be made in a folder that is there or can be made. */
  static void file(String option, Path file) {
    if (exists(option, file)) {
      if (Files.isDirectory(file)) {
        throw new BadInputException(
            option + ": " + file + " is a folder; allowed: a file, or a name that is not taken");
      }
      writable(option, file);
    } else {
      within(option, file);
    }
  }

  private static void within(String option, Path missing) {
    Path above = missing.toAbsolutePath().getParent();
    while (above != null && !exists(option, above)) {
      above = above.getParent();
    }
    if (above != null) {
      // Of such a path the system says "Not a directory", which some JVMs take for a missing file.
      if (!Files.isDirectory(above)) {
        throw new BadInputException(
            option + ": " + missing + ": leads through a file as if it were a folder");
      }
      writable(option, above);
    }
  }

  private static void writable(String option, Path place) {
    if (!Files.isWritable(place)) {
      throw new BadInputException(
          option + ": there is no permission to write to " + place + "; fix: name another place");
    }
  }

  private static boolean exists(String option, Path path) {
    try {
      Files.readAttributes(path, BasicFileAttributes.class);
      return true;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      String problem =
          FileProblem.of(e)
              .map(FileProblem::sentence)
              .orElse(path + ": cannot be read (" + e + ")");
      throw new BadInputException(option + ": " + problem);
    }
  }
}
