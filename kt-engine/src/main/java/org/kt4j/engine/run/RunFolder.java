package org.kt4j.engine.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.kt4j.data.ReadFault;
import org.kt4j.data.file.AtomicFiles;
import org.kt4j.data.file.FileSteps;
import org.kt4j.data.file.LockedFile;
import org.kt4j.data.file.UnfinishedFolder;
import org.kt4j.engine.json.Json;

/**
 * The folder of one run:
 *
 * <pre>
 * config.yaml       the configuration with every default spelled out
 * environment.json  versions and machine
 * task.json         the task, its metric, its label terms
 * metrics.jsonl     a line for each epoch
 * tensorboard/      the same as event files
 * checkpoints/      last and best
 * predictions.csv   the class of each test picture, where an answer is a class, once complete
 * scores.json the score of each class, once the run is complete
 * examples/         test pictures with the answers drawn in, once the run is complete
 * result.json       once the run is complete
 * figures/ figures of neurons, if they were drawn
 * export/ the student as a SavedModel, if it was exported
 * export-onnx/ the same as ONNX
 * export-int8/ the same in whole numbers of 8 bits
 * pruned-l1/ what a criterion has left of the student, if it was pruned
 * </pre>
 *
 * While it is open it is locked, so that two processes never write into one run.
 */
public final class RunFolder implements AutoCloseable {

  private static final String LOCK = ".lock";

  /** Is there while the folder is being cleared; a clearing that was stopped is ended by it. */
  private static final String CLEARING = ".clearing";

  private static final String CONFIG = "config.yaml";
  private static final String ENVIRONMENT = "environment.json";
  private static final String TASK = "task.json";
  private static final String METRICS = "metrics.jsonl";
  private static final String EVENTS = "tensorboard";
  private static final String CHECKPOINTS = "checkpoints";
  private static final String PREDICTIONS = "predictions.csv";
  private static final String SCORES = "scores.json";
  private static final String EXAMPLES = "examples";
  private static final String RESULT = "result.json";
  private static final String FIGURES = "figures";
  private static final String EXPORT = "export";
  private static final String EXPORT_ONNX = "export-onnx";
  private static final String EXPORT_INT8 = "export-int8";

  private static final String PRUNED = "pruned-";

  /** The page of a report, in the folder of a run or of a suite. */
  public static final String REPORT_PAGE = "report.html";

  /** The same for other pages of documentation. */
  public static final String REPORT_TEXT = "report.md";

  private static final Set<String> ALL =
      Set.of(
          CONFIG,
          ENVIRONMENT,
          TASK,
          METRICS,
          EVENTS,
          CHECKPOINTS,
          PREDICTIONS,
          SCORES,
          EXAMPLES,
          RESULT,
          FIGURES,
          EXPORT,
          EXPORT_ONNX,
          EXPORT_INT8,
          REPORT_PAGE,
          REPORT_TEXT,
          CLEARING,
          LOCK);

  private static final String START_OVER =
      "; fix: restore it from a copy, or start over with --overwrite";

  private final Path path;
  private final LockedFile lock;

  private RunFolder(Path path, LockedFile lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Is told that another process has a run's folder open. */
  @FunctionalInterface
  public interface Waiting {

    /**
     * Is called once, before the wait.
     *
     * @param run the folder
     * @param holder the process in words: {@code process 1234}
     */
    void waits(Path run, String holder);
  }

  /**
   * Opens a folder for writing, creating it when needed.
   *
   * @throws TrainingException when another process has it open or it cannot be written
   */
  public static RunFolder open(Path path) {
    try {
      Files.createDirectories(path);
      Path file = path.resolve(LOCK);
      Optional<LockedFile> lock = LockedFile.tried(file);
      if (lock.isEmpty()) {
        throw new TrainingException(
            path
                + ": the run folder is in use by "
                + holder(file)
                + "; wait for it, or choose another folder with --out");
      }
      return opened(path, lock.get());
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  /**
   * Opens a folder for writing, creating it when needed, as soon as no other process has it open.
   *
   * @throws TrainingException when it cannot be written
   */
  public static RunFolder awaited(Path path, Waiting waiting) {
    try {
      Files.createDirectories(path);
      Path file = path.resolve(LOCK);
      Optional<LockedFile> lock = LockedFile.tried(file);
      if (lock.isEmpty()) {
        waiting.waits(path, holder(file));
      }
      return opened(path, lock.isPresent() ? lock.get() : LockedFile.awaited(file));
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  /** Waits until no other process has a run's folder open; returns at once where there is none. */
  public static void awaitFree(Path path, Waiting waiting) {
    if (Files.exists(path.resolve(LOCK))) {
      awaited(path, waiting).close();
    }
  }

  private static RunFolder opened(Path path, LockedFile lock) throws IOException {
    try {
      byte[] owner = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      lock.channel().truncate(0).write(ByteBuffer.wrap(owner), 0);
      RunFolder folder = new RunFolder(path, lock);
      if (Files.exists(path.resolve(CLEARING))) {
        folder.clear();
      }
      folder.removeUnfinished();
      return folder;
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static String holder(Path lock) {
    try {
      String owner = Files.readString(lock, StandardCharsets.UTF_8);
      return owner.matches("[0-9]{1,10}") ? "process " + owner : "another process";
    } catch (IOException e) {
      return "another process"; // a system that locks what is read, too
    }
  }

  private static TrainingException unusable(Path path, IOException e) {
    return new TrainingException(
        path
            + ": the run folder cannot be written ("
            + ReadFault.reason(e)
            + "); choose another with --out",
        e);
  }

  /** Removes what an earlier process was killed over. */
  private void removeUnfinished() throws IOException {
    UnfinishedFolder.removeAbandoned(path); // but not an export under way
    try (Stream<Path> all = Files.list(path)) {
      for (Path each : all.toList()) {
        if (each.getFileName().toString().endsWith(AtomicFiles.UNFINISHED)
            && !UnfinishedFolder.isOne(each)) {
          FileSteps.deleteTree(each);
        }
      }
    }
  }

  /** The folder. */
  public Path path() {
    return path;
  }

  /** Where the configuration stands. */
  public static Path config(Path run) {
    return run.resolve(CONFIG);
  }

  /** The folder of a run's checkpoints. */
  public static Path checkpoints(Path run) {
    return run.resolve(CHECKPOINTS);
  }

  /** Where TensorBoard finds the run. */
  public static Path events(Path run) {
    return run.resolve(EVENTS);
  }

  /** What a run was made with; empty while nothing is known of it. */
  public static Optional<Environment> environment(Path run) {
    return read(run.resolve(ENVIRONMENT), Environment.class, "environment");
  }

  /** The answers on the test pictures; empty while the run is not complete. */
  public static Optional<Predictions> predictions(Path run) {
    int classes = result(run).map(done -> done.classes().size()).orElse(Integer.MAX_VALUE);
    return Predictions.read(run.resolve(PREDICTIONS), classes);
  }

  /** The score of each class; empty while the run is not complete, or without classes. */
  public static Optional<Scores> scores(Path run) {
    Path file = run.resolve(SCORES);
    Optional<Scores> scores = read(file, Scores.class, "scores");
    scores.ifPresent(all -> result(run).ifPresent(done -> all.requireWhole(file, done)));
    return scores;
  }

  /** Where test pictures with the student's answers are, PNG files; it need not exist. */
  public static Path examples(Path run) {
    return run.resolve(EXAMPLES);
  }

  /** What reports need to know of the task; empty in folders of older versions. */
  public static Optional<TaskFacts> task(Path run) {
    return read(run.resolve(TASK), TaskFacts.class, "task");
  }

  /**
   * What is known of a pruned network.
   *
   * @param file {@code pruning.json} of its folder
   * @return empty where there is none
   * @throws RunFolderException when it is damaged
   */
  public static Optional<PruningFacts> pruning(Path file) {
    try {
      return Files.exists(file)
          ? Optional.of(Json.read(file, PruningFacts.class))
          : Optional.empty();
    } catch (IOException e) {
      throw new RunFolderException(
          file
              + ": the facts of a pruned network cannot be read: "
              + words(e)
              + ". Restore the file from a copy, or prune again with --overwrite",
          e);
    }
  }

  /**
   * The default folder of the exported student.
   *
   * @param format the name of its format
   * @param int8 whether it computes in whole numbers of 8 bits
   */
  public static Path export(Path run, String format, boolean int8) {
    return run.resolve(int8 ? EXPORT_INT8 : format.equals("onnx") ? EXPORT_ONNX : EXPORT);
  }

  /**
   * The default folder of what is left of the student.
   *
   * @param criterion by which it is pruned
   */
  public static Path pruned(Path run, String criterion) {
    return run.resolve(PRUNED + criterion);
  }

  /** Those of the default folders of exports that are there. */
  public static List<Path> exports(Path run) {
    return Stream.of(EXPORT, EXPORT_ONNX, EXPORT_INT8)
        .map(run::resolve)
        .filter(Files::isDirectory)
        .toList();
  }

  /** The default folder of figures of neurons. */
  public static Path figures(Path run) {
    return run.resolve(FIGURES);
  }

  /**
   * Names in a folder that are no part of a run, sorted; none where there is no folder.
   *
   * @throws TrainingException when it cannot be read
   */
  public static List<String> foreign(Path run) {
    if (!Files.exists(run)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(run)) {
      return files
          .map(each -> String.valueOf(each.getFileName()))
          .filter(
              name ->
                  !ALL.contains(name)
                      && !name.startsWith(PRUNED)
                      && !name.endsWith(AtomicFiles.UNFINISHED))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new RunFolderException(run + ": cannot be read: " + ReadFault.reason(e), e);
    }
  }

  /** Whether a folder was opened for a run before, is empty, or is not there. */
  public static boolean isRun(Path folder) {
    if (!Files.isDirectory(folder) || Files.exists(folder.resolve(LOCK))) {
      return true;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new TrainingException(folder + ": cannot be read: " + ReadFault.reason(e), e);
    }
  }

  /** The result of a run; empty while it is not complete. */
  public static Optional<RunResult> result(Path run) {
    Optional<RunResult> result = read(run.resolve(RESULT), RunResult.class, "result");
    result
        .flatMap(RunResult::fault)
        .ifPresent(
            fault -> {
              throw new RunFolderException(
                  run.resolve(RESULT) + ": the result is damaged: " + fault + START_OVER);
            });
    return result;
  }

  private static <T> Optional<T> read(Path file, Class<T> type, String what) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.read(file, type));
    } catch (IOException e) {
      throw new RunFolderException(
          file + ": the " + what + " cannot be read: " + words(e) + START_OVER, e);
    }
  }

  private static String words(IOException e) {
    return e instanceof JsonProcessingException json
        ? json.getOriginalMessage()
        : ReadFault.reason(e);
  }

  /** The files by which a training goes on, or is known to be complete; sorted. */
  public static List<Path> filesOfTraining(Path run) {
    List<Path> files = new ArrayList<>();
    for (String name : List.of(TASK, METRICS, CHECKPOINTS, RESULT)) {
      Path each = run.resolve(name);
      if (Files.exists(each)) {
        try (Stream<Path> below = Files.walk(each)) {
          below.filter(Files::isRegularFile).sorted().forEach(files::add);
        } catch (IOException e) {
          throw new RunFolderException(each + ": cannot be read: " + ReadFault.reason(e), e);
        }
      }
    }
    return files;
  }

  /** Whether a folder holds anything that a run has come to. */
  public static boolean hasBegun(Path run) {
    return Stream.of(RESULT, METRICS, CHECKPOINTS).anyMatch(n -> Files.exists(run.resolve(n)));
  }

  /**
   * The lines of a run's metrics, one for each epoch from the first on. A torn last line, left by a
   * kill, is passed over.
   *
   * @throws TrainingException when any other line cannot be read, or an epoch is missing
   */
  public static List<EpochMetrics> metrics(Path run) {
    return metrics(
        run,
        damaged -> {
          throw new RunFolderException(damaged + START_OVER);
        });
  }

  /**
   * The lines of a run's metrics that can be read. A torn last line, left by a kill, is passed
   * over.
   *
   * @param damaged told of any other that cannot or that is not of the next epoch, where it stands
   *     and why
   */
  public static List<EpochMetrics> metrics(Path run, Consumer<String> damaged) {
    Path file = run.resolve(METRICS);
    List<EpochMetrics> metrics = new ArrayList<>();
    if (!Files.exists(file)) {
      return metrics;
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      List<String> lines = text.lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        try {
          EpochMetrics line = Json.read(lines.get(i), EpochMetrics.class);
          if (line.epoch() != i + 1) {
            damaged.accept(
                file
                    + ": line "
                    + (i + 1)
                    + " is of epoch "
                    + line.epoch()
                    + ", not of "
                    + (i + 1));
          } else {
            metrics.add(line);
          }
        } catch (JsonProcessingException e) {
          if (i < lines.size() - 1 || text.endsWith("\n")) {
            damaged.accept(file + ": line " + (i + 1) + " is damaged: " + e.getOriginalMessage());
          }
        }
      }
      return metrics;
    } catch (IOException e) {
      throw new RunFolderException(
          file + ": the metrics cannot be read: " + ReadFault.reason(e), e);
    }
  }

  /** Replaces the metrics by these lines, after a resume that goes back to the last checkpoint. */
  public void metrics(List<EpochMetrics> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(Json.line(line)).append('\n'));
    write(METRICS, text.toString());
  }

  /** Adds a line to the metrics. */
  public void add(EpochMetrics line) {
    Path file = path.resolve(METRICS);
    try {
      AtomicFiles.append(file, Json.line(line) + "\n");
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
  }

  /** Writes the answers on the test pictures. */
  public void predictions(Predictions predictions) {
    write(PREDICTIONS, predictions.toCsv());
  }

  /** Writes what reports have to know of the task. */
  public void task(TaskFacts facts) {
    write(TASK, Json.indented(facts));
  }

  /** Writes what is reached on each class. */
  public void scores(Scores scores) {
    write(SCORES, Json.indented(scores));
  }

  /** Writes the result, which makes the run complete. */
  public void result(RunResult result) {
    write(RESULT, Json.indented(result));
  }

  /** Writes what the run was made with. */
  public void environment(Environment environment) {
    write(ENVIRONMENT, Json.indented(environment));
  }

  /** Writes the configuration. */
  public void config(String yaml) {
    write(CONFIG, yaml);
  }

  /**
   * Checks that TensorBoard's files can be written.
   *
   * @throws RunFolderException when a file is in the place of their folder
   */
  public void requireEventsFolder() {
    Path events = events(path);
    if (Files.exists(events) && !Files.isDirectory(events)) {
      throw new RunFolderException(
          events + ": is a file; expected: a folder of event files; fix: remove the file");
    }
  }

  /** Removes what TensorBoard was shown by an attempt that no checkpoint is left of. */
  public void forgetEvents() {
    try {
      FileSteps.deleteTree(events(path));
    } catch (IOException e) {
      throw cannotWrite(events(path), e);
    }
  }

  /**
   * Removes everything of an earlier run, the lock aside. Where this is stopped, it is ended when
   * the folder is opened the next time.
   */
  public void clear() {
    Path mark = path.resolve(CLEARING);
    try {
      AtomicFiles.write(mark, "");
      FileSteps.delete(path.resolve(RESULT)); // first: without it nobody takes the run for complete
      try (Stream<Path> all = Files.list(path)) {
        for (Path each : all.sorted().toList()) {
          if (!each.equals(path.resolve(LOCK)) && !each.equals(mark)) {
            FileSteps.deleteTree(each);
          }
        }
      }
      FileSteps.delete(mark);
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
      throw new TrainingException(
          path + ": the run folder cannot be released: " + ReadFault.reason(e), e);
    }
  }
}
