package org.kt4j.cli;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.replica.Workers;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.text.Table;
import org.kt4j.engine.training.Comparison;
import org.kt4j.engine.training.Trainer;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt train}. */
@Command(
    name = "train",
    sortOptions = false,
    description = {
      "Train the student that a configuration describes.",
      "",
      "The teacher and the baseline that it names are trained first, once. A run that was"
          + " interrupted goes on when the same command is started again; a complete one is not"
          + " trained again."
    })
final class TrainCommand implements Callable<Integer> {

  /** More than that is a slip of the keyboard. */
  private static final int MOST_SEEDS = 1000;

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "The configuration, a YAML file.")
  private @Nullable Path file;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Mixin private WorkerOptions workers = new WorkerOptions();

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @ArgGroup private @Nullable Seeds seeds;

  private static final class Seeds {
    @Option(
        names = "--seed",
        paramLabel = "N",
        description = "The seed, instead of the one in the configuration.")
    private @Nullable Long one;

    @Option(
        names = "--seeds",
        paramLabel = "N,N,N",
        description = "Train with each of these seeds, and print means and standard deviations.")
    private @Nullable String several;
  }

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = {
        "The folder of the run; with --seeds, a folder for each seed is made in it.",
        "Default: runs/GROUP/NAME/seed-N for GROUP/NAME.yaml, marked when --set is used."
      })
  private @Nullable Path out;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "The folder for runs without --out; ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  @Option(
      names = "--overwrite",
      description = "Remove an earlier run from the folder first; teacher and baseline are kept.")
  private boolean overwrite;

  @Option(
      names = "--resolved",
      hidden = true,
      description = "The configuration is one that a run folder holds: paths are not beside it.")
  private boolean resolved;

  @Option(
      names = "--gradients",
      description =
          "Show how far each term pulls the student, and whether terms pull the same way; once in"
              + " 200 steps at most.")
  private boolean gradients;

  @Option(names = "--markdown", description = "Print the table of results as Markdown.")
  private boolean markdown;

  TrainCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() throws Exception {
    Path config = Objects.requireNonNull(file, "picocli sees to it");
    refuseWhatDoesNothing();
    int local = workers.local();
    if (local > 0) {
      LocalWorkers all =
          new LocalWorkers(
              terminal, spec.root().commandLine().getParseResult().originalArgs(), local);
      return OnExit.during(
          () -> all.train(workers.restarts()),
          () -> {
            all.stop();
            terminal.end("interrupted; the same command goes on from the last checkpoint");
          });
    }
    Workers joined = workers.joined(System.getenv());
    if (joined != null) {
      workers.requirePrivate(
          joined, new PrivateNetwork(InetAddress::getAllByName, terminal::plainError));
      try (WorkerPlace place = WorkerPlace.of(joined, terminal)) {
        int status = trained(config, place);
        place.replicas().close();
        return status;
      }
    }
    return trained(config, WorkerPlace.alone(terminal));
  }

  /** In this process, which may be one of several workers. */
  private int trained(Path config, WorkerPlace place) throws Exception {
    if (!place.replicas().first()) {
      runs = place.own("runs");
      out = out == null ? null : place.own("out");
    }
    OutputPlace.folder("--runs", runs);
    if (out != null) {
      OutputPlace.folder("--out", out);
    }
    List<RunPlan> plans = plans(config).stream().map(plan -> plan.by(place.replicas())).toList();
    // Before anything is told of what will never begin.
    plans.forEach(plan -> installed.tasks().of(plan.config()));
    if (overwrite) {
      plans.forEach(plan -> plan.requireApart(installed.reader()));
      plans.forEach(plan -> requireRunOnly(plan.folder(), config));
    }
    TrainingConsole console = new TrainingConsole(place.terminal(), gradients);
    return OnExit.during(
        () -> train(plans, console, place.terminal()),
        () -> place.terminal().end(console.interrupted()));
  }

  private List<RunPlan> plans(Path config) {
    ExperimentReader reader = installed.reader();
    Trainer trainer = installed.trainer();
    String given = seeds == null ? null : seeds.several;
    if (given == null) {
      Long one = seeds == null ? null : seeds.one;
      ExperimentConfig read =
          resolved
              ? reader.readResolved(config)
              : experiment.read(reader, config, one == null ? Map.of() : seed(one));
      Path folder = out != null ? out : trainer.folder(runs, config, read);
      return List.of(new RunPlan(read, folder, runs));
    }
    List<RunPlan> plans = new ArrayList<>();
    for (long each : several(given)) {
      ExperimentConfig read = experiment.read(reader, config, seed(each));
      Path folder = out != null ? out.resolve("seed-" + each) : trainer.folder(runs, config, read);
      plans.add(new RunPlan(read, folder, runs));
    }
    return plans;
  }

  private static List<Long> several(String given) {
    List<Long> several = new ArrayList<>();
    for (String each : CommaList.of("--seeds", given, "whole numbers")) {
      try {
        several.add(Long.valueOf(each));
      } catch (NumberFormatException e) {
        throw new BadInputException(
            "--seeds: '" + each + "' is not allowed; allowed: whole numbers, such as 1,2,3");
      }
    }
    if (several.size() > MOST_SEEDS) {
      throw new BadInputException(
          "--seeds: names " + several.size() + " seeds; allowed: 1 to " + MOST_SEEDS);
    }
    if (new HashSet<>(several).size() < several.size()) {
      throw new BadInputException("--seeds: " + several + " names one twice; allowed: each once");
    }
    return several;
  }

  private void refuseWhatDoesNothing() {
    boolean sets = !experiment.overrides().isEmpty();
    if (resolved && (sets || seeds != null)) {
      throw new BadInputException(
          "--resolved: takes the configuration as it is, so "
              + (sets ? "--set" : "--seed")
              + " would do nothing; fix: leave one of them out");
    }
    if (seeds != null && experiment.overrides().containsKey("seed")) {
      throw new BadInputException(
          "--set: seed is what --seed and --seeds set; fix: leave one of them out");
    }
  }

  private static Map<String, String> seed(long seed) {
    return Map.of("seed", Long.toString(seed));
  }

  private int train(List<RunPlan> plans, TrainingConsole console, Terminal shown) {
    try {
      return trained(plans, console, shown);
    } finally {
      console.closeBar();
    }
  }

  private int trained(List<RunPlan> plans, TrainingConsole console, Terminal shown) {
    Trainer trainer = installed.trainer();
    ExperimentConfig first = plans.get(0).config();
    ExperimentSummary.lines(first).forEach(shown::line);
    shown.line("           all of it: " + RunFolder.config(plans.get(0).folder()));
    shown.line("");
    List<ResultTable.Outcome> outcomes = new ArrayList<>();
    for (RunPlan plan : plans) {
      if (plans.size() > 1) {
        shown.line("seed " + plan.config().seed());
      }
      if (overwrite) {
        trainer.discard(plan);
      }
      outcomes.add(outcome(plan, trainer.compare(plan, console)));
    }
    if (plans.size() > 1) {
      shown.line("mean " + shown.plusMinus() + " standard deviation of " + plans.size() + " seeds");
    }
    Table table = ResultTable.of(outcomes, studentOf(first), shown.plusMinus());
    (markdown ? table.markdown() : table.aligned()).forEach(shown::line);
    shown.line("");
    plans.forEach(plan -> shown.line("run folder: " + plan.folder()));
    return 0;
  }

  private String studentOf(ExperimentConfig config) {
    String transfer = ExperimentSummary.transfer(config, installed.tasks().of(config).facts());
    return transfer.isEmpty() ? config.student().network() : "student with " + transfer;
  }

  private ResultTable.Outcome outcome(RunPlan plan, Comparison comparison) {
    OptionalDouble baselineSpeed =
        installed
            .trainer()
            .baseline(plan)
            .map(baseline -> speed(baseline.folder()))
            .orElse(OptionalDouble.empty());
    return new ResultTable.Outcome(comparison, speed(plan.folder()), baselineSpeed);
  }

  private static OptionalDouble speed(Path run) {
    return EpochMetrics.imagesPerSecond(RunFolder.metrics(run));
  }

  private static void requireRunOnly(Path folder, Path config) {
    if (OutputPlace.isIn(folder, config)) {
      throw new BadInputException(
          folder
              + ": is not overwritten, for the configuration "
              + config
              + " is in it; fix: copy the configuration to another folder");
    }
    List<String> strange = RunFolder.foreign(folder);
    if (!strange.isEmpty()) {
      throw new BadInputException(
          folder
              + ": is not overwritten, for it holds what is no part of a run ("
              + String.join(", ", strange.subList(0, Math.min(3, strange.size())))
              + "); fix: choose another folder with --out");
    }
    if (!RunFolder.isRun(folder)) {
      throw new BadInputException(
          folder
              + ": is not overwritten, for it holds files and was never the folder of a run; fix:"
              + " choose another folder with --out");
    }
  }
}
