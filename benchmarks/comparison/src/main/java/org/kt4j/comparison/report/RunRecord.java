package org.kt4j.comparison.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.engine.run.Environment;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.Predictions;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.run.Scores.ClassScore;
import org.kt4j.engine.run.TaskFacts;
import org.kt4j.engine.run.TrainingException;

/**
 * A run as its files tell it.
 *
 * @param folder of the run
 * @param config the resolved configuration
 * @param task what the report has to know of the task; empty in folders of older versions
 * @param result empty while the run is not complete
 * @param metrics its epochs
 * @param environment what it was made with, if that is known
 * @param predictions the answers on the test pictures, if they are classes and are there
 * @param scores what is reached on each class of a complete run, if that is known
 */
record RunRecord(
    Path folder,
    ConfigurationTree config,
    Optional<TaskFacts> task,
    Optional<RunResult> result,
    List<EpochMetrics> metrics,
    Optional<Environment> environment,
    Optional<Predictions> predictions,
    Optional<Scores> scores) {

  /** Of recall, at which precision is known. */
  private static final int LEVELS = 101;

  /**
   * Reads a run.
   *
   * @param warnings told of what is damaged and left out
   * @throws ConfigurationException when the folder holds no run
   */
  static RunRecord read(Path folder, Consumer<String> warnings) {
    Path config = RunFolder.config(folder);
    if (!Files.exists(config)) {
      throw ConfigurationException.of(
          folder
              + ": holds no run (no "
              + config.getFileName()
              + "); allowed: run folders, or the folder of a suite");
    }
    Optional<RunResult> result = optional(() -> RunFolder.result(folder), warnings);
    Optional<Predictions> predictions = optional(() -> predictions(folder, result), warnings);
    return new RunRecord(
        folder,
        ConfigurationTree.read(config),
        optional(() -> RunFolder.task(folder), warnings),
        result,
        RunFolder.metrics(
            folder, damaged -> warnings.accept(damaged + "; the report leaves it out")),
        optional(() -> RunFolder.environment(folder), warnings),
        predictions,
        optional(() -> scores(folder, result), warnings)
            .or(() -> result.flatMap(done -> predictions.map(all -> scores(all, done)))));
  }

  /** Answers that are all classes of the result, of a complete run. */
  private static Optional<Predictions> predictions(Path folder, Optional<RunResult> result) {
    Optional<Predictions> predictions =
        result.isEmpty() ? Optional.empty() : RunFolder.predictions(folder);
    if (predictions.isPresent()) {
      Predictions all = predictions.get();
      int classes = result.orElseThrow().classes().size();
      Stream.of(all.labels(), all.last(), all.best(), all.teacher())
          .flatMapToInt(IntStream::of)
          .filter(answer -> answer < 0 || answer >= classes)
          .findFirst()
          .ifPresent(
              answer -> {
                throw new TrainingException(
                    folder
                        + ": the predictions are damaged: they hold the class "
                        + answer
                        + ", but the result has the classes 0 to "
                        + (classes - 1));
              });
    }
    return predictions;
  }

  /** Scores of which nothing is missing, of a complete run. */
  private static Optional<Scores> scores(Path folder, Optional<RunResult> result) {
    Optional<Scores> scores = result.isEmpty() ? Optional.empty() : RunFolder.scores(folder);
    if (scores.isPresent() && !isWhole(scores.get(), result.orElseThrow().classes())) {
      throw new TrainingException(
          folder
              + ": the scores are damaged: their classes are not those of the result, or a class has"
              + " precision at another number of recalls than "
              + LEVELS);
    }
    return scores;
  }

  /** A file may lack what its type promises. */
  private static boolean isWhole(Scores scores, List<String> names) {
    return scores.overall() != null
        && scores.overall().values().stream().allMatch(Objects::nonNull)
        && scores.classes() != null
        && scores.classes().stream().map(ClassScore::name).toList().equals(names)
        && scores.classes().stream()
            .map(ClassScore::precision)
            .allMatch(
                precision ->
                    precision.isEmpty()
                        || (precision.size() == LEVELS
                            && precision.stream().allMatch(Objects::nonNull)));
  }

  /** Older versions left the answers alone; a class's score is the share that is right. */
  private static Scores scores(Predictions predictions, RunResult result) {
    List<String> names = result.classes();
    double[] last = predictions.classAccuracy(predictions.last(), names.size());
    double[] best = predictions.classAccuracy(predictions.best(), names.size());
    Optional<double[]> teacher =
        predictions.hasTeacher()
            ? Optional.of(predictions.classAccuracy(predictions.teacher(), names.size()))
            : Optional.empty();
    long[] pictures = new long[names.size()];
    for (int label : predictions.labels()) {
      pictures[label]++;
    }
    List<ClassScore> classes = new ArrayList<>();
    for (int k = 0; k < names.size(); k++) {
      Double ofTeacher = teacher.isPresent() ? teacher.get()[k] : null;
      classes.add(
          new ClassScore(names.get(k), pictures[k], last[k], best[k], ofTeacher, List.of()));
    }
    return new Scores(result.metric().name(), "pictures", Map.of(), "", classes);
  }

  private static <T> Optional<T> optional(Reading<T> reading, Consumer<String> warnings) {
    try {
      return reading.read();
    } catch (TrainingException e) {
      warnings.accept(e.getMessage() + "; the report leaves it out");
      return Optional.empty();
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    Optional<T> read();
  }

  /** What its scores are. */
  Metric metric() {
    return task.map(TaskFacts::metric)
        .or(() -> result.map(RunResult::metric))
        .orElseGet(Metric::ofOlderFiles);
  }

  /** What each class reaches after the last epoch; empty while that is not known. */
  Optional<double[]> classes() {
    return classScores().map(classes -> classes.stream().mapToDouble(ClassScore::last).toArray());
  }

  /** The same of its teacher; empty where it has none. */
  Optional<double[]> teacherClasses() {
    return classScores()
        .filter(classes -> classes.stream().allMatch(one -> one.teacher() != null))
        .map(classes -> classes.stream().mapToDouble(RunRecord::teacherScore).toArray());
  }

  private static double teacherScore(ClassScore one) {
    Double teacher = one.teacher();
    return teacher == null ? Double.NaN : teacher;
  }

  private Optional<List<ClassScore>> classScores() {
    return scores.map(Scores::classes).filter(classes -> !classes.isEmpty());
  }

  /** Whether the precision of each class is known at each recall. */
  boolean hasPrecision() {
    return classScores()
        .map(classes -> classes.stream().noneMatch(one -> one.precision().isEmpty()))
        .orElse(false);
  }

  long seed() {
    return config.root().path("seed").asLong();
  }

  /** Which pictures, as the configuration says it. */
  JsonNode data() {
    return config.root().path("data");
  }

  String student() {
    return config.root().path("student").path("network").asText();
  }

  /** The configuration without the seed: what runs of one method have in common. */
  ObjectNode method() {
    ObjectNode root = config.root();
    root.remove("seed");
    return root;
  }

  /** What it is called among others: {@code nst + kd}, or {@code labels} where that is all. */
  String terms() {
    List<String> transfer = transfer();
    return (transfer.isEmpty() ? "labels" : String.join(" + ", transfer)) + beginning();
  }

  private List<String> transfer() {
    List<String> names = new ArrayList<>();
    for (JsonNode phase : config.root().path("phases")) {
      phase.path("objective").forEach(term -> names.add(term.path("term").asText()));
    }
    if (task.isPresent()) {
      return task.get().transferTerms(names);
    }
    // Folders of older versions do not tell; without a teacher there are labels alone.
    return hasTeacher() ? names.stream().distinct().toList() : List.of();
  }

  /** Whether it learns from labels and from nothing else, and begins with random weights. */
  boolean isAlone() {
    return (transfer().isEmpty() || !hasTeacher()) && beginning().isEmpty();
  }

  private boolean hasTeacher() {
    JsonNode root = config.root();
    return root.hasNonNull("teacher")
        || !root.path("teachers").isEmpty()
        || result.map(r -> r.teacherTest() != null).orElse(false);
  }

  /** {@code ", begins with backbone.yaml"}; nothing where it begins with random weights. */
  private String beginning() {
    JsonNode start = config.root().path("start");
    return Stream.of("run", "config", "weights")
        .filter(start::hasNonNull)
        .map(source -> ", begins with " + start.path(source).asText())
        .collect(Collectors.joining());
  }

  /** What the run learns, phase by phase, for people: {@code 50 nst (kernel polynomial) + ...}. */
  String objective() {
    List<String> phases = new ArrayList<>();
    for (JsonNode phase : config.root().path("phases")) {
      List<String> terms = new ArrayList<>();
      phase.path("objective").forEach(term -> terms.add(described(term)));
      int epochs = phase.path("epochs").asInt();
      phases.add(epochs + (epochs == 1 ? " epoch: " : " epochs: ") + String.join(" + ", terms));
    }
    return String.join("; then ", phases) + beginning();
  }

  private static String described(JsonNode term) {
    List<String> options = new ArrayList<>();
    term.properties()
        .forEach(
            option -> {
              boolean shown =
                  !List.of("term", "weight").contains(option.getKey())
                      && !option.getValue().isNull();
              if (shown) {
                String value = option.getValue().toString().replace("\"", "");
                options.add(option.getKey() + " " + value);
              }
            });
    double weight = term.path("weight").asDouble(1);
    String factor = weight == 1 ? "" : Double.toString(weight).replaceAll("\\.0$", "") + " × ";
    return factor
        + term.path("term").asText()
        + (options.isEmpty() ? "" : " (" + String.join(", ", options) + ")");
  }

  /** Pictures per second of all epochs; NaN where they took no time. */
  double imagesPerSecond() {
    return EpochMetrics.imagesPerSecond(metrics).orElse(Double.NaN);
  }
}
