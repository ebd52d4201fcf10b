package org.kt4j.cli;

import java.util.concurrent.Callable;
import org.kt4j.engine.data.DatasetProvider;
import org.kt4j.engine.registry.Datasets;
import picocli.CommandLine.Command;

/** {@code kt data}. */
@Command(
    name = "data",
    synopsisSubcommandLabel = "[COMMAND]",
    description = "List the data sets that configurations can name.")
final class DataCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  DataCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Datasets datasets = installed.datasets();
    NameList.lines(datasets.all()).forEach(terminal::line);
    terminal.line("");
    terminal.line("counts, classes and options of one:  kt data inspect NAME");
    terminal.line("what can be downloaded:");
    for (DatasetProvider<?> each : datasets.all()) {
      each.download()
          .ifPresent(
              download ->
                  terminal.line(
                      "  kt data download "
                          + each.name()
                          + "   "
                          + Figures.size(download.bytes())
                          + " from "
                          + download.home()));
    }
    return 0;
  }
}
