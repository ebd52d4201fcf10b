package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.Processor;
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
      "Write the trained student of a run as a model that runs without kt: a SavedModel, or ONNX.",
      "",
      "The model takes pictures of any size and gives logits and probabilities, or boxes. DJL can"
          + " load the folder, which also holds a model card. Before the export is put in place, it is"
          + " loaded and compared with the run's student on the held-out pictures."
    })
final class ExportCommand implements Callable<Integer> {

  private static final int COLUMN = 10;
  private static final int ALL_BITS = 8;
  private static final String ONNX = "onnx";

  /** The formats on the class path. */
  private static final class FormatNames implements Iterable<String> {

    @Override
    public Iterator<String> iterator() {
      return ExportFormats.names().iterator();
    }
  }

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run.")
  private @Nullable Path run;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FOLDER",
      description = "The folder to write; RUN/export by default, RUN/export-onnx, RUN/export-int8.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "The checkpoint: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  @Option(names = "--overwrite", description = "Replace an export that is there already.")
  private boolean overwrite;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      completionCandidates = FormatNames.class,
      description = {
        "The file format: ${COMPLETION-CANDIDATES}; saved-model by default, onnx with --int8.",
        "A saved-model is for TensorFlow, onnx for ONNX Runtime in any language."
      })
  private @Nullable String format;

  @Option(
      names = "--int8",
      description =
          "Compute in whole numbers of 8 bits (ONNX): about a quarter of the size, and faster.")
  private boolean int8;

  @Option(
      names = "--calibration",
      paramLabel = "N",
      description = "With --int8: training pictures to take ranges from; 500 by default.")
  private @Nullable Integer calibration;

  @Option(
      names = "--range",
      paramLabel = "RANGE",
      description =
          "With --int8: min-max, or percentile-P such as percentile-99.999; min-max by default.")
  private @Nullable String range;

  @Option(
      names = "--weights-bits",
      paramLabel = "BITS",
      description =
          "With --int8: 2 to 8, 7 for x86 processors without VNNI; fewer are stored as 8; 8 by"
              + " default.")
  private @Nullable Integer weightsBits;

  @Option(
      names = "--float-ends",
      description = "With --int8: leave the first and the last layer in single precision.")
  private boolean floatEnds;

  @Option(
      names = "--allowed-loss",
      paramLabel = "POINTS",
      description = "With --int8: the most points that may be lost; 1 by default.")
  private @Nullable Double allowedLoss;

  @Option(
      names = "--fixed-size",
      description = "Take pictures of the network's size only, without resizing them.")
  private boolean fixedSize;

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
    String written = format();
    Path to = folder == null ? RunFolder.export(from, written, int8) : folder;
    ExperimentConfig config = installed.configOf(from, "the folder of a run");
    OutputPlace.folder("FOLDER", to);
    ExportOptions options =
        ExportOptions.defaults()
            .format(written)
            .int8(int8())
            .fixedSize(fixedSize)
            .input(input == null ? ExportOptions.Input.UINT8 : input)
            .precision(half ? Precision.HALF : Precision.SINGLE)
            .taps(taps == null ? List.of() : CommaList.of("--taps", taps, "names of taps"));
    ExportFormats.of(written).requireRuntime(to);
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
    advice(options.int8(), Processor.current())
        .ifPresent(advice -> facts.add(new Fact("int8", advice)));
    FactLines.print(terminal, COLUMN, facts);
    return 0;
  }

  private String format() {
    if (int8 && half) {
      throw new BadInputException("--int8 and --half: exclude each other; allowed: one of them");
    }
    if (format == null) {
      return int8 ? ONNX : ExportFormats.USUAL.name();
    }
    if (!ExportFormats.names().contains(format)) {
      throw new BadInputException(
          "--format: '"
              + format
              + "' is not allowed; allowed: "
              + String.join(", ", ExportFormats.names())
              + (format.equals(ONNX) ? "; fix: add the artifact org.kt4j:kt-onnx" : ""));
    }
    if (int8 && !format.equals(ONNX)) {
      throw new BadInputException(
          "--int8: goes with --format " + ONNX + ", not with " + format + "; fix: leave one out");
    }
    return format;
  }

  /** What 8 bits may cost on a processor; empty where they cost nothing, or it is not known. */
  static Optional<String> advice(@Nullable Int8Options int8, Processor processor) {
    boolean lacks = !processor.vnni().orElse(true);
    return int8 == null || int8.weightsBits() < ALL_BITS || !lacks
        ? Optional.empty()
        : Optional.of(
            "this processor ("
                + processor.name()
                + ") has no VNNI: on it, and on others of x86 without, sums of products of 8 bits"
                + " may saturate, which costs accuracy, and are slower; --weights-bits 7 does not"
                + " saturate");
  }

  private @Nullable Int8Options int8() {
    if (!int8) {
      for (Map.Entry<String, Boolean> option :
          new TreeMap<>(
                  Map.of(
                      "--calibration", calibration != null,
                      "--range", range != null,
                      "--weights-bits", weightsBits != null,
                      "--float-ends", floatEnds,
                      "--allowed-loss", allowedLoss != null))
              .entrySet()) {
        if (option.getValue()) {
          throw new ExportException(
              option.getKey() + ": has no effect without --int8; fix: add --int8, or leave it out");
        }
      }
      return null;
    }
    Int8Options usual = Int8Options.defaults();
    return new Int8Options(
        calibration == null ? usual.calibration() : calibration,
        usual.seed(),
        range == null ? usual.percentile() : percentile(range),
        weightsBits == null ? usual.weightsBits() : weightsBits,
        floatEnds,
        allowedLoss == null ? usual.allowedLoss() : allowedLoss);
  }

  private static double percentile(String range) {
    if (range.equals("min-max")) {
      return 100;
    }
    String prefix = "percentile-";
    try {
      if (range.startsWith(prefix)) {
        return Double.parseDouble(range.substring(prefix.length()));
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new ExportException(
        "--range: '"
            + range
            + "' is not allowed; allowed: min-max, or percentile-P with P above 50, up to 100, such"
            + " as percentile-99.999");
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": cannot be listed", e);
    }
  }
}
