package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ReadFault;
import org.kt4j.data.RegularFile;

/** Pictures that a user names: files, folders of them, and patterns. */
final class PictureArguments {

  static final String DESCRIPTION =
      "JPEG or PNG files, folders of them, or patterns such as 'photos/**.jpg'.";

  private static final String SPECIAL = ".*[*?\\[{].*";

  private PictureArguments() {}

  /**
   * The files, in the order of the arguments, within each by name.
   *
   * @throws BadInputException when there is no such file, it is no regular one, or there is none in
   *     a folder or of a pattern
   */
  static List<Path> files(List<String> given) {
    List<Path> files = new ArrayList<>();
    for (String each : given) {
      try {
        files.addAll(files(each));
      } catch (IOException | UncheckedIOException e) {
        throw new BadInputException(each + ": cannot be listed (" + e + ")");
      }
    }
    return files;
  }

  private static List<Path> files(String given) throws IOException {
    Path path = path(given);
    if (path != null && !given.isEmpty() && Files.exists(path)) {
      if (Files.isDirectory(path)) {
        return inside(path);
      }
      if (RegularFile.isOther(path)) {
        throw new BadInputException(
            path + ": is no regular file; fix: save the picture as a file, and name that");
      }
      return List.of(path);
    }
    if (path != null && Files.isSymbolicLink(path)) {
      throw new BadInputException(
          path + ": is a link to " + Files.readSymbolicLink(path) + ", which is not there");
    }
    if (given.matches(SPECIAL)) {
      return matching(given);
    }
    try {
      throw new BadInputException(Path.of(given) + ": there is no such file");
    } catch (InvalidPathException e) {
      throw new BadInputException(FileProblem.invalid(e));
    }
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

  /**
   * A shell expands patterns too, but not between quotes, and not tens of thousands of files. As
   * there, what folders are really called is no pattern, and two asterisks fit no folder as well.
   */
  private static List<Path> matching(String pattern) throws IOException {
    Path start = Path.of(pattern.startsWith("/") ? "/" : "");
    Deque<String> rest = new ArrayDeque<>(List.of(pattern.replaceFirst("^/+", "").split("/+")));
    while (rest.size() > 1 && isFolder(start, rest.element())) {
      start = start.resolve(rest.remove());
    }
    if (rest.size() > 1 && !rest.element().matches(SPECIAL)) {
      throw new BadInputException(
          pattern + ": there is no folder " + start.resolve(rest.element()));
    }
    String below = String.join("/", rest);
    PathMatcher matcher = matcher(pattern, below);
    PathMatcher without = matcher(pattern, below.replaceAll("(^|/)[*]{2}/", "$1"));
    Path folder = start;
    int depth = below.contains("**") ? Integer.MAX_VALUE : rest.size();
    List<Path> pictures =
        inside(
            folder,
            depth,
            file -> {
              Path inside = folder.relativize(file);
              return matcher.matches(inside) || without.matches(inside);
            });
    if (pictures.isEmpty()) {
      throw new BadInputException(pattern + ": fits no .jpg, .jpeg or .png file");
    }
    return pictures;
  }

  /** Links are followed, for data is often kept elsewhere, but not round in circles. */
  private static List<Path> inside(Path folder, int depth, Predicate<Path> fits)
      throws IOException {
    List<Path> pictures = new ArrayList<>();
    Files.walkFileTree(
        folder,
        Set.of(FileVisitOption.FOLLOW_LINKS),
        depth,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (fits.test(file) && isPicture(file)) {
              pictures.add(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof FileSystemLoopException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
    return pictures.stream().sorted().toList();
  }

  private static boolean isFolder(Path above, String name) {
    Path path = path(name);
    return path != null && Files.isDirectory(above.resolve(path));
  }

  private static PathMatcher matcher(String pattern, String below) {
    try {
      return FileSystems.getDefault().getPathMatcher("glob:" + below);
    } catch (PatternSyntaxException e) {
      throw new BadInputException(pattern + ": is no pattern: " + e.getDescription());
    }
  }

  /** What is told of a file that is passed over. */
  static String unreadable(Path file, IOException e) {
    return file + ": cannot be read (" + ReadFault.reason(e) + "); passed over";
  }

  /**
   * As for an image folder: hidden ones are passed over, such as those that macOS adds. A link to
   * nothing counts, so that it is told.
   */
  private static boolean isPicture(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.matches("[^.].*[.](jpg|jpeg|png)") && !Files.isDirectory(file);
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
