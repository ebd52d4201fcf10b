package org.kt4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.kt4j.data.DatasetProvider;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
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
    terminal.line("what has a public home:");
    terminal.line("");
    List<List<String>> rows = new ArrayList<>();
    for (DatasetProvider<?> each : datasets.all()) {
      each.download()
          .ifPresent(
              download ->
                  rows.add(
                      List.of(
                          "kt data download " + each.name(),
                          NumberFormats.size(download.bytes()),
                          download.home().toString())));
    }
    new Table(List.of("command", "size", "home"), rows).aligned().forEach(terminal::line);
    return 0;
  }
}
