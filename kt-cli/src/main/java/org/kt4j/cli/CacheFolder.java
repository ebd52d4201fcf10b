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
   * @throws BadInputException when it is a file
   */
  List<KnowledgeCache.Entry> entries() {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new BadInputException(
          "--folder: "
              + path
              + " is a file; allowed: the folder that a configuration names as cache");
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
