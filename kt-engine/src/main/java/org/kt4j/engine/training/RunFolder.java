package org.kt4j.engine.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.file.AtomicFiles;
import org.kt4j.engine.file.LockedFile;
import org.kt4j.engine.json.Json;

/**
 * The folder of one run:
 *
 * <pre>
 * config.yaml       the configuration with every default spelled out
 * environment.json  versions and machine
 * metrics.jsonl     a line for each epoch
 * tensorboard/      the same as event files
 * checkpoints/      last and best
 * predictions.csv   a classifier's answers on the test pictures, once the run is complete
 * scores.json       of a detector: what it reaches on each class, once the run is complete
 * examples/         of a detector: test pictures with its boxes, once the run is complete
 * result.json       once the run is complete
 * figures/          once somebody asked for them
 * export/           the student as a model, likewise
 * </pre>
 *
 * While it is open it is locked, so that two processes never write into one run.
 */
public final class RunFolder implements AutoCloseable {

  private static final String LOCK = ".lock";

  private static final String PREDICTIONS = "predictions.csv";

  private static final String SCORES = "scores.json";

  private final Path path;
  private final LockedFile lock;

  private RunFolder(Path path, LockedFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Opens a folder for writing, creating it when needed.
   *
   * @throws TrainingException when another process has it open or it cannot be written
   */
  public static RunFolder open(Path path) {
    try {
      Files.createDirectories(path);
      LockedFile lock =
          LockedFile.tried(path.resolve(LOCK))
              .orElseThrow(
                  () ->
                      new TrainingException(
                          path
                              + ": the run folder is in use by another process; wait for it, or"
                              + " choose another folder with --out"));
      return new RunFolder(path, lock);
    } catch (IOException e) {
      throw new TrainingException(
          path + ": the run folder cannot be written (" + e + "); choose another with --out", e);
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Where the configuration stands. */
  public static Path config(Path run) {
    return run.resolve("config.yaml");
  }

  /** The checkpoints of a run. */
  public static Checkpoints checkpoints(Path run) {
    return new Checkpoints(run.resolve("checkpoints"));
  }

  /** Where TensorBoard finds the run. */
  public static Path events(Path run) {
    return run.resolve("tensorboard");
  }

  /** What a run was made with; empty while nothing is known of it. */
  public static Optional<Environment> environment(Path run) {
    return read(run.resolve("environment.json"), Environment.class, "environment");
  }

  /** The answers on the test pictures; empty while the run is not complete. */
  public static Optional<Predictions> predictions(Path run) {
    return Predictions.read(run.resolve(PREDICTIONS));
  }

  /** What a detector reaches on each class; empty while the run is not complete. */
  public static Optional<Scores> scores(Path run) {
    return read(run.resolve(SCORES), Scores.class, "scores");
  }

  /** Where pictures with a detector's boxes are, PNG files; the folder need not exist. */
  public static Path examples(Path run) {
    return run.resolve("examples");
  }

  /** The result of a run; empty while it is not complete. */
  public static Optional<RunResult> result(Path run) {
    return read(run.resolve("result.json"), RunResult.class, "result");
  }

  private static <T> Optional<T> read(Path file, Class<T> type, String what) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(file, type));
    } catch (IOException e) {
      throw new TrainingException(file + ": the " + what + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The lines of a run's metrics. A torn last line, left by a kill, is passed over.
   *
   * @throws TrainingException when any other line cannot be read
   */
  public static List<EpochMetrics> metrics(Path run) {
    return metrics(
        run,
        damaged -> {
          throw new TrainingException(damaged);
        });
  }

  /**
   * The lines of a run's metrics that can be read. A torn last line, left by a kill, is passed
   * over.
   *
   * @param damaged told of any other that cannot, where it stands and why
   */
  public static List<EpochMetrics> metrics(Path run, Consumer<String> damaged) {
    Path file = run.resolve("metrics.jsonl");
    List<EpochMetrics> metrics = new ArrayList<>();
    if (!Files.exists(file)) {
      return metrics;
    }
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      for (int i = 0; i < lines.size(); i++) {
        try {
          metrics.add(Json.read(lines.get(i), EpochMetrics.class));
        } catch (JsonProcessingException e) {
          if (i < lines.size() - 1) {
            damaged.accept(file + ": line " + (i + 1) + " is damaged: " + e.getOriginalMessage());
          }
        }
      }
      return metrics;
    } catch (IOException e) {
      throw new TrainingException(file + ": the metrics cannot be read: " + e, e);
    }
  }

  /** Replaces the metrics by these lines, after a resume that goes back to the last checkpoint. */
  void metrics(List<EpochMetrics> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(Json.line(line)).append('\n'));
    write("metrics.jsonl", text.toString());
  }

  /** Adds a line to the metrics. */
  void add(EpochMetrics line) {
    Path file = path.resolve("metrics.jsonl");
    try {
      Files.writeString(
          file, Json.line(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  /** Writes the answers on the test pictures. */
  void predictions(Predictions predictions) {
    write(PREDICTIONS, predictions.toCsv());
  }

  /** Writes what a detector reaches on each class. */
  public void scores(Scores scores) {
    write(SCORES, Json.indented(scores));
  }

  /** Writes the result, which makes the run complete. */
  void result(RunResult result) {
    write("result.json", Json.indented(result));
  }

  /** Writes what the run was made with. */
  void environment(Environment environment) {
    write("environment.json", Json.indented(environment));
  }

  /** Writes the configuration. */
  void config(String yaml) {
    write("config.yaml", yaml);
  }

  /** Removes everything of an earlier run, the lock aside. */
  void clear() {
    try (Stream<Path> all = Files.list(path)) {
      for (Path each : all.toList()) {
        if (!each.equals(path.resolve(LOCK))) {
          PathUtils.delete(each);
        }
      }
    } catch (IOException e) {
      throw cannotWrite(path, e);
    }
  }

  private void write(String name, String text) {
    Path file = path.resolve(name);
    try {
      AtomicFiles.write(file, text);
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  private static TrainingException cannotWrite(Path file, IOException e) {
    return new TrainingException(
        file
            + " cannot be written ("
            + e
            + "); the last checkpoint is untouched. Make room and "
            + "start the same command again",
        e);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new TrainingException(path + ": the run folder cannot be released: " + e, e);
    }
  }
}
