package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.benchmarks.output.Figures;
import org.kt4j.benchmarks.output.Table;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code kt cache}. */
@Command(
    name = "cache",
    synopsisSubcommandLabel = "COMMAND",
    description = "Look after the teachers' knowledge that runs with cache: have stored.")
final class CacheCommand implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** With its own commands. */
  static CommandLine line(Terminal terminal) {
    return new CommandLine(new CacheCommand())
        .addSubcommand(new Listing(terminal))
        .addSubcommand(new Verification(terminal))
        .addSubcommand(new Clearing(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Which cache. */
  static final class Folder {

    @Option(
        names = "--folder",
        paramLabel = "FOLDER",
        description = "Of the cache: ${DEFAULT-VALUE} by default.")
    private Path path = KnowledgeCache.FOLDER;

    KnowledgeCache cache() {
      return new KnowledgeCache(path);
    }

    List<KnowledgeCache.Entry> entries() {
      return cache().entries();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static String blocks(int count) {
    return Figures.count(count) + (count == 1 ? " block" : " blocks");
  }

  /** {@code kt cache list}. */
  @Command(name = "list", description = "List the files, what each holds, and what they take.")
  private static final class Listing implements Callable<Integer> {

    private static final DateTimeFormatter MINUTES =
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

    private final Terminal terminal;
    @Mixin private Folder folder = new Folder();

    Listing(Terminal terminal) {
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
        terminal.line(name(entry.path()));
        terminal.line("  " + holds(entry));
      }
      terminal.line(
          (entries.isEmpty() ? "" : "\n")
              + entries.size()
              + (entries.size() == 1 ? " file, " : " files, ")
              + Figures.size(bytes)
              + " in "
              + folder.path);
      return 0;
    }

    private static List<String> row(KnowledgeCache.Entry entry) throws IOException {
      KnowledgeFile file = entry.file();
      String used =
          MINUTES.format(
              LocalDateTime.ofInstant(
                  Files.getLastModifiedTime(entry.path()).toInstant(), ZoneId.systemDefault()));
      return List.of(
          name(entry.path()),
          file == null ? "?" : Figures.count(file.description().pictures()),
          file == null ? "?" : Integer.toString(file.views()),
          file == null ? "?" : file.precision().toString().toLowerCase(java.util.Locale.ROOT),
          Figures.size(Files.size(entry.path())),
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
          + Figures.count(file.layout().valuesPerPicture())
          + " numbers a picture";
    }
  }

  /** {@code kt cache verify}. */
  @Command(
      name = "verify",
      description = {
        "Compare every block with its checksum.",
        "",
        "A run does so by itself and computes anew what is damaged or missing. Exit code 1 when"
            + " something is damaged."
      })
  private static final class Verification implements Callable<Integer> {

    private final Terminal terminal;
    @Mixin private Folder folder = new Folder();

    Verification(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() {
      boolean sound = true;
      for (KnowledgeCache.Entry entry : folder.entries()) {
        KnowledgeFile file = entry.file();
        if (file == null) {
          sound = false;
          terminal.line(name(entry.path()) + "  unreadable: " + entry.problem());
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
              name(entry.path())
                  + "  "
                  + (damaged + missing == 0
                      ? "whole, " + blocks(all)
                      : Figures.count(damaged)
                          + " damaged and "
                          + Figures.count(missing)
                          + " missing of "
                          + blocks(all)
                          + "; the next run that needs them computes them"));
        } catch (IOException e) {
          sound = false;
          terminal.line(name(entry.path()) + "  cannot be read: " + e);
        }
      }
      return sound ? 0 : Failure.FAILED;
    }
  }

  /** {@code kt cache clear}. */
  @Command(name = "clear", description = "Remove files.")
  private static final class Clearing implements Callable<Integer> {

    private final Terminal terminal;
    @Mixin private Folder folder = new Folder();

    @Parameters(
        arity = "0..*",
        paramLabel = "FILE",
        description = "As kt cache list calls them, or the beginning of such a name.")
    private @Nullable List<String> names;

    @Option(names = "--all", description = "Every file.")
    private boolean all;

    Clearing(Terminal terminal) {
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
        if (entries.stream().noneMatch(entry -> name(entry.path()).startsWith(each))) {
          throw new BadInputException(
              each
                  + ": no file of "
                  + folder.path
                  + " has such a name; there are: "
                  + (entries.isEmpty()
                      ? "none"
                      : entries.stream()
                          .map(entry -> name(entry.path()))
                          .collect(Collectors.joining(", "))));
        }
      }
      boolean done = true;
      for (KnowledgeCache.Entry entry : entries) {
        String file = name(entry.path());
        if (all || wanted.stream().anyMatch(file::startsWith)) {
          boolean removed = folder.cache().remove(entry.path());
          done &= removed;
          terminal.line(removed ? "removed " + file : "kept " + file + ", a run fills it");
        }
      }
      return done ? 0 : Failure.FAILED;
    }
  }
}
