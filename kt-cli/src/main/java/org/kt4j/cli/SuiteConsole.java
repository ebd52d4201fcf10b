package org.kt4j.cli;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.comparison.suite.PlannedRun;
import org.kt4j.comparison.suite.SuiteListener;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.text.NumberFormats;

/** Shows how a suite goes: a line for each run, and a bar for the one that is trained here. */
final class SuiteConsole extends TrainingConsole implements SuiteListener {

  private final Terminal terminal;
  private final int jobs;

  /** When the first run began, and how many had failed before, for want of a teacher. */
  private long began;

  private int failedBefore;
  private boolean running;
  private int done;
  private int before;
  private @Nullable PlannedRun here;

  /** Whether a teacher is being trained, which is shown as kt train shows it. */
  private boolean preparing;

  private @Nullable ProgressLine line;

  SuiteConsole(Terminal terminal, int jobs) {
    super(terminal);
    this.terminal = terminal;
    this.jobs = jobs;
  }

  @Override
  String interrupted() {
    return "interrupted; the same command goes on from here";
  }

  @Override
  public void begins(int runs, int complete) {
    before = complete;
    terminal.line(
        "runs       "
            + runs
            + (complete == 0 ? "" : ", " + complete + " of them complete already"));
  }

  @Override
  public void cachesNotFilled(Throwable failure) {
    closeBar();
    terminal.error(
        "not every cache could be filled for all runs at once: "
            + failure.getMessage()
            + "; each run fills what is left of its own");
  }

  @Override
  public synchronized void runBegins(PlannedRun run, int number, int runs) {
    if (!running) {
      running = true;
      began = System.nanoTime();
      failedBefore = done;
    }
    here = run;
  }

  @Override
  public synchronized void runEnds(PlannedRun run, int number, int runs) {
    closeBar();
    here = null;
    done++;
    RunResult result = RunFolder.result(run.folder()).orElseThrow();
    double each = (System.nanoTime() - began) / 1e9 / (done - failedBefore);
    int open = runs - before - done;
    terminal.line(
        String.format(
                Locale.ROOT,
                "%" + Integer.toString(runs).length() + "d/%d  %-32s",
                before + done,
                runs,
                run)
            + "  test "
            + result.metric().text(result.testLast())
            + " last, "
            + result.metric().text(result.testBest())
            + " best  "
            + NumberFormats.time(result.wallSeconds())
            + (open == 0 ? "" : "  " + NumberFormats.time(each * open) + " left"));
  }

  @Override
  public synchronized void runFailed(PlannedRun run, Throwable failure) {
    closeBar();
    here = null;
    done++;
    terminal.error(run + " FAILED: " + failure.getMessage() + "; the others go on");
  }

  @Override
  public void needs(String what, Path config) {
    preparing = true;
    super.needs(what, config);
  }

  @Override
  public void stepDone(StepDone step) {
    if (preparing) {
      super.stepDone(step);
      return;
    }
    PlannedRun run = here;
    if (!terminal.interactive() || jobs > 1 || run == null) {
      return;
    }
    long total = (long) step.epochs() * step.steps();
    ProgressLine bar = line;
    if (bar == null) {
      bar = new ProgressLine(terminal, run.toString(), total);
      line = bar;
    }
    bar.at(
        (long) (step.epoch() - 1) * step.steps() + step.step(),
        NumberFormats.speed(step.images() / step.seconds()) + " images/s");
  }

  @Override
  void closeBar() {
    super.closeBar();
    ProgressLine bar = line;
    if (bar != null) {
      bar.close();
      line = null;
    }
  }

  /** Only what has to be computed: a line for each term of each run says nothing. */
  @Override
  public void found(Stock stock) {
    if (stock.missing() > 0) {
      super.found(stock);
    }
  }

  @Override
  public void termReads(String phase, String term, Taps taps) {}

  @Override
  public void teacherEvaluated(String source, double score, Metric metric) {}

  @Override
  public void started(Start start) {
    if (preparing) {
      super.started(start);
    }
  }

  @Override
  public void epochDone(EpochMetrics metrics, int epochs, boolean best) {
    if (preparing) {
      super.epochDone(metrics, epochs, best);
    }
  }

  @Override
  public void finished(Path folder, RunResult result, boolean already) {
    if (preparing) {
      super.finished(folder, result, already);
      preparing = false;
    }
  }
}
