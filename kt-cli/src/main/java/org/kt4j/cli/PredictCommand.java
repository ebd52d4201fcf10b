package org.kt4j.cli;

import org.kt4j.engine.model.SavedModelFile;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.models.ModelEngine;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.engine.json.Json;
import org.kt4j.models.ModelEngine;
import org.kt4j.engine.run.RunFolder;
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
      "Pictures of another size are resized as those of an image folder are in training."
    })
final class PredictCommand implements Callable<Integer> {

  /** Pictures at once. */
  private static final int BATCH = 64;

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "RUN|EXPORT",
      description = "A run folder, which is exported in passing, or the folder of an export.")
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
      description = "How many classes to tell, ${DEFAULT-VALUE} by default.")
  private int top = 3;

  @Option(names = "--json", description = "Print the answers as JSON.")
  private boolean json;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "Of a run: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.@Nullable Which which;

  PredictCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  /** Those of some files that are pictures, and what is wrong with the others. */
  private record Decoded(List<Path> files, List<byte[]> pixels, List<String> problems) {}

  /** One file. */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
  private record Decoding(Path file, byte @Nullable [] pixels, String problem) {

    static Decoding of(Path file, ImageShape shape) {
      try {
        return new Decoding(file, Picture.read(file).resized(shape), "");
      } catch (IOException e) {
        return new Decoding(file, null, PictureArguments.unreadable(file, e));
      }
    }
  }

  @Override
  public Integer call() throws IOException {
    if (top < 1) {
      throw new BadInputException("--top: " + top + " is not allowed; allowed: 1 or more");
    }
    List<Path> files = PictureArguments.files(Objects.requireNonNull(images, "picocli sees to it"));
    ArrayNode all = Json.array();
    int unreadable = 0;
    long inNetwork = 0;
    try (ExportedClassifier classifier =
        opened(Objects.requireNonNull(model, "picocli sees to it"))) {
      // The next pictures are decoded while the network looks at these.
      long began = System.nanoTime();
      CompletableFuture<Decoded> next = decoded(files, 0, classifier.shape());
      for (int first = 0; first < files.size(); first += BATCH) {
        Decoded batch = next.join();
        if (first + BATCH < files.size()) {
          next = decoded(files, first + BATCH, classifier.shape());
        }
        batch.problems().forEach(terminal::error);
        unreadable += batch.problems().size();
        long started = System.nanoTime();
        List<Answer> answers = answers(classifier, batch);
        inNetwork += System.nanoTime() - started;
        for (Answer answer : answers) {
          if (json) {
            all.add(described(answer));
          } else {
            tell(answer);
          }
        }
      }
      if (json) {
        terminal.line(Json.indented(all).stripTrailing());
      } else if (files.size() - unreadable > 1) {
        int done = files.size() - unreadable;
        terminal.line(
            NumberFormats.count(done)
                + " pictures, "
                + NumberFormats.speed(done / ((System.nanoTime() - began) / 1e9))
                + " images/s; the network alone "
                + NumberFormats.speed(done / (inNetwork / 1e9)));
      }
    }
    return unreadable == 0 ? 0 : Failure.FAILED;
  }

  private ExportedClassifier opened(Path given) {
    if (!Files.exists(RunFolder.config(given))) {
      if (!Files.isDirectory(given)) {
        throw new BadInputException(
            given
                + (Files.exists(given) ? ": is no folder" : ": there is no such folder")
                + "; allowed: the folder of a run or of an export");
      }
      if (!Files.exists(given.resolve(SavedModelFile.FILE))) {
        throw new BadInputException(
            given
                + ": holds no run (no config.yaml) and no export (no "
                + SavedModelFile.FILE
                + "); allowed: the folder of either");
      }
      if (which != null) {
        throw new BadInputException("--checkpoint: goes with a run, " + given + " is an export");
      }
      return ExportedClassifier.open(given);
    }
    ExperimentConfig config = installed.reader().readResolved(RunFolder.config(given));
    if (DetectionRun.isOne(config)) {
      throw new BadInputException(given + ": is the run of a detector; fix: kt detect " + given);
    }
    return ExportedClassifier.of(
        ClassifierExport.of(
            installed
                .trainer()
                .trained(config, given, which == null ? Checkpoints.Which.BEST : which),
            ExportOptions.defaults()));
  }

  private static CompletableFuture<Decoded> decoded(List<Path> files, int first, ImageShape shape) {
    List<Path> some = files.subList(first, Math.min(files.size(), first + BATCH));
    return CompletableFuture.supplyAsync(
        () -> {
          List<Path> read = new ArrayList<>();
          List<byte[]> pixels = new ArrayList<>();
          List<String> problems = new ArrayList<>();
          some.parallelStream()
              .map(file -> Decoding.of(file, shape))
              .forEachOrdered(
                  done -> {
                    byte[] bytes = done.pixels();
                    if (bytes == null) {
                      problems.add(done.problem());
                    } else {
                      read.add(done.file());
                      pixels.add(bytes);
                    }
                  });
          return new Decoded(read, pixels, problems);
        });
  }

  /** Class and probability, the largest first. */
  private record Guess(String name, double probability) {}

  private record Answer(Path file, List<Guess> guesses) {}

  private List<Answer> answers(ExportedClassifier classifier, Decoded batch) {
    int size = batch.files().size();
    if (size == 0) {
      return List.of();
    }
    int bytes = classifier.shape().bytes();
    byte[] pixels = new byte[size * bytes];
    for (int i = 0; i < size; i++) {
      System.arraycopy(batch.pixels().get(i), 0, pixels, i * bytes, bytes);
    }
    float[] probabilities = classifier.probabilities(pixels, size);
    List<String> classes = classifier.classes();
    List<Answer> answers = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int row = i * classes.size();
      answers.add(
          new Answer(
              batch.files().get(i),
              IntStream.range(0, classes.size())
                  .mapToObj(k -> new Guess(classes.get(k), probabilities[row + k]))
                  .sorted(Comparator.comparingDouble(Guess::probability).reversed())
                  .limit(top)
                  .toList()));
    }
    return answers;
  }

  private void tell(Answer answer) {
    terminal.line(
        answer.file()
            + ": "
            + answer.guesses().stream()
                .map(
                    guess ->
                        String.format(
                            Locale.ROOT, "%s %.2f %%", guess.name(), 100 * guess.probability()))
                .collect(Collectors.joining(", ")));
  }

  private static ObjectNode described(Answer answer) {
    ObjectNode picture = Json.object();
    picture.put("picture", answer.file().toString());
    ArrayNode classes = picture.putArray("classes");
    for (Guess guess : answer.guesses()) {
      classes.addObject().put("class", guess.name()).put("probability", guess.probability());
    }
    return picture;
  }
}
