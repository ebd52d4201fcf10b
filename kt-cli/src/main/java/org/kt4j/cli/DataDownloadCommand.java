package org.kt4j.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.OptionsListing;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.Download;
import org.kt4j.data.Downloader;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.text.NumberFormats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt data download}. */
@Command(
    name = "download",
    description = {
      "Download the files of a data set.",
      "",
      "Size and SHA-256 of each file are checked. Files that are complete are not fetched again; an"
          + " interrupted download is continued."
    })
final class DataDownloadCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "NAME", description = "A data set that kt data lists.")
  private @Nullable String name;

  @Option(
      names = "--to",
      paramLabel = "FOLDER",
      description =
          "The folder for the files; by default the one in which the data set looks for them.")
  private @Nullable Path to;

  DataDownloadCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    String wanted = Objects.requireNonNull(name, "picocli sees to it");
    Datasets datasets = installed.datasets();
    if (!datasets.knows(wanted)) {
      throw new BadInputException(datasets.unknown(wanted));
    }
    DatasetProvider<?> provider = datasets.provider(wanted);
    Download download =
        provider
            .download()
            .orElseThrow(
                () -> new BadInputException(wanted + ": has no public home to download from"));
    Path folder = to != null ? to : usualFolder(provider);
    OutputPlace.folder("--to", folder);
    terminal.line(
        wanted
            + ", "
            + NumberFormats.size(download.bytes())
            + " from "
            + download.home()
            + " to "
            + folder);
    try (Received received = new Received(terminal)) {
      new Downloader().fetch(download, folder, received);
    }
    terminal.line("complete, sha256 as expected: " + folder);
    return 0;
  }

  private static Path usualFolder(DatasetProvider<?> provider) {
    return OptionsListing.of(provider.defaults()).stream()
        .filter(line -> line.key().equals("path") && !line.defaultValue().equals("none"))
        .findFirst()
        .map(line -> Path.of(line.defaultValue()))
        .orElseGet(() -> Path.of("data", provider.name()));
  }

  /** A bar for each file; on no terminal a line for each tenth of it. */
  private static final class Received implements Downloader.Progress, AutoCloseable {

    private final Terminal terminal;
    private @Nullable String file;
    private @Nullable ProgressLine line;
    private long tenths;
    private long began;
    private long before;

    Received(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public void at(String name, long done, long total) {
      ProgressLine shown = line;
      if (shown == null || !name.equals(file)) {
        close();
        shown = new ProgressLine(terminal, name, total);
        line = shown;
        file = name;
        tenths = 0;
        began = System.nanoTime();
        before = done;
      }
      double seconds = Math.max(1e-3, (System.nanoTime() - began) / 1e9);
      double perSecond = (done - before) / seconds;
      String left = perSecond > 0 ? NumberFormats.time((total - done) / perSecond) + " left" : "";
      String facts = NumberFormats.size((long) perSecond) + "/s  " + left;
      shown.at(done, facts);
      long now = total == 0 ? 10 : 10 * done / total;
      if (!terminal.interactive() && now > tenths) {
        tenths = now;
        terminal.line(name + "  " + 10 * now + " %  " + facts);
      }
    }

    @Override
    public void close() {
      if (line != null) {
        line.close();
        line = null;
      }
    }
  }
}
