package org.kt4j.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pictures that a user names: files, folders of them, and patterns. */
final class PictureArguments {

  static final String DESCRIPTION =
      "JPEG or PNG files, folders of them, or patterns such as 'photos/**.jpg'.";

  private static final String SPECIAL = ".*[*?\\[{].*";

  private PictureArguments() {}

  /**
   * The files, in the order of the arguments, within each by name.
   *
   * @throws BadInputException when there is no such file, or none in a folder or of a pattern
   */
  static List<Path> files(List<String> given) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String each : given) {
      Path path = path(each);
      if (path != null && Files.isDirectory(path)) {
        files.addAll(inside(path));
      } else if (path != null && Files.exists(path)) {
        files.add(path);
      } else if (each.matches(SPECIAL)) {
        files.addAll(matching(each));
      } else {
        throw new BadInputException(each + ": there is no such file");
      }
    }
    return files;
  }

  private static List<Path> inside(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> pictures = all.filter(PictureArguments::isPicture).sorted().toList();
      if (pictures.isEmpty()) {
        throw new BadInputException(folder + ": holds no .jpg, .jpeg or .png file");
      }
      return pictures;
    }
  }

  /** A shell expands patterns too, but not between quotes, and not tens of thousands of files. */
  private static List<Path> matching(String pattern) throws IOException {
    PathMatcher matcher;
    try {
      matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      throw new BadInputException(pattern + ": is no pattern: " + e.getDescription());
    }
    Path start = Path.of("");
    for (String part : pattern.split("/", -1)) {
      if (part.matches(SPECIAL)) {
        break;
      }
      start = start.resolve(part.isEmpty() ? "/" : part);
    }
    if (!Files.isDirectory(start)) {
      throw new BadInputException(pattern + ": there is no folder " + start);
    }
    try (Stream<Path> all = Files.walk(start)) {
      List<Path> pictures =
          all.filter(matcher::matches).filter(PictureArguments::isPicture).sorted().toList();
      if (pictures.isEmpty()) {
        throw new BadInputException(pattern + ": fits no .jpg, .jpeg or .png file");
      }
      return pictures;
    }
  }

  private static boolean isPicture(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).matches(".*[.](jpg|jpeg|png)");
  }

  /** Null where the text is no path on this system. */
  private static @Nullable Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
