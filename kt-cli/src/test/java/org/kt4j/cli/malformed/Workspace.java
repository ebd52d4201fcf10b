package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a case, for what it spoils.
 *
 * @param whole whether nothing is spoiled after all, to see that the input is accepted then
 * @param valid whole inputs, which nothing may change
 * @param folder empty before the case; {@code in} holds what the user has, and only {@code out} is
 *     written without being asked
 */
record Workspace(boolean whole, ValidInputs valid, Path folder) {

  Path in() {
    return folder.resolve("in");
  }

  Path out() {
    return folder.resolve("out");
  }

  /** Spoils a file in its place. */
  Change spoil(Path file, Mutation mutation, Dice dice) throws IOException {
    return whole
        ? new Change(file.getFileName() + " is whole", Change.Damage.NONE)
        : mutation.apply(file, dice);
  }

  /** Copies a file or folder of the valid inputs to {@link #in}. */
  Path copy(Path from) throws IOException {
    return copy(from, in().resolve(from.getFileName()));
  }

  /** Copies a file or folder; large files are linked, for no case can afford to copy them. */
  static Path copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : (Iterable<Path>) all::iterator) {
        Path copy = to.resolve(from.relativize(each).toString());
        if (Files.isDirectory(each)) {
          Files.createDirectories(copy);
        } else if (Files.size(each) > 4 << 20) {
          Files.createSymbolicLink(copy, each.toAbsolutePath());
        } else {
          Files.createDirectories(copy.getParent());
          Files.copy(each, copy);
        }
      }
    }
    return to;
  }

  /** The files below a folder, by name. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  Path write(String name, String text) throws IOException {
    Files.createDirectories(in());
    return Files.writeString(in().resolve(name), text);
  }
}
