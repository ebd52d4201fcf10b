package org.kt4j.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.comparison.suite.PlannedRun;
import org.kt4j.comparison.suite.SuitePlan;
import org.kt4j.comparison.suite.SuiteRunner;
import org.kt4j.engine.json.Json;

/** A suite in parts, each of which is done somewhere by a process of its own. */
final class SuiteParts {

  private final Terminal terminal;
  private final SuiteRunner runner;
  private final SuitePlan plan;

  SuiteParts(Terminal terminal, SuiteRunner runner, SuitePlan plan) {
    this.terminal = terminal;
    this.runner = runner;
    this.plan = plan;
  }

  /**
   * Prints a line of JSON for each run: its name and folder, the suite's folder, whether it is
   * complete, and, if it is not, the run for which what it needs is trained first.
   */
  void list() {
    Map<PlannedRun, PlannedRun> first = new HashMap<>();
    for (List<PlannedRun> alike : runner.open(plan)) {
      alike.forEach(run -> first.put(run, alike.get(0)));
    }
    for (PlannedRun run : plan.inOrder()) {
      PlannedRun of = first.get(run);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("run", run.toString());
      line.put("folder", run.folder().toString());
      line.put("suite", plan.folder().toString());
      line.put("complete", of == null);
      if (of != null) {
        line.put("first-for", of.folder().toString());
      }
      terminal.line(Json.line(line));
    }
  }

  /** Trains one run. */
  void train(Path folder) throws Exception {
    PlannedRun run = run("--only", folder);
    during(console -> runner.train(plan, run, console));
  }

  /** Trains what a run needs first. */
  void prepare(Path folder) throws Exception {
    PlannedRun run = run("--first-for", folder);
    during(console -> runner.prepare(plan, run, console));
  }

  @FunctionalInterface
  private interface Work {
    void with(SuiteConsole console) throws InterruptedException;
  }

  private void during(Work work) throws Exception {
    SuiteConsole console = new SuiteConsole(terminal, 1);
    OnExit.during(
        () -> {
          try {
            work.with(console);
          } finally {
            console.closeBar();
          }
          return 0;
        },
        () -> terminal.end(console.interrupted()));
  }

  private PlannedRun run(String option, Path folder) {
    return plan.inOrder().stream()
        .filter(run -> run.folder().equals(folder))
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    option
                        + ": "
                        + folder
                        + " is the folder of no run of "
                        + plan.source()
                        + "; fix: kt compare --list names them; a changed configuration has another"
                        + " folder"));
  }
}
