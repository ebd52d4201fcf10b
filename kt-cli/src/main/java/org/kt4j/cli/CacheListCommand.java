package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code kt cache list}. */
@Command(name = "list", description = "List the files, what each holds, and what they take.")
final class CacheListCommand implements Callable<Integer> {

  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  private final Terminal terminal;
  @Mixin private CacheFolder folder = new CacheFolder();

  CacheListCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<KnowledgeCache.Entry> entries = folder.entries();
    List<List<String>> rows = new ArrayList<>();
    long bytes = 0;
    try {
      for (KnowledgeCache.Entry entry : entries) {
        bytes += Files.size(entry.path());
        rows.add(row(entry));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the cache cannot be read", e);
    }
    List<String> header = List.of("file", "pictures", "views", "precision", "size", "last used");
    new Table(header, rows).aligned().forEach(terminal::line);
    terminal.line("");
    for (KnowledgeCache.Entry entry : entries) {
      terminal.line(CacheFolder.name(entry.path()));
      terminal.line("  " + holds(entry));
    }
    terminal.line(
        (entries.isEmpty() ? "" : "\n")
            + entries.size()
            + (entries.size() == 1 ? " file, " : " files, ")
            + NumberFormats.size(bytes)
            + " in "
            + folder.path());
    return 0;
  }

  private static List<String> row(KnowledgeCache.Entry entry) throws IOException {
    KnowledgeFile file = entry.file();
    String used =
        MINUTES.format(
            LocalDateTime.ofInstant(
                Files.getLastModifiedTime(entry.path()).toInstant(), ZoneId.systemDefault()));
    return List.of(
        CacheFolder.name(entry.path()),
        file == null ? "?" : NumberFormats.count(file.description().pictures()),
        file == null ? "?" : Integer.toString(file.views()),
        file == null ? "?" : file.precision().toString().toLowerCase(Locale.ROOT),
        NumberFormats.size(Files.size(entry.path())),
        used);
  }

  private static String holds(KnowledgeCache.Entry entry) {
    KnowledgeFile file = entry.file();
    if (file == null) {
      return "unreadable: " + entry.problem();
    }
    KnowledgeFile.Description holds = file.description();
    return holds.term()
        + " of "
        + holds.teacher()
        + "; "
        + holds.data()
        + ", "
        + holds.augmentation()
        + "; "
        + NumberFormats.count(file.layout().valuesPerPicture())
        + " numbers a picture";
  }
}
