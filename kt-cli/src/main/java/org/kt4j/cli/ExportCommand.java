package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.benchmarks.output.Figures;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.Pixels;
import org.kt4j.detection.export.Agreement;
import org.kt4j.detection.export.DetectorExport;
import org.kt4j.detection.training.DetectionRun;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.data.DataException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.training.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt export}. */
@Command(
    name = "export",
    sortOptions = false,
    description = {
      "Write a trained detector as a SavedModel.",
      "",
      "Pictures of any size go in, boxes come out; TensorFlow and DJL run it without kt. Where the"
          + " data is there, it is tried on held-out pictures and held against the original."
    })
final class ExportCommand implements Callable<Integer> {

  /** Pictures that an export is tried on at most. */
  private static final int TRIED = 20;

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a detector's run.")
  private @Nullable Path run;

  @Parameters(index = "1", paramLabel = "FOLDER", description = "Where to; a new folder.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  @Option(names = "--overwrite", description = "Replace an export that is there already.")
  private boolean overwrite;

  ExportCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(run, "picocli sees to it");
    Path to = Objects.requireNonNull(folder, "picocli sees to it");
    DetectionRun trained = trained(from);
    DetectorExport.write(
        trained.architecture(),
        trained.normalization(),
        trained.weights(which),
        trained.classes(),
        to,
        overwrite);
    terminal.line(
        "detector  "
            + trained.config().student().network()
            + " of "
            + from
            + ", "
            + which.name().toLowerCase(Locale.ROOT)
            + " checkpoint");
    terminal.line("classes   " + String.join(", ", trained.classes()));
    for (Path file : files(to)) {
      terminal.line("file      " + file + ", " + Figures.size(file.toFile().length()));
    }
    terminal.line("verified  " + verified(trained, to));
    return 0;
  }

  private DetectionRun trained(Path from) {
    if (!Files.exists(RunFolder.config(from))) {
      throw new BadInputException(
          from + ": holds no run (no config.yaml); allowed: the folder of a run");
    }
    ExperimentConfig config = installed.reader().readResolved(RunFolder.config(from));
    if (!DetectionRun.isOne(config)) {
      throw new BadInputException(
          from
              + ": its student, "
              + config.student().network()
              + ", is a classifier, and the export of classifiers is not there yet; allowed: runs"
              + " of detectors");
    }
    return new DetectionRun(config, from, installed.trainer().known());
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be listed", e);
    }
  }

  private String verified(DetectionRun trained, Path to) {
    DetectionDataset heldOut;
    List<Pixels> pictures;
    try {
      heldOut = trained.data().heldOut();
      DetectionDataset data = heldOut;
      pictures = IntStream.range(0, Math.min(TRIED, data.size())).mapToObj(data::pixels).toList();
    } catch (DataException e) {
      return "not, because the data is not there (" + e.getMessage() + ")";
    }
    Agreement agreement =
        DetectorExport.verify(
            trained.architecture(), trained.normalization(), trained.weights(which), to, pictures);
    return agreement.pictures()
        + " pictures of "
        + heldOut.name()
        + ", "
        + Figures.count(agreement.detections())
        + " detections: "
        + agreement;
  }
}
