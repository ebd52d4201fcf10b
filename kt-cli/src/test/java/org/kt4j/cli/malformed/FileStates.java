package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files below some folders at a time: what they hold, or when they were written. */
final class FileStates {

  /** Says when a command was started on a run, whatever becomes of it. */
  private static final String STARTED = "environment.json";

  private final SortedMap<Path, String> states;

  private FileStates(SortedMap<Path, String> states) {
    this.states = states;
  }

  /**
   * The present ones.
   *
   * @param contents whether files are read; otherwise their size and time count
   */
  static FileStates of(Path folder, boolean contents) throws IOException {
    SortedMap<Path, String> states = new TreeMap<>();
    if (Files.exists(folder)) {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<Path>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              states.put(file, state(file, attributes, contents));
              return FileVisitResult.CONTINUE;
            }
          });
    }
    return new FileStates(states);
  }

  private static String state(Path file, BasicFileAttributes attributes, boolean contents)
      throws IOException {
    if (attributes.isSymbolicLink()) {
      return "link to " + Files.readSymbolicLink(file);
    }
    if (contents && Files.isReadable(file)) {
      return "content " + Arrays.hashCode(Files.readAllBytes(file));
    }
    return attributes.size()
        + " bytes of "
        + Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
  }

  /** What became of these files, except of those that may be written; new files are no change. */
  List<String> changedIn(FileStates later, List<Path> written) {
    List<String> changed = new ArrayList<>();
    states.forEach(
        (file, state) -> {
          String now = later.states.get(file);
          if (!state.equals(now)
              && !file.endsWith(STARTED)
              && written.stream().noneMatch(file::startsWith)) {
            changed.add(file + (now == null ? " was deleted" : " was changed"));
          }
        });
    return changed.size() < 2
        ? changed
        : List.of(changed.get(0) + ", and " + (changed.size() - 1) + " other files");
  }
}
