package org.kt4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.text.NumberFormats;

/** Shows how a training goes: a bar where there is a terminal, lines elsewhere. */
class TrainingConsole implements TrainingListener {

  private static final double SECONDS_BETWEEN_LINES = 30;

  private final Terminal terminal;
  private final boolean gradients;
  private volatile int epochsDone;
  private volatile boolean running;
  private @Nullable ProgressLine bar;
  private long linesOfEpoch;
  private long linesOfFill;
  private @Nullable Pace pace;
  private @Nullable Metric metric;
  private @Nullable String masked;

  /** Where and when this process came into the run; the first step, which is slow, not counted. */
  private record Pace(long step, long nanos) {

    double secondsLeft(long done, long total) {
      long steps = done - step;
      double elapsed = (System.nanoTime() - nanos) / 1e9;
      return steps == 0 ? Double.NaN : elapsed / steps * (total - done);
    }
  }

  TrainingConsole(Terminal terminal) {
    this(terminal, false);
  }

  /**
   * A console.
   *
   * @param gradients whether the gradients of the terms are shown when they were looked at
   */
  TrainingConsole(Terminal terminal, boolean gradients) {
    this.terminal = terminal;
    this.gradients = gradients;
  }

  /** Where a run that is stopped now would go on. */
  String interrupted() {
    return running
        ? "interrupted; the same command goes on from epoch " + (epochsDone + 1)
        : "interrupted; the same command goes on from here";
  }

  @Override
  public void needs(String what, Path config) {
    terminal.line("the " + what + " is trained first: " + config);
  }

  @Override
  public void prunes(String what) {
    terminal.line("prune      " + what);
  }

  /** Shown with the epoch: a gradual schedule prunes many times in one. */
  @Override
  public void masks(String what) {
    masked = what;
  }

  @Override
  public void waits(Path run, String holder) {
    terminal.line(run + ": is being trained by " + holder + "; waiting for it");
  }

  @Override
  public void termReads(String phase, String term, Taps taps) {
    String own = String.join(", ", taps.student());
    String teachers = String.join(", ", taps.teacher());
    String read =
        own.isEmpty()
            ? "the teacher's " + teachers
            : own + (teachers.isEmpty() || own.equals(teachers) ? "" : " from " + teachers);
    terminal.line("layers     " + term + ": " + read);
  }

  @Override
  public void weightMeasured(String term, double weight) {
    terminal.line(
        "weight     " + term + ": " + NumberFormats.loss(weight) + ", by the labels' gradient");
  }

  @Override
  public void teacherEvaluated(String source, double score, Metric metric) {
    terminal.line(
        "teacher    "
            + source
            + ", "
            + metric.name()
            + " "
            + metric.text(score)
            + " on the held-out pictures");
  }

  @Override
  public void begins(String source, int known, int variables) {
    terminal.line(
        "begins     with " + known + " of its " + variables + " variables from " + source);
  }

  @Override
  public void beginsSo(String what) {
    terminal.line("begins     " + what);
  }

  @Override
  public void tunes(String phase, String what) {
    terminal.line("phase      " + phase + ": " + what);
  }

  @Override
  public void found(Stock stock) {
    closeBar();
    String blocks = NumberFormats.count(stock.blocks()) + " blocks";
    terminal.line(
        "cache      "
            + stock.file().path()
            + ", "
            + NumberFormats.size(stock.bytes())
            + " of "
            + (stock.views() == 1 ? "1 view" : stock.views() + " views")
            + (stock.missing() == 0
                ? ", whole"
                : ", "
                    + NumberFormats.count(stock.missing())
                    + " of "
                    + blocks
                    + " to be computed"
                    + (stock.damaged() == 0
                        ? ""
                        : ", " + NumberFormats.count(stock.damaged()) + " of them damaged")));
  }

  @Override
  public void waits(Path file) {
    terminal.line("cache      " + file + ": another run fills it; waiting for that");
  }

  @Override
  public void filling(long done, long total, double seconds) {
    double speed = done / seconds;
    String facts =
        NumberFormats.speed(speed)
            + " images/s  "
            + NumberFormats.time((total - done) / speed)
            + " left";
    if (terminal.interactive()) {
      ProgressLine line = bar;
      if (line == null) {
        line = new ProgressLine(terminal, "teacher", total);
        bar = line;
      }
      line.at(done, facts);
    } else {
      long due = (long) (seconds / SECONDS_BETWEEN_LINES);
      if (due > linesOfFill && done < total) {
        linesOfFill = due;
        terminal.line(
            "cache      "
                + NumberFormats.count(done)
                + " of "
                + NumberFormats.count(total)
                + "  "
                + facts);
      }
    }
    if (done == total) {
      closeBar();
      linesOfFill = 0;
      terminal.line(
          "cache      "
              + NumberFormats.count(total)
              + (total == 1 ? " picture" : " pictures")
              + " computed in "
              + NumberFormats.time(seconds)
              + ", "
              + NumberFormats.speed(speed)
              + " images/s");
    }
  }

  @Override
  public void started(Start start) {
    epochsDone = start.epochsDone();
    metric = start.metric();
    pace = null;
    running = true;
    String from = start.epochsDone() == 0 ? "" : ", goes on from epoch " + (start.epochsDone() + 1);
    terminal.line(
        "student    "
            + start.student()
            + ", "
            + NumberFormats.count(start.parameters())
            + " parameters, "
            + epochs(start.epochs())
            + from);
    terminal.line("folder     " + start.folder());
  }

  @Override
  public void stepDone(StepDone step) {
    long total = (long) step.epochs() * step.steps();
    long done = (long) (step.epoch() - 1) * step.steps() + step.step();
    Pace since = pace;
    if (since == null) {
      since = new Pace(done, System.nanoTime());
      pace = since;
    }
    double left = since.secondsLeft(done, total);
    String facts = facts(step, left);
    if (terminal.interactive()) {
      ProgressLine line = bar;
      if (line == null) {
        line = new ProgressLine(terminal, epochOf(step.epoch(), step.epochs()), step.steps());
        bar = line;
      }
      line.at(step.step(), facts);
    } else {
      long due = (long) (step.seconds() / SECONDS_BETWEEN_LINES);
      if (due > linesOfEpoch && step.step() < step.steps()) {
        linesOfEpoch = due;
        terminal.line(
            epochOf(step.epoch(), step.epochs())
                + "  step "
                + step.step()
                + " of "
                + step.steps()
                + "  "
                + facts);
      }
    }
  }

  private static String facts(StepDone step, double left) {
    StringBuilder facts = new StringBuilder();
    facts.append(NumberFormats.speed(step.images() / step.seconds())).append(" images/s  ");
    if (!Double.isNaN(left)) {
      facts.append(NumberFormats.time(left)).append(" left  ");
    }
    for (int t = 0; t < step.labels().size(); t++) {
      facts
          .append(step.labels().get(t))
          .append(' ')
          .append(NumberFormats.loss(step.terms().get(t)));
      facts.append("  ");
    }
    return facts.toString().stripTrailing();
  }

  @Override
  public void epochDone(EpochMetrics metrics, int epochs, boolean best) {
    closeBar();
    linesOfEpoch = 0;
    epochsDone = metrics.epoch();
    StringBuilder line = new StringBuilder(epochOf(metrics.epoch(), epochs));
    metrics
        .terms()
        .forEach(
            (label, mean) ->
                line.append("  ")
                    .append(label)
                    .append(' ')
                    .append(padded(NumberFormats.loss(mean))));
    Double train = metrics.trainScore();
    if (train != null) {
      line.append("  train ").append(text(train));
    }
    line.append("  held-out ").append(text(metrics.heldOutScore()));
    Double agreement = metrics.agreement();
    if (agreement != null) {
      line.append("  agreement ").append(NumberFormats.percent(agreement));
    }
    line.append("  ").append(NumberFormats.speed(metrics.imagesPerSecond())).append(" images/s");
    String zeros = masked;
    masked = null;
    if (zeros != null) {
      terminal.line("mask       " + zeros);
    }
    terminal.line(line + (best ? "  " + best() : ""));
    TermGradients pulls = metrics.gradients();
    if (gradients && pulls != null) {
      terminal.line("gradients  " + described(pulls));
    }
  }

  private static String described(TermGradients gradients) {
    List<String> parts = new ArrayList<>();
    gradients
        .norms()
        .keySet()
        .forEach(
            label ->
                parts.add(
                    label
                        + " "
                        + String.format(Locale.ROOT, "%.0f %%", 100 * gradients.share(label))));
    gradients
        .cosines()
        .forEach(
            (label, others) ->
                others.forEach(
                    (other, cosine) ->
                        parts.add(
                            String.format(
                                Locale.ROOT, "cosine of %s and %s %.2f", label, other, cosine))));
    return String.join(", ", parts);
  }

  private String text(double score) {
    Metric known = metric;
    return known == null ? Double.toString(score) : known.text(score);
  }

  private String best() {
    return terminal.colour() ? "\u001b[32mbest\u001b[0m" : "best";
  }

  @Override
  public void finished(Path folder, RunResult result, boolean already) {
    running = false;
    closeBar();
    if (already) {
      terminal.line("already complete: " + folder + " (" + epochs(result.epochs()) + ")");
    } else {
      terminal.line(
          "complete   "
              + result.metric().name()
              + " "
              + result.metric().text(result.testBest())
              + " on the test pictures after epoch "
              + result.bestEpoch()
              + " (best), "
              + result.metric().text(result.testLast())
              + " after the last");
    }
    terminal.line("");
  }

  /** Leaves a clean line, whatever happened. */
  void closeBar() {
    ProgressLine line = bar;
    if (line != null) {
      line.close();
      bar = null;
    }
  }

  private static String epochOf(int epoch, int epochs) {
    int digits = Integer.toString(epochs).length();
    return "epoch " + " ".repeat(digits - Integer.toString(epoch).length()) + epoch + "/" + epochs;
  }

  private static String epochs(int count) {
    return count == 1 ? "1 epoch" : count + " epochs";
  }

  private static String padded(String number) {
    return number + " ".repeat(Math.max(0, 7 - number.length()));
  }
}
