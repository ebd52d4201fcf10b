package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.experiment.BatchNorm;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.scaling.ExchangeCost;
import org.kt4j.engine.scaling.LocalExchange;
import org.kt4j.engine.scaling.LocalProcesses;
import org.kt4j.engine.scaling.ScalingModel;
import org.kt4j.engine.scaling.StepCost;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import org.kt4j.engine.training.StepTimer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt cluster-cost}. */
@Command(
    name = "cluster-cost",
    sortOptions = false,
    description = {
      "Estimate what several workers would gain, on machines like this one and a network.",
      "",
      "Measures a training step here, and an exchange of the student's gradients between two"
          + " processes, and computes the rest. Nothing is trained, and nothing is left behind."
    })
final class ClusterCostCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "CONFIG", description = "The configuration, a YAML file.")
  private @Nullable Path file;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Option(names = "--markdown", description = "Print the table as Markdown.")
  private boolean markdown;

  ClusterCostCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() throws Exception {
    List<Integer> counts = cluster.workers();
    double bits = cluster.bitsPerSecond();
    Double latency = cluster.latency();
    LocalProcesses.requireProvider();
    ExperimentConfig config =
        experiment.read(
            installed.reader(), Objects.requireNonNull(file, "picocli sees to it"), Map.of());
    Path scratch = Files.createTempDirectory("kt-cluster-cost-");
    try {
      return OnExit.during(
          () -> {
            estimate(config, counts, bits, latency, scratch);
            return 0;
          },
          () -> {
            WorkerPlace.remove(scratch);
            terminal.end("interrupted");
          });
    } finally {
      WorkerPlace.remove(scratch);
    }
  }

  /** The pictures of each worker; 0 where they cannot be shared out evenly. */
  private int share(int batch, int workers) {
    return cluster.perWorker() ? batch : batch % workers == 0 ? batch / workers : 0;
  }

  private void estimate(
      ExperimentConfig config,
      List<Integer> counts,
      double bits,
      @Nullable Double latency,
      Path scratch)
      throws Exception {
    int batch = config.batchSize();
    List<Integer> sizes =
        StepCost.sizes(
            Stream.concat(Stream.of(1), counts.stream())
                .map(count -> share(batch, count))
                .filter(size -> size > 0)
                .toList());
    StepTimer.Steps steps =
        installed
            .stepTimer()
            .measure(
                config,
                sizes,
                Replicas.one(),
                scratch,
                size -> terminal.plainError("measuring a step of " + pictures(size)));
    int cores = Runtime.getRuntime().availableProcessors();
    terminal.plainError("measuring an exchange between two processes");
    ExchangeCost exchange =
        LocalExchange.measure(steps.exchanged().sizes(), Math.max(1, cores / 2));
    ScalingModel model =
        new ScalingModel(
            bits,
            latency == null ? exchange.latency() : latency,
            exchange.cpuPerNumber(),
            steps.exchanged().numbers(),
            config.batchNorm() == BatchNorm.SYNCHRONISED ? steps.exchanged().further() : 0);
    describe(config, steps, exchange, model, latency != null, cores);
    terminal.line("");
    Table table = table(steps.cost(), model, counts, batch);
    (markdown ? table.markdown() : table.aligned()).forEach(terminal::line);
    List<Integer> uneven = counts.stream().filter(count -> share(batch, count) == 0).toList();
    if (!uneven.isEmpty()) {
      terminal.line("");
      terminal.line(
          "-: a batch-size of "
              + batch
              + " cannot be shared out evenly to "
              + uneven.stream().map(String::valueOf).collect(Collectors.joining(", "))
              + " workers; fix: --set batch-size=N, or --per-worker");
    }
  }

  private void describe(
      ExperimentConfig config,
      StepTimer.Steps steps,
      ExchangeCost exchange,
      ScalingModel model,
      boolean latencyGiven,
      int cores) {
    terminal.line(
        "student    "
            + config.student().network()
            + ", "
            + NumberFormats.count(steps.parameters())
            + " parameters; "
            + (config.phases().size() > 1
                ? "phase " + steps.phase().name() + ", which has most epochs; "
                : "")
            + "batch-size "
            + config.batchSize()
            + (cluster.perWorker() ? " of each worker" : " of all workers together"));
    terminal.line("measured   on this machine, " + cores + (cores == 1 ? " core:" : " cores:"));
    for (StepCost.Taken taken : steps.cost().measured()) {
      detail(
          "a step of "
              + pictures(taken.pictures())
              + ": "
              + milliseconds(taken.seconds())
              + " ms, "
              + milliseconds(taken.cpuSeconds())
              + " ms of CPU");
    }
    for (ExchangeCost.Taken taken : exchange.taken()) {
      detail(
          "an exchange of "
              + (taken.numbers() == 1
                  ? "one number"
                  : NumberFormats.count(taken.numbers()) + " numbers")
              + " between two processes: "
              + milliseconds(taken.seconds())
              + " ms, "
              + milliseconds(taken.cpuSeconds())
              + " ms of CPU in each");
    }
    terminal.line("from that");
    detail(
        String.format(
            Locale.ROOT, "%.1f ns of CPU for each number sent", 1e9 * model.cpuPerNumber()));
    if (!latencyGiven) {
      detail(
          milliseconds(model.latency())
              + " ms a phase, of which one number has two; --latency sets another");
    }
    if (steps.cost().measured().size() > 1) {
      detail("steps of other sizes on straight lines between those");
    }
    terminal.line("assumed");
    detail("workers like this machine, each with all of its cores");
    detail(
        String.format(Locale.ROOT, "%s Gbit/s between any two of them", gigabits(model))
            + (latencyGiven ? ", " + milliseconds(model.latency()) + " ms a phase" : ""));
    detail("no exchange before all gradients are there");
    if (model.further() > 0) {
      detail(
          model.further()
              + " further exchanges in a step, one after another, for batch-norm: synchronised");
    }
    if (config.cache() != null) {
      detail(
          "teachers that are asked in each step; knowledge from the cache makes a step shorter, and"
              + " more workers gain less");
    }
  }

  private void detail(String text) {
    terminal.line("           " + text);
  }

  private Table table(StepCost cost, ScalingModel model, List<Integer> counts, int batch) {
    ScalingModel.Prediction alone = model.predicted(1, batch, cost.seconds(batch));
    List<List<String>> rows = new ArrayList<>();
    for (int count : counts) {
      int size = share(batch, count);
      if (size == 0) {
        rows.add(List.of(Integer.toString(count), "-", "-", "-", "-", "-", "-"));
        continue;
      }
      ScalingModel.Prediction some = model.predicted(count, size, cost.seconds(size));
      double speedUp = some.speedUp(alone);
      rows.add(
          List.of(
              Integer.toString(count),
              Integer.toString(size),
              milliseconds(some.step()),
              milliseconds(some.exchange()),
              NumberFormats.speed(some.picturesPerSecond()),
              String.format(Locale.ROOT, "%.2f", speedUp),
              String.format(Locale.ROOT, "%.0f %%", 100 * speedUp / count)));
    }
    return new Table(
        List.of(
            "workers",
            "pictures of each",
            "step ms",
            "exchange ms",
            "images/s",
            "speed-up",
            "efficiency"),
        rows);
  }

  private static String gigabits(ScalingModel model) {
    return String.format(Locale.ROOT, "%.6f", model.bitsPerSecond() / 1e9)
        .replaceFirst("\\.?0+$", "");
  }

  private static String pictures(int count) {
    return count == 1 ? "1 picture" : count + " pictures";
  }

  private static String milliseconds(double seconds) {
    double value = 1000 * seconds;
    return String.format(
        Locale.ROOT, value < 9.995 ? "%.2f" : value < 999.5 ? "%.1f" : "%.0f", value);
  }
}
