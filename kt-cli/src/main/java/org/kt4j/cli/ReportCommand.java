package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.comparison.report.ComparisonReport;
import org.kt4j.comparison.report.RunReport;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt report}. */
@Command(
    name = "report",
    sortOptions = false,
    description = {
      "Write a page about a run, a suite, or runs of your choice, from the files in their folders.",
      "",
      "report.html is one self-contained page and report.md holds the same tables. For several runs"
          + " results.csv and runs.csv are written, too."
    })
final class ReportCommand implements Callable<Integer> {

  private final Terminal terminal;

  @Parameters(
      arity = "1..*",
      paramLabel = "FOLDER",
      description = "A run, a suite's folder, or several runs to compare.")
  private @Nullable List<Path> folders;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = {
        "The folder for the pages: by default the run's or suite's own,",
        "or runs/report for several runs."
      })
  private @Nullable Path out;

  @Option(
      names = "--baseline",
      paramLabel = "RUN",
      description = "The run to compare with; by default the first that learns from labels alone.")
  private @Nullable Path baseline;

  @Option(names = "--different-data", description = "Compare runs although their data differ.")
  private boolean differentData;

  ReportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    List<Path> given = Objects.requireNonNull(folders, "picocli sees to it");
    for (Path folder : given) {
      if (!Files.isDirectory(folder)) {
        throw new BadInputException(
            folder
                + (Files.exists(folder) ? ": is no folder" : ": there is no such folder")
                + "; allowed: the folder of a run or of a suite");
      }
    }
    Path first = given.get(0);
    if (given.size() == 1 && (baseline != null || differentData)) {
      throw new BadInputException(
          (baseline != null ? "--baseline" : "--different-data")
              + ": goes with several runs, and "
              + first
              + " is one folder; fix: name the runs to compare, or leave the option out");
    }
    if (out != null) {
      OutputPlace.folder("--out", out);
    }
    if (given.size() > 1) {
      ComparisonReport report = ComparisonReport.ofRuns(given, baseline, differentData);
      show(terminal, report, out != null ? out : RunPlan.RUNS.resolve("report"));
    } else if (ComparisonReport.isSuite(first)) {
      show(terminal, ComparisonReport.ofSuite(first), out != null ? out : first);
    } else {
      RunReport report = RunReport.of(first);
      report.warnings().forEach(terminal::error);
      report.table().rows().forEach(row -> terminal.line(row.get(0) + ": " + row.get(1)));
      terminal.line("");
      terminal.line("page: " + report.write(out != null ? out : first));
    }
    return 0;
  }

  /** Prints a comparison and writes its pages. */
  static void show(Terminal terminal, ComparisonReport report, Path folder) {
    report.warnings().forEach(terminal::error);
    for (int t = 0; t < report.tables().size(); t++) {
      terminal.line("");
      if (!report.headings().get(t).isEmpty()) {
        terminal.line(report.headings().get(t));
      }
      Table table = report.tables().get(t);
      table.aligned().forEach(line -> terminal.line(terminal.plain(line)));
    }
    terminal.line("");
    report.findings().forEach(finding -> terminal.line(terminal.plain(finding)));
    terminal.line("");
    terminal.line("page: " + report.write(folder));
  }
}
