package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kt4j.engine.cache.KnowledgeCache;
import picocli.CommandLine.Option;

/** Which cache. */
final class CacheFolder {

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "The folder of the cache; ${DEFAULT-VALUE} by default.")
  private Path path = KnowledgeCache.FOLDER;

  KnowledgeCache cache() {
    return new KnowledgeCache(path);
  }

  /**
   * The files in it; none where nothing was ever cached.
   *
   * @throws BadInputException when it is no folder, or there is none where the user says
   */
  List<KnowledgeCache.Entry> entries() {
    boolean there = Files.exists(path);
    if (there ? !Files.isDirectory(path) : !path.equals(KnowledgeCache.FOLDER)) {
      throw new BadInputException(
          "--folder: "
              + path
              + (there ? " is no folder" : ": there is no such folder")
              + "; allowed: the folder that a configuration names as cache");
    }
    return cache().entries();
  }

  Path path() {
    return path;
  }

  /** What the commands call a file. */
  static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
