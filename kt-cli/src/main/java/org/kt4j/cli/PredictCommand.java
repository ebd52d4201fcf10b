package org.kt4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.Picture;
import org.kt4j.data.PngBytes;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.text.NumberFormats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt predict RUN|EXPORT IMAGE...}: says what pictures show. */
@Command(
    name = "predict",
    sortOptions = false,
    description = {
      "Say what pictures show, with an exported student or the student of a run.",
      "",
      "A classifier gives classes with their probabilities, a detector gives objects with their"
          + " boxes. Pictures of another size are resized as in training.",
      "",
      "The exit code is 2 when a picture cannot be read; the others are answered nevertheless."
    })
final class PredictCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "RUN|EXPORT",
      description = "A run folder, or the folder of an export.")
  private @Nullable Path model;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "IMAGE",
      description = PictureArguments.DESCRIPTION)
  private @Nullable List<String> images;

  @Option(
      names = "--top",
      paramLabel = "K",
      description =
          "The largest number of answers for a picture; by default 3 classes, or all objects.")
  private @Nullable Integer top;

  @Option(
      names = "--threshold",
      paramLabel = "SHARE",
      description =
          "The smallest probability or score to show, 0 to 1; by default 0 for classes and 0.5 for"
              + " objects.")
  private @Nullable Double threshold;

  @Option(
      names = "--draw",
      paramLabel = "FOLDER",
      description = "Draw the answers into copies of the pictures, as PNG files in this folder.")
  private @Nullable Path draw;

  @Option(names = "--json", description = "Print the answers as JSON; boxes are in pixels.")
  private boolean json;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description =
          "The run's checkpoint: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.@Nullable Which which;

  private final Map<String, Integer> drawnNames = new HashMap<>();

  PredictCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  /** Those of some files that are pictures, and what is wrong with the others. */
  private record Decoded(
      List<Path> files, List<Predictor.Prepared> pictures, List<String> problems) {}

  @Override
  public Integer call() throws IOException {
    PredictionOptions options = options();
    if (draw != null) {
      OutputPlace.folder("--draw", draw);
    }
    List<Path> files = PictureArguments.files(Objects.requireNonNull(images, "picocli sees to it"));
    if (draw != null) {
      OutputPlace.folderOfOthers("--draw", draw, files);
    }
    List<Map<String, Object>> all = new ArrayList<>();
    int unreadable = 0;
    long inNetwork = 0;
    try (Predictor predictor =
        opened(Objects.requireNonNull(model, "picocli sees to it"), options)) {
      if (draw != null) {
        Files.createDirectories(draw);
      }
      int batchSize = predictor.batchSize();
      // The next pictures are decoded while the network looks at these.
      long began = System.nanoTime();
      CompletableFuture<Decoded> next = decoded(files, 0, predictor);
      for (int first = 0; first < files.size(); first += batchSize) {
        Decoded batch = next.join();
        if (first + batchSize < files.size()) {
          next = decoded(files, first + batchSize, predictor);
        }
        batch.problems().forEach(terminal::error);
        unreadable += batch.problems().size();
        long started = System.nanoTime();
        List<Prediction> predictions = predictor.predict(batch.pictures());
        inNetwork += System.nanoTime() - started;
        for (int i = 0; i < predictions.size(); i++) {
          all.add(told(batch.files().get(i), predictions.get(i)));
        }
      }
      int done = files.size() - unreadable;
      if (json) {
        terminal.line(Json.indented(all).stripTrailing());
      } else {
        tellEnd(done, (System.nanoTime() - began) / 1e9, inNetwork / 1e9);
      }
    }
    return unreadable == 0 ? 0 : Failure.BAD_INPUT;
  }

  private void tellEnd(int done, double seconds, double secondsInNetwork) {
    if (done > 1) {
      terminal.line(
          NumberFormats.count(done)
              + " pictures, "
              + NumberFormats.speed(done / seconds)
              + " images/s; the network alone "
              + NumberFormats.speed(done / secondsInNetwork));
    }
    if (draw != null) {
      terminal.line("pictures with the answers: " + draw);
    }
  }

  private PredictionOptions options() {
    if (top != null && top < 1) {
      throw new BadInputException("--top: " + top + " is not allowed; allowed: 1 or more");
    }
    if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
      throw new BadInputException("--threshold: " + threshold + " is not allowed; allowed: 0 to 1");
    }
    return new PredictionOptions(
        top == null ? OptionalInt.empty() : OptionalInt.of(top),
        threshold == null ? OptionalDouble.empty() : OptionalDouble.of(threshold));
  }

  private Predictor opened(Path given, PredictionOptions options) {
    if (Files.exists(RunFolder.config(given))) {
      ExperimentConfig config = installed.configOf(given, "the folder of a run or of an export");
      return installed
          .tasks()
          .of(config)
          .predictor(
              new TrainedRun(given, config, which == null ? Checkpoints.Which.BEST : which),
              options);
    }
    if (!Files.isDirectory(given)) {
      throw new BadInputException(
          given
              + (Files.exists(given) ? ": is no folder" : ": there is no such folder")
              + "; allowed: the folder of a run or of an export");
    }
    if (!ExportFormats.isIn(given)) {
      throw new BadInputException(
          given
              + ": holds no run (no config.yaml) and no export (no "
              + String.join(" or ", ExportFormats.files())
              + "); allowed: the folder of either");
    }
    if (which != null) {
      throw new BadInputException("--checkpoint: goes with a run, " + given + " is an export");
    }
    for (Task task : installed.tasks().all()) {
      Optional<Predictor> predictor = task.predictor(given, options);
      if (predictor.isPresent()) {
        return predictor.get();
      }
    }
    throw new BadInputException(
        given
            + ": is no model that kt4j has exported; "
            + ExportFormats.in(given).ports(given).described()
            + "; fix: kt export a run");
  }

  private static CompletableFuture<Decoded> decoded(
      List<Path> files, int first, Predictor predictor) {
    List<Path> some = files.subList(first, Math.min(files.size(), first + predictor.batchSize()));
    return CompletableFuture.supplyAsync(
        () -> {
          List<Path> read = new ArrayList<>();
          List<Predictor.Prepared> pictures = new ArrayList<>();
          List<String> problems = new ArrayList<>();
          some.parallelStream()
              .map(file -> Decoding.of(file, predictor))
              .forEachOrdered(
                  done -> {
                    Predictor.Prepared picture = done.picture();
                    if (picture == null) {
                      problems.add(done.problem());
                    } else {
                      read.add(done.file());
                      pictures.add(picture);
                    }
                  });
          return new Decoded(read, pictures, problems);
        });
  }

  /** One file. */
  private record Decoding(Path file, Predictor.@Nullable Prepared picture, String problem) {

    static Decoding of(Path file, Predictor predictor) {
      try {
        return new Decoding(file, predictor.prepare(Picture.read(file)), "");
      } catch (IOException e) {
        return new Decoding(file, null, PictureArguments.unreadable(file, e));
      }
    }
  }

  /** Prints the answer unless it is wanted as JSON, and draws it where that is wanted. */
  private Map<String, Object> told(Path file, Prediction prediction) throws IOException {
    if (draw != null) {
      Files.write(draw.resolve(drawnName(file)), PngBytes.of(prediction.drawn()));
    }
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("picture", file.toString());
    values.putAll(prediction.values());
    if (!json) {
      List<String> lines = prediction.lines();
      if (lines.size() < 2) {
        terminal.line(file + ": " + (lines.isEmpty() ? "nothing" : lines.get(0)));
      } else {
        terminal.line(file.toString());
        lines.forEach(line -> terminal.line("  " + line));
      }
    }
    return values;
  }

  /** Pictures of one name from several folders get a number each. */
  private String drawnName(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.[^.]*$", "");
    int count = drawnNames.merge(name, 1, Integer::sum);
    return name + (count == 1 ? "" : "-" + count) + ".png";
  }
}
