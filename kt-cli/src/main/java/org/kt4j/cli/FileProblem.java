package org.kt4j.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a file system refused, as a sentence. Java's own exceptions often say no more than the name
 * of the file, and the reason in the words of the C library.
 *
 * @param sentence the path, and what is wrong with it
 * @param ofInput whether the user named something wrong; otherwise the system is to blame, such as
 *     a full disk
 */
record FileProblem(String sentence, boolean ofInput) {

  /** What the C library says, what that means, and whether the path is to blame. */
  private record Reason(String said, String meaning, boolean ofInput) {}

  private static final String NO_PERMISSION =
      "there is no permission to read or write it; fix: its owner can give it, or name another";

  private static final List<Reason> REASONS =
      List.of(
          new Reason("Permission denied", NO_PERMISSION, true),
          new Reason("Operation not permitted", NO_PERMISSION, true),
          new Reason("No such file or directory", "there is no such file or folder", true),
          new Reason("Is a directory", "is a folder; allowed: a file", true),
          new Reason(
              "no regular file", "is no regular file but a pipe, a socket or a device", true),
          new Reason("it is a folder", "is a folder; allowed: a file", true),
          new Reason("Not a directory", "leads through a file as if it were a folder", true),
          new Reason("File name too long", "is too long a name for this file system", true),
          new Reason("Too many levels of symbolic links", "is a link that leads to itself", true),
          new Reason("File exists", "is there already", true),
          new Reason("Read-only file system", "its file system can only be read", true),
          new Reason("No space left on device", "the disk is full; fix: free space on it", false),
          new Reason("Disk quota exceeded", "the quota of the disk is used up", false),
          new Reason("File too large", "is larger than its file system allows", false),
          new Reason(
              "Too many open files",
              "too many files are open; fix: raise the limit with ulimit -n",
              false),
          new Reason("Input/output error", "the disk failed to read or write it", false),
          new Reason("Stale file handle", "was replaced on its server meanwhile", false));

  /** How {@code java.io} puts it. */
  private static final Pattern IN_BRACKETS = Pattern.compile("(.+) \\(([^()]+)\\)");

  /** Of an exception of {@code java.nio.file} or {@code java.io}; of others nothing. */
  static Optional<FileProblem> of(Throwable e) {
    if (e instanceof InvalidPathException invalid) {
      return Optional.of(new FileProblem(invalid(invalid), true));
    }
    if (e instanceof FileSystemException io) {
      return Optional.of(of(io));
    }
    if (e instanceof IOException) {
      String message = String.valueOf(e.getMessage());
      Matcher named = IN_BRACKETS.matcher(message);
      if (e instanceof FileNotFoundException && named.matches()) {
        return Optional.of(problem(named.group(1), named.group(2)));
      }
      return REASONS.stream()
          .filter(reason -> message.contains(reason.said()))
          .findFirst()
          .map(reason -> new FileProblem(reason.meaning(), reason.ofInput()));
    }
    return Optional.empty();
  }

  /** Why a text is no path here. */
  static String invalid(InvalidPathException e) {
    String input = e.getInput();
    if (input.indexOf('\0') >= 0) {
      return "'"
          + input.replace("\0", "\\0")
          + "' is no path: it holds the character NUL, which no name of a file can";
    }
    return "'"
        + input
        + "' is no path under this locale, whose letters are those of "
        + System.getProperty("sun.jnu.encoding")
        + "; fix: set LC_ALL=C.UTF-8 in the environment";
  }

  private static FileProblem of(FileSystemException e) {
    String file = e.getFile();
    if (e instanceof AccessDeniedException) {
      return problem(file, "Permission denied");
    }
    if (e instanceof NoSuchFileException) {
      return problem(file, "No such file or directory");
    }
    if (e instanceof FileAlreadyExistsException) {
      return new FileProblem(
          file + ": is there already, and not as what is needed; fix: name another", true);
    }
    if (e instanceof NotDirectoryException) {
      return new FileProblem(file + ": is a file; allowed: a folder", true);
    }
    if (e instanceof DirectoryNotEmptyException) {
      return new FileProblem(file + ": is a folder that is not empty", true);
    }
    return problem(file, String.valueOf(e.getReason()));
  }

  private static FileProblem problem(@Nullable String file, String said) {
    String path = file == null ? "" : file + ": ";
    return REASONS.stream()
        .filter(reason -> said.contains(reason.said()))
        .findFirst()
        .map(reason -> new FileProblem(path + reason.meaning(), reason.ofInput()))
        .orElseGet(() -> new FileProblem(path + said, false));
  }
}
