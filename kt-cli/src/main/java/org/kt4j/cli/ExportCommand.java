package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.text.NumberFormats;
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
      "The model takes pictures of any size and gives logits and probabilities, or boxes. DJL can"
          + " load the folder, which also holds a model card. Before the export is put in place, it is"
          + " loaded and compared with the run's student on the held-out pictures."
    })
final class ExportCommand implements Callable<Integer> {

  private static final int COLUMN = 10;

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run.")
  private @Nullable Path run;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "The folder to write; RUN/export by default.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "The checkpoint: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  @Option(names = "--overwrite", description = "Replace an export that is there already.")
  private boolean overwrite;

  @Option(
      names = "--half",
      description = "Store the weights in half precision: half the size, slightly less exact.")
  private boolean half;

  @Option(
      names = "--input",
      paramLabel = "TYPE",
      description = "The type of the input: uint8, 0 to 255, or float32, 0 to 1; uint8 by default.")
  private ExportOptions.@Nullable Input input;

  @Option(
      names = "--taps",
      paramLabel = "TAP",
      description = "Inner activations to add as outputs, such as stage3,pooled.")
  private @Nullable String taps;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description =
          "The folder of the runs that are named by a configuration; ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  ExportCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path from = Objects.requireNonNull(run, "picocli sees to it");
    Path to = folder == null ? RunFolder.export(from) : folder;
    ExperimentConfig config = installed.configOf(from, "the folder of a run");
    OutputPlace.folder("FOLDER", to);
    ExportOptions options =
        ExportOptions.defaults()
            .input(input == null ? ExportOptions.Input.UINT8 : input)
            .precision(half ? Precision.HALF : Precision.SINGLE)
            .taps(taps == null ? List.of() : CommaList.of("--taps", taps, "names of taps"));
    TrainedRun trained = new TrainedRun(from, config, which);
    List<Fact> facts = new ArrayList<>();
    List<Fact> found =
        installed
            .tasks()
            .of(config)
            .export(trained, new ExportRequest(options, to, overwrite, runs));
    facts.add(new Fact("student", trained.described()));
    for (Path file : files(to)) {
      facts.add(new Fact("file", file + ", " + NumberFormats.size(file.toFile().length())));
    }
    facts.addAll(found);
    FactLines.print(terminal, COLUMN, facts);
    return 0;
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be listed", e);
    }
  }
}
