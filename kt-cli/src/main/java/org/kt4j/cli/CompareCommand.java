package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.comparison.report.ComparisonReport;
import org.kt4j.comparison.suite.RunLauncher;
import org.kt4j.comparison.suite.SuiteLock;
import org.kt4j.comparison.suite.SuiteOutcome;
import org.kt4j.comparison.suite.SuitePlan;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.text.NumberFormats;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt compare}. */
@Command(
    name = "compare",
    sortOptions = false,
    description = {
      "Train every method of a suite with every seed, and report the gain of each method over the"
          + " student alone with its confidence interval.",
      "",
      "A suite that was interrupted goes on when the same command is started again. What is complete"
          + " is not trained again unless its configuration changed. A run that fails is reported,"
          + " and the others go on."
    })
final class CompareCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "SUITE", description = "The suite, a YAML file.")
  private @Nullable Path file;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description =
          "The number of runs at a time, each in its own process with its share of the cores; 1 by"
              + " default.")
  private int jobs = 1;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "The folder for all runs; ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  @ArgGroup private @Nullable Part part;

  /** For who trains the runs elsewhere, such as kt-spark. */
  private static final class Part {
    @Option(
        names = "--list",
        description =
            "Check the suite, print its runs as lines of JSON, and train none: for programs that"
                + " start each run somewhere.")
    private boolean list;

    @Option(
        names = "--only",
        paramLabel = "RUN",
        description = "Train this run alone, a folder that --list names, and write no report.")
    private @Nullable Path only;

    @Option(
        names = "--first-for",
        paramLabel = "RUN",
        description =
            "Only train what this run needs first, such as its teacher, and fill the caches of all"
                + " runs that need the same.")
    private @Nullable Path firstFor;
  }

  CompareCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() throws Exception {
    Path suite = Objects.requireNonNull(file, "picocli sees to it");
    int cores = Runtime.getRuntime().availableProcessors();
    if (jobs < 1 || jobs > cores) {
      throw new BadInputException(
          "--jobs: " + jobs + "; allowed: 1 to " + cores + ", the cores of this machine");
    }
    OutputPlace.folder("--runs", runs);
    if (Files.isDirectory(suite)) {
      throw new BadInputException(
          suite + ": is a folder; allowed: a suite file. For a report of runs: kt report " + suite);
    }
    SuitePlan plan = installed.suites().read(suite, experiment.overrides(), runs);
    if (part != null) {
      return inPart(new SuiteParts(terminal, installed.suiteRunner(), plan), part);
    }
    terminal.line("suite      " + plan.source() + " in " + plan.folder());
    SuiteConsole console = new SuiteConsole(terminal, jobs);
    SuiteLock lock = SuiteLock.of(plan, holder -> waits(plan, holder));
    try (ProcessLauncher processes = new ProcessLauncher(plan, installed.reader(), jobs)) {
      RunLauncher launcher =
          jobs == 1 ? installed.suiteRunner().inThisProcess(plan, console) : processes;
      return OnExit.during(
          () -> run(plan, launcher, processes, console),
          () -> {
            processes.stop();
            terminal.end(console.interrupted());
          });
    } finally {
      lock.close();
    }
  }

  private int inPart(SuiteParts parts, Part chosen) throws Exception {
    if (jobs != 1) {
      throw new BadInputException(
          "--jobs: goes with a whole suite; fix: leave it out, or --list, --only and --first-for");
    }
    if (chosen.list) {
      parts.list();
    } else if (chosen.only != null) {
      parts.train(chosen.only);
    } else {
      parts.prepare(Objects.requireNonNull(chosen.firstFor, "picocli sees to it"));
    }
    return 0;
  }

  private void waits(SuitePlan plan, String holder) {
    terminal.line(plan.folder() + ": " + holder + " runs this suite; waiting for it");
  }

  private int run(
      SuitePlan plan, RunLauncher launcher, ProcessLauncher processes, SuiteConsole console)
      throws InterruptedException {
    SuiteOutcome outcome;
    try {
      outcome = installed.suiteRunner().run(plan, launcher, jobs, console);
    } finally {
      console.closeBar();
    }
    processes.clear();
    if (outcome.trained() > 0) {
      terminal.line(
          String.format(
              Locale.ROOT,
              "%d runs in %s, %.1f %% of it outside the runs",
              outcome.trained(),
              NumberFormats.time(outcome.seconds()),
              100 * (1 - outcome.secondsOfRuns() / outcome.seconds())));
    }
    ReportCommand.show(terminal, ComparisonReport.ofSuite(plan.folder()), plan.folder());
    return outcome.failures().isEmpty() ? 0 : Failure.FAILED;
  }
}
