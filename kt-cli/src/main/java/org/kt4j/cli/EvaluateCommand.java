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
import org.kt4j.engine.export.ModelCard;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ComparedModels;
import org.kt4j.engine.task.Evaluator;
import org.kt4j.engine.task.ExportTable;
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
    description = {
      "Evaluate a trained student, its exports, or its teachers, on one part of the data.",
      "",
      "With --export, a table shows the student of the run, every export in the run's folder, and"
          + " its teachers: size, score, how many answers are those of the run and of the teacher,"
          + " and the speed on this machine."
    })
final class EvaluateCommand implements Callable<Integer> {

  private static final int COLUMN = 15;

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "RUN|CONFIG",
      description = "A run folder, or a configuration that was trained into its default folder.")
  private @Nullable Path target;

  @Option(names = "--teacher", description = "Evaluate the teachers instead of the student.")
  private boolean teacher;

  @Option(
      names = "--export",
      description = "Evaluate the exports of the run beside its student and its teachers.")
  private boolean export;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "The part of the data: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private Split split = Split.TEST;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description =
          "The student's checkpoint: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.@Nullable Which which;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "The folder of the runs that are named by a configuration; runs by default.")
  private @Nullable Path otherRuns;

  EvaluateCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path given = Objects.requireNonNull(target, "picocli sees to it");
    boolean isRun = Files.isDirectory(given);
    ExperimentConfig config = isRun ? ofRun(given) : ofFile(given);
    refuseWhatDoesNothing(isRun, given);
    Path runs = otherRuns == null ? RunPlan.RUNS : otherRuns;
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
    TrainedRun trained =
        new TrainedRun(run, config, which == null ? Checkpoints.Which.BEST : which);
    if (export) {
      evaluateExports(task, trained, runs);
    } else {
      task.evaluate(trained, split, this::evaluate);
    }
    return 0;
  }

  private void evaluateExports(Task task, TrainedRun run, Path runs) {
    List<Path> exports = RunFolder.exports(run.folder());
    if (exports.isEmpty()) {
      throw new BadInputException(run.folder() + ": has no export; fix: kt export " + run.folder());
    }
    String yaml = installed.reader().write(run.config());
    exports.forEach(each -> ModelCard.requireOf(each, run.folder(), yaml));
    ComparedModels models = task.compared(run, runs, split);
    FactLines.print(
        terminal,
        COLUMN,
        List.of(new Fact("network", run.described()), new Fact("pictures", models.pictures())));
    ExportTable table;
    long answers = (long) models.count() * (exports.size() + 2);
    try (ProgressLine line = new ProgressLine(terminal, "evaluating", answers)) {
      table = new ExportTable(models, task.metric(), done -> line.at(done, ""));
      table.addTeacher(true).addStudent();
      for (Path each : exports) {
        table.addExport(String.valueOf(each.getFileName()), ModelCard.form(each), each);
      }
    }
    terminal.line("");
    table.table().aligned().forEach(terminal::line);
    if (!table.notes().isEmpty()) {
      terminal.line("");
      table.notes().forEach(terminal::line);
    }
  }

  private void refuseWhatDoesNothing(boolean isRun, Path given) {
    if (teacher && export) {
      throw new BadInputException(
          "--teacher and --export: exclude each other; allowed: one of them");
    }
    if (teacher && which != null) {
      throw new BadInputException(
          "--checkpoint: is of the student, and --teacher evaluates the teachers; fix: leave one of"
              + " them out");
    }
    if (isRun && !teacher && !export && otherRuns != null) {
      throw new BadInputException(
          "--runs: goes with a configuration, --teacher or --export, "
              + given
              + " is a run folder");
    }
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
