package org.kt4j.cli;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.cache.KnowledgeCache;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt cache clear}. */
@Command(name = "clear", description = "Remove files from the cache.")
final class CacheClearCommand implements Callable<Integer> {

  private final Terminal terminal;
  @Mixin private CacheFolder folder = new CacheFolder();

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "A name that kt cache list shows, or the beginning of one.")
  private @Nullable List<String> names;

  @Option(names = "--all", description = "Remove every file.")
  private boolean all;

  CacheClearCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<String> wanted = names == null ? List.of() : names;
    if (all != wanted.isEmpty()) {
      throw new BadInputException("name the files to be removed, or --all for every file");
    }
    List<KnowledgeCache.Entry> entries = folder.entries();
    for (String each : wanted) {
      if (entries.stream().noneMatch(entry -> CacheFolder.name(entry.path()).startsWith(each))) {
        throw new BadInputException(
            each
                + ": no file of "
                + folder.path()
                + " has such a name; there are: "
                + (entries.isEmpty()
                    ? "none"
                    : entries.stream()
                        .map(entry -> CacheFolder.name(entry.path()))
                        .collect(Collectors.joining(", "))));
      }
    }
    if (all) {
      folder.cache().removeUnfinished();
    }
    boolean done = true;
    for (KnowledgeCache.Entry entry : entries) {
      String file = CacheFolder.name(entry.path());
      if (all || wanted.stream().anyMatch(file::startsWith)) {
        boolean removed = folder.cache().remove(entry.path());
        done &= removed;
        terminal.line(removed ? "removed " + file : "kept " + file + ", a run fills it");
      }
    }
    return done ? 0 : Failure.FAILED;
  }
}
