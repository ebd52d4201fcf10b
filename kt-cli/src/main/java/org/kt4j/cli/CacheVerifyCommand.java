package org.kt4j.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.text.NumberFormats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kt cache verify}. */
@Command(
    name = "verify",
    description = {
      "Compare every block of every file with its checksum.",
      "",
      "A run makes the same check and computes damaged or missing blocks again. The exit code is 1"
          + " if a block is damaged."
    })
final class CacheVerifyCommand implements Callable<Integer> {

  private final Terminal terminal;
  @Mixin private CacheFolder folder = new CacheFolder();

  CacheVerifyCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    boolean sound = true;
    for (KnowledgeCache.Entry entry : folder.entries()) {
      KnowledgeFile file = entry.file();
      if (file == null) {
        sound = false;
        terminal.line(CacheFolder.name(entry.path()) + "  unreadable: " + entry.problem());
        continue;
      }
      try {
        int views = file.views();
        int all = views * file.blocksPerView();
        KnowledgeFile.Blocks blocks = file.blocks(views);
        int damaged = blocks.damaged().cardinality();
        int missing = all - blocks.good().cardinality() - damaged;
        sound &= damaged == 0;
        terminal.line(
            CacheFolder.name(entry.path())
                + "  "
                + (damaged + missing == 0
                    ? all == 0 ? "holds no block yet" : "whole, " + blocks(all)
                    : NumberFormats.count(damaged)
                        + " damaged and "
                        + NumberFormats.count(missing)
                        + " missing of "
                        + blocks(all)
                        + "; the next run that needs them computes them"));
      } catch (IOException e) {
        sound = false;
        terminal.line(CacheFolder.name(entry.path()) + "  cannot be read: " + ReadFault.reason(e));
      }
    }
    return sound ? 0 : Failure.FAILED;
  }

  private static String blocks(int count) {
    return NumberFormats.count(count) + (count == 1 ? " block" : " blocks");
  }
}
