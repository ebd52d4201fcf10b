package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.detection.export.DetectorRunExport;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.classification.export.Latency;
import org.kt4j.classification.export.StudentExport;
import org.kt4j.engine.source.RunPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt export}. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Write the trained student of a run as a SavedModel that runs without kt.",
      "",
      "Pictures of any size go in, probabilities or boxes come out. The folder is a model of DJL,"
          + " with a card. It is loaded back and held against the run on the held-out pictures."
    })
final class ExportCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run.")
  private @Nullable Path run;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "Where to; RUN/export by default.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  @Option(names = "--overwrite", description = "Replace an export that is there already.")
  private boolean overwrite;

  @Option(
      names = "--half",
      description = "Store the weights in half precision: half the size, a little accuracy.")
  private boolean half;

  @Option(
      names = "--input",
      paramLabel = "TYPE",
      description = "Pictures as uint8, 0 to 255, or float32, 0 to 1; uint8 by default.")
  private ExportOptions.@Nullable Input input;

  @Option(
      names = "--taps",
      paramLabel = "TAP",
      split = ",",
      description = "Inner activations as further outputs, such as stage3,pooled.")
  private List<String> taps = List.of();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description =
          "Where teachers are that have no folder of their own: ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  ExportCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(run, "picocli sees to it");
    Path to = folder == null ? from.resolve("export") : folder;
    ExperimentConfig config = installed.configOf(from, "the folder of a run");
    if (DetectionRun.isOne(config)) {
      detector(from, config, to);
    } else {
      classifier(from, config, to);
    }
    return 0;
  }

  private void classifier(Path from, ExperimentConfig config, Path to) {
    ExportOptions options =
        ExportOptions.defaults()
            .input(input == null ? ExportOptions.Input.UINT8 : input)
            .precision(half ? Precision.HALF : Precision.SINGLE)
            .taps(taps);
    StudentExport.Outcome outcome =
        installed
            .studentExport()
            .write(new StudentExport.Source(from, which, runs), options, to, overwrite);
    tellStudent("student   ", from, config);
    tellFiles(to);
    ClassifierExport.Facts facts = outcome.facts();
    terminal.line(
        "folded    "
            + facts.folded()
            + " of "
            + facts.normalisations()
            + " batch normalisations, into the convolutions below them");
    if (half) {
      terminal.line(
          String.format(
              Locale.ROOT,
              "half      %s instead of %s, accuracy on the held-out pictures %s",
              NumberFormats.size(facts.bytes()),
              NumberFormats.size(facts.singleBytes()),
              change(outcome.check().original(), outcome.check().exported())));
    }
    List<String> words = outcome.check().words();
    for (int i = 0; i < words.size(); i++) {
      terminal.line((i == 0 ? "verified  " : "          ") + words.get(i));
    }
    if (outcome.unchecked() != null) {
      terminal.line("          " + outcome.unchecked());
    }
    Latency latency = outcome.latency();
    terminal.line(
        String.format(
            Locale.ROOT,
            "speed     %.2f ms for one picture, %s images/s in batches of %d",
            latency.one(),
            NumberFormats.speed(latency.throughput()),
            Latency.BATCH));
  }

  private static String change(@Nullable Double before, @Nullable Double after) {
    return before == null || after == null
        ? "not known"
        : String.format(Locale.ROOT, "%+.2f points", 100 * (after - before));
  }

  private void tellStudent(String what, Path from, ExperimentConfig config) {
    terminal.line(
        what
            + config.student().network()
            + " of "
            + from
            + ", "
            + which.name().toLowerCase(Locale.ROOT)
            + " checkpoint");
  }

  private void tellFiles(Path to) {
    for (Path file : files(to)) {
      terminal.line("file      " + file + ", " + NumberFormats.size(file.toFile().length()));
    }
  }

  private void detector(Path from, ExperimentConfig config, Path to) {
    if (half || input != null || !taps.isEmpty()) {
      throw new BadInputException(
          "--half, --input, --taps: not for detectors; they take uint8 and store single precision");
    }
    DetectionRun trained = new DetectionRun(config, from, installed.trainer().known());
    DetectorRunExport.Outcome outcome = DetectorRunExport.write(trained, which, to, overwrite);
    tellStudent("detector  ", from, config);
    terminal.line("classes   " + String.join(", ", trained.classes()));
    tellFiles(to);
    terminal.line("verified  " + outcome.verified());
    if (outcome.unchecked() != null) {
      terminal.line("          " + outcome.unchecked());
    }
    terminal.line(
        String.format(Locale.ROOT, "speed     %.1f ms for one picture", outcome.milliseconds()));
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be listed", e);
    }
  }
}
