package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PruneConfig;
import org.kt4j.engine.prune.PrunedStudents;
import org.kt4j.engine.prune.StudentPruning;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt prune}. */
@Command(
    name = "prune",
    sortOptions = false,
    description = {
      "Make a narrower network out of a trained one, without training it.",
      "",
      "Prints what becomes of each layer, what the whole and the rest cost, how long they take on"
          + " this machine, and what they reach. The folder that is written is the beginning of a"
          + " run: student: {pruned: FOLDER}."
    })
final class PruneCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "RUN|CONFIG",
      description =
          "A run folder, or a configuration whose student has the key prune, which says how.")
  private @Nullable Path target;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "The folder to write; RUN/pruned-CRITERION by default.")
  private @Nullable Path folder;

  @Option(
      names = "--criterion",
      paramLabel = "NAME",
      description = "What filters are removed by, see kt methods; l1 by default.")
  private @Nullable String criterion;

  @Option(
      names = "--keep",
      paramLabel = "SHARE",
      description = {
        "The share of the filters that stay: 0.5 for all layers, stage2=0.5 or layer1.0.conv1=0.75"
            + " for some. Can be repeated. 0.5 by default."
      })
  private List<String> keep = List.of();

  @Option(
      names = "--skip",
      paramLabel = "LAYER",
      description = "Layers or stages that stay as they are, such as conv1,stage3.")
  private @Nullable String skip;

  @Option(
      names = "--multiple",
      paramLabel = "N",
      description = "Widths are multiples of N; 8 by default, other widths are slower.")
  private @Nullable String multiple;

  @Option(
      names = "--flops",
      paramLabel = "SHARE",
      description = "A budget instead of --keep: the share of the operations that stays.")
  private @Nullable String flops;

  @Option(
      names = "--latency",
      paramLabel = "SHARE",
      description =
          "A budget instead of --keep: the share of the time for one picture, measured here.")
  private @Nullable String latency;

  @Option(
      names = "--tied",
      description = "Also remove channels that are added to those of other layers.")
  private boolean tied;

  @Option(
      names = "--reconstruct",
      description = "Fit the layers behind to the outputs that they had, by least squares.")
  private boolean reconstruct;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      description = "Training pictures that the network is looked at with; 500 by default.")
  private @Nullable String pictures;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description =
          "The folder of the runs that are named by a configuration; ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  @Option(names = "--overwrite", description = "Replace an earlier one.")
  private boolean overwrite;

  PruneCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path given = Objects.requireNonNull(target, "picocli sees to it");
    boolean isRun = Files.isDirectory(given);
    ExperimentConfig config =
        isRun
            ? installed.configOf(given, "the folder of a run, or a configuration")
            : experiment.read(installed.reader(), given, Map.of());
    PruneConfig how = isRun ? asked(given) : configured(given, config);
    Path to = folder;
    if (to == null) {
      if (!isRun) {
        throw new BadInputException(
            "FOLDER: is missing; a configuration has no folder of its own; fix: kt prune "
                + given
                + " FOLDER");
      }
      to = RunFolder.pruned(given, how.criterion());
    }
    OutputPlace.folder("FOLDER", to);
    PrunedStudents.Outcome outcome =
        installed.pruned().prune(config, how, to, overwrite, runs, terminal::line);
    tell(outcome, installed.tasks().of(config).metric());
    terminal.line("");
    terminal.line("folder: " + to + "  (a run begins with it: student: {pruned: " + to + "})");
    return 0;
  }

  private PruneConfig configured(Path file, ExperimentConfig config) {
    Map<String, String> values = values();
    if (!values.isEmpty()) {
      throw new BadInputException(
          "--"
              + values.keySet().iterator().next()
              + ": the configuration "
              + file
              + " says how its student is pruned; fix: --set student.prune."
              + values.keySet().iterator().next()
              + "=...");
    }
    PruneConfig how = config.student().prune();
    if (how == null) {
      throw new BadInputException(
          file
              + ": its student has no key prune; fix: student: {prune: {from: RUN, criterion: l1}},"
              + " or name the folder of a run");
    }
    return how;
  }

  private PruneConfig asked(Path run) {
    if (!experiment.overrides().isEmpty()) {
      throw new BadInputException("--set: goes with a configuration, " + run + " is a run folder");
    }
    Map<String, String> values = values();
    values.putIfAbsent("criterion", "l1");
    values.put("from", "'" + run.toString().replace("'", "''") + "'");
    return installed.reader().pruning(values);
  }

  /** The options that were given, as values of the key prune. */
  private Map<String, String> values() {
    Map<String, @Nullable String> given = new LinkedHashMap<>();
    given.put("criterion", criterion);
    given.put("keep", keep.isEmpty() ? null : shares());
    given.put("skip", skip == null ? null : skipped(skip));
    given.put("multiple", multiple);
    given.put("flops", flops);
    given.put("latency", latency);
    given.put("tied", tied ? "true" : null);
    given.put("reconstruct", reconstruct ? "true" : null);
    given.put("pictures", pictures);
    Map<String, String> values = new LinkedHashMap<>();
    given.forEach(
        (key, value) -> {
          if (value != null) {
            values.put(key, value);
          }
        });
    return values;
  }

  private static String skipped(String list) {
    return "[" + String.join(", ", CommaList.of("--skip", list, "names of layers")) + "]";
  }

  private String shares() {
    List<String> entries = new ArrayList<>();
    for (String each : keep) {
      int equals = each.indexOf('=');
      entries.add(
          equals < 0
              ? PruneConfig.ALL + ": " + each
              : each.substring(0, equals).strip() + ": " + each.substring(equals + 1));
    }
    return "{" + String.join(", ", entries) + "}";
  }

  private void tell(PrunedStudents.Outcome outcome, Metric metric) {
    List<List<String>> rows = new ArrayList<>();
    for (StudentPruning.Layer layer : outcome.pruned().layers()) {
      rows.add(
          List.of(
              layer.name(),
              arrow(layer.filtersBefore(), layer.filtersAfter()),
              NumberFormats.count(layer.flopsBefore() / 2),
              NumberFormats.count(layer.flopsAfter() / 2),
              NumberFormats.count(layer.parametersBefore()),
              NumberFormats.count(layer.parametersAfter())));
    }
    terminal.line("");
    new Table(List.of("layer", "filters", "multiplications", "left", "parameters", "left"), rows)
        .aligned()
        .forEach(terminal::line);
    PrunedStudents.Measured before = Objects.requireNonNull(outcome.before(), "was measured");
    PrunedStudents.Measured after = Objects.requireNonNull(outcome.after(), "was measured");
    StudentPruning.Cost whole = outcome.pruned().before();
    StudentPruning.Cost left = outcome.pruned().after();
    terminal.line("");
    List<List<String>> sums = new ArrayList<>();
    sums.add(
        row(
            "parameters",
            NumberFormats.count(whole.parameters()),
            NumberFormats.count(left.parameters()),
            share((double) left.parameters(), (double) whole.parameters())));
    sums.add(
        row(
            "multiplications",
            NumberFormats.count(whole.flops() / 2),
            NumberFormats.count(left.flops() / 2),
            share((double) left.flops(), (double) whole.flops())));
    sums.add(
        row(
            "ms for one picture",
            milliseconds(before.speed().milliseconds()),
            milliseconds(after.speed().milliseconds()),
            share(after.speed().milliseconds(), before.speed().milliseconds())));
    if (before.speed().batch() > 1) {
      sums.add(ofMany(before.speed(), after.speed()));
    }
    sums.add(
        row(
            "held-out " + metric.name(),
            metric.text(before.heldOut()),
            metric.text(after.heldOut()),
            ""));
    sums.add(
        row("test " + metric.name(), metric.text(before.test()), metric.text(after.test()), ""));
    new Table(List.of("", "whole", "pruned, not trained", "share"), sums)
        .aligned()
        .forEach(terminal::line);
  }

  private static List<String> ofMany(AnsweringModel.Speed before, AnsweringModel.Speed after) {
    double whole = 1000 * before.batch() / before.picturesPerSecond();
    double left = 1000 * after.batch() / after.picturesPerSecond();
    return row(
        "ms for " + before.batch(), milliseconds(whole), milliseconds(left), share(left, whole));
  }

  private static List<String> row(String name, String before, String after, String share) {
    return List.of(name, before, after, share);
  }

  private static String arrow(int before, int after) {
    return before == after ? Integer.toString(before) : before + " -> " + after;
  }

  private static String milliseconds(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static String share(double after, double before) {
    return String.format(Locale.ROOT, "%.2f", after / before);
  }
}
