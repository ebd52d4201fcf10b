package org.kt4j.data;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.kt4j.api.InvalidOptionException;

/**
 * Names of files and folders as configurations, annotations and folders give them: each becomes a
 * path in one of these ways, so that a name that is none is told in the same words everywhere.
 */
public final class FileNames {

  /** What the JVM puts in the place of bytes that it cannot decode. */
  private static final char UNDECODED = '\uFFFD';

  private FileNames() {}

  /**
   * Checks an option that names a file or a folder.
   *
   * @param option the record component's name
   * @param value its value
   * @param allowed such as {@code "a folder"}
   * @throws InvalidOptionException when the value is blank, or no path can be made of it
   */
  public static void requireOption(String option, String value, String allowed) {
    Optional<String> fault = value.isBlank() ? Optional.of("") : pathFault(value, encoding());
    fault.ifPresent(
        why -> {
          throw new InvalidOptionException(
              option, quoted(value), allowed + (why.isEmpty() ? "" : "; it " + why));
        });
  }

  /**
   * A file that another file names.
   *
   * @param folder that the name starts from
   * @param name as it is written there
   * @param where the file, with the place in it, for the message
   * @throws DataException when no path can be made of the name
   */
  public static Path resolved(Path folder, String name, String where) {
    pathFault(name, encoding())
        .ifPresent(
            why -> {
              throw new DataException(where + ": " + quoted(name) + " " + why);
            });
    return folder.resolve(name);
  }

  /**
   * The last part of a path that was found on the disk.
   *
   * @param data the data set's name, for the message
   * @param found as the file system gave it
   * @throws DataException when the JVM could not decode it: two such names can be the same text
   */
  public static String decoded(String data, Path found) {
    String name = String.valueOf(found.getFileName());
    if (name.indexOf(UNDECODED) >= 0) {
      throw new DataException(data + ": " + found + " " + undecoded(encoding()));
    }
    return name;
  }

  /** Why no path can be made of a text, as what the text does; empty when one can. */
  static Optional<String> pathFault(String text, Charset encoding) {
    if (text.indexOf('\0') >= 0) {
      return Optional.of("holds a NUL character, which no file's name has; fix: correct the name");
    }
    boolean undecoded = text.indexOf(UNDECODED) >= 0 && !encoding.equals(StandardCharsets.UTF_8);
    if (undecoded || !encoding.newEncoder().canEncode(text)) {
      return Optional.of(undecoded(encoding));
    }
    try {
      Path unused = Path.of(text);
      return Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.of(
          "cannot be a file's name here: " + e.getReason() + "; fix: correct the name");
    }
  }

  /** What is wrong with a name that Java's encoding of file names does not have. */
  static String undecoded(Charset encoding) {
    return encoding.equals(StandardCharsets.UTF_8)
        ? "has bytes in its name that are not UTF-8; fix: rename it"
        : "has letters that the encoding of this process, "
            + encoding
            + ", does not have; fix: set LC_ALL=C.UTF-8 before Java starts";
  }

  /** Java's encoding of file names. */
  static Charset encoding() {
    String name = System.getProperty("sun.jnu.encoding", "UTF-8");
    return Charset.isSupported(name) ? Charset.forName(name) : StandardCharsets.UTF_8;
  }

  private static String quoted(String text) {
    return "'" + text.replace("\0", "\\0") + "'";
  }
}
