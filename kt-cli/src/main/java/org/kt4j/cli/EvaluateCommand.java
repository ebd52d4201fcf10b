package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.Split;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.Evaluator;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.text.NumberFormats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt evaluate}. */
@Command(
    name = "evaluate",
    sortOptions = false,
    description = "Measure a trained student, or its teachers, on pictures.")
final class EvaluateCommand implements Callable<Integer> {

  private static final int COLUMN = 15;

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "RUN|CONFIG",
      description = "A run folder, or a configuration whose run is in its usual folder.")
  private @Nullable Path target;

  @Option(names = "--teacher", description = "The teachers of the configuration, not its student.")
  private boolean teacher;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private Split split = Split.TEST;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "Of the student: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where runs are that have no folder of their own: ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  EvaluateCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path given = Objects.requireNonNull(target, "picocli sees to it");
    boolean isRun = Files.isDirectory(given);
    ExperimentConfig config = isRun ? ofRun(given) : ofFile(given);
    Task task = installed.tasks().of(config);
    if (teacher) {
      if (config.allTeachers().isEmpty()) {
        throw new BadInputException(given + ": has no teacher");
      }
      task.evaluateTeachers(config, runs, split, this::evaluate);
      return 0;
    }
    Path run = isRun ? given : installed.trainer().folder(runs, given, config);
    if (!isRun && !Files.exists(RunFolder.config(run))) {
      throw new BadInputException(
          given + ": is not trained yet (there is no " + run + "); fix: kt train " + given);
    }
    task.evaluate(new TrainedRun(run, config, which), split, this::evaluate);
    return 0;
  }

  private ExperimentConfig ofRun(Path run) {
    ExperimentConfig config = installed.configOf(run, "the folder of a run, or a configuration");
    if (!experiment.overrides().isEmpty()) {
      throw new BadInputException("--set: goes with a configuration, " + run + " is a run folder");
    }
    return config;
  }

  private ExperimentConfig ofFile(Path file) {
    return experiment.read(installed.reader(), file, Map.of());
  }

  private void evaluate(Evaluator evaluator) {
    FactLines.print(
        terminal,
        COLUMN,
        List.of(
            new Fact("network", evaluator.source()), new Fact("pictures", evaluator.pictures())));
    long began = System.nanoTime();
    List<Fact> facts;
    try (ProgressLine line = new ProgressLine(terminal, "evaluating", evaluator.count())) {
      facts =
          evaluator.evaluate(
              done -> line.at(done, NumberFormats.speed(done / seconds(began)) + " images/s"));
    }
    FactLines.print(terminal, COLUMN, facts);
    FactLines.print(
        terminal,
        COLUMN,
        List.of(
            new Fact(
                "speed", NumberFormats.speed(evaluator.count() / seconds(began)) + " images/s")));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }
}
