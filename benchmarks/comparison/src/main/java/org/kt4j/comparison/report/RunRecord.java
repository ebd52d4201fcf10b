package org.kt4j.comparison.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.experiment.PrunedFolder;
import org.kt4j.engine.run.Environment;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.Predictions;
import org.kt4j.engine.run.PruningFacts;
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
 * @param milliseconds for one picture, of the pruned network that it began with, where that was
 *     measured
 */
record RunRecord(
    Path folder,
    ConfigurationTree config,
    Optional<TaskFacts> task,
    Optional<RunResult> result,
    List<EpochMetrics> metrics,
    Optional<Environment> environment,
    Optional<Predictions> predictions,
    Optional<Scores> scores,
    OptionalDouble milliseconds) {

  /**
   * Reads a run.
   *
   * @param warnings told of what is damaged and left out
   * @throws ConfigurationException when the folder holds no run
   */
  static RunRecord read(Path folder, Consumer<String> warnings) {
    ConfigurationTree config = config(folder);
    Optional<RunResult> result = optional(() -> RunFolder.result(folder), warnings);
    // What an earlier attempt left says nothing of a run that is not complete.
    boolean complete = result.isPresent();
    Optional<Predictions> predictions =
        optional(() -> complete ? RunFolder.predictions(folder) : Optional.empty(), warnings);
    Optional<Scores> scores =
        optional(() -> complete ? RunFolder.scores(folder) : Optional.empty(), warnings);
    return new RunRecord(
        folder,
        config,
        optional(() -> RunFolder.task(folder), warnings),
        result,
        metrics(folder, warnings),
        optional(() -> RunFolder.environment(folder), warnings),
        predictions.filter(all -> isOf(scores, all, folder, warnings)),
        scores.or(() -> result.flatMap(done -> predictions.map(all -> scores(all, done)))),
        result.map(done -> milliseconds(config, done, warnings)).orElse(OptionalDouble.empty()));
  }

  /**
   * What kt prune has measured of the network that a run began with; in floats, so that it says
   * nothing of a student that is rounded or computes with signs.
   */
  private static OptionalDouble milliseconds(
      ConfigurationTree config, RunResult result, Consumer<String> warnings) {
    JsonNode student = config.root().path("student");
    JsonNode weights = config.root().path("start").path("weights");
    if (!weights.isTextual()
        || student.hasNonNull("quantization")
        || student.hasNonNull("binary")) {
      return OptionalDouble.empty();
    }
    Path file;
    try {
      file = Path.of(weights.asText()).resolveSibling(PrunedFolder.FACTS);
    } catch (InvalidPathException e) {
      return OptionalDouble.empty();
    }
    // Another network may have been pruned into the folder meanwhile.
    return optional(() -> RunFolder.pruning(file), warnings)
        .filter(facts -> facts.costAfter().parameters() == result.parameters())
        .filter(facts -> facts.costAfter().flops() == result.flopsPerImage())
        .map(PruningFacts::after)
        .map(after -> OptionalDouble.of(after.speed().milliseconds()))
        .orElse(OptionalDouble.empty());
  }

  /**
   * The configuration that the run was trained by.
   *
   * @throws ConfigurationException when it is missing, or lacks what every resolved one has
   */
  private static ConfigurationTree config(Path folder) {
    Path file = RunFolder.config(folder);
    if (!Files.exists(file)) {
      throw ConfigurationException.of(
          RunFolder.hasBegun(folder)
              ? file
                  + ": is missing, so nothing says what this run was trained by; fix: restore the"
                  + " file from a copy, or train the run again"
              : folder
                  + ": holds no run (no "
                  + file.getFileName()
                  + "); allowed: run folders, or the folder of a suite");
    }
    ConfigurationTree config;
    try {
      config = ConfigurationTree.parse(file.toString(), Files.readString(file));
    } catch (IOException e) {
      throw ConfigurationException.of(
          file
              + ": cannot be read ("
              + ReadFault.reason(e)
              + "); fix: restore the file from a copy");
    }
    JsonNode root = config.root();
    JsonNode phases = root.path("phases");
    boolean hasTerms = phases.isArray() && !phases.isEmpty();
    for (JsonNode phase : phases) {
      hasTerms &= phase.path("epochs").isIntegralNumber() && !phase.path("objective").isEmpty();
      for (JsonNode term : phase.path("objective")) {
        hasTerms &= term.path("term").isTextual();
      }
    }
    require(root.path("data").path("name").isTextual(), file, "data.name");
    require(root.path("student").path("network").isTextual(), file, "student.network");
    require(hasTerms, file, "phases, each with epochs and an objective");
    require(root.path("seed").canConvertToExactIntegral(), file, "seed");
    return config;
  }

  private static void require(boolean there, Path file, String key) {
    if (!there) {
      throw ConfigurationException.of(
          file
              + ": has no "
              + key
              + ", as every run's configuration has; fix: restore the file from a copy, or train the"
              + " run again");
    }
  }

  private static List<EpochMetrics> metrics(Path folder, Consumer<String> warnings) {
    Consumer<String> leftOut = why -> warnings.accept(why + "; the report leaves it out");
    try {
      return RunFolder.metrics(folder, leftOut);
    } catch (TrainingException e) {
      leftOut.accept(e.getMessage());
      return List.of();
    }
  }

  /** Whether answers are on the pictures that the scores were counted on. */
  private static boolean isOf(
      Optional<Scores> scores, Predictions predictions, Path folder, Consumer<String> warnings) {
    if (scores.isEmpty()) {
      return true;
    }
    List<ClassScore> classes = scores.get().classes();
    long[] pictures = pictures(predictions, classes.size());
    for (int k = 0; k < pictures.length; k++) {
      ClassScore one = classes.get(k);
      if (one.count() != pictures[k]) {
        warnings.accept(
            String.format(
                    Locale.ROOT,
                    "%s: its predictions hold %d pictures of class '%s', but its scores are of %d, so one of",
                    folder,
                    pictures[k],
                    one.name(),
                    one.count())
                + " the files is not of this run; the report leaves the predictions out");
        return false;
      }
    }
    return true;
  }

  private static long[] pictures(Predictions predictions, int classes) {
    long[] pictures = new long[classes];
    for (int label : predictions.labels()) {
      pictures[label]++;
    }
    return pictures;
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
    long[] pictures = pictures(predictions, names.size());
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

  /** The student's network, and the bits or signs that it computes with. */
  String student() {
    JsonNode student = config.root().path("student");
    JsonNode bits = student.path("quantization");
    JsonNode signs = student.path("binary");
    return student.path("network").asText()
        + (signs.isObject() ? ", signs (" + signs.path("scheme").asText() + ")" : "")
        + (bits.isObject()
            ? ", weights of %s bits, activations of %s"
                .formatted(bits.path("weights").asText(), bits.path("activations").asText())
            : "");
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
    return factor(term.path("weight"))
        + term.path("term").asText()
        + (options.isEmpty() ? "" : " (" + String.join(", ", options) + ")");
  }

  private static String factor(JsonNode weight) {
    if (weight.has("share")) {
      return "share " + plain(weight.path("share")) + " × ";
    }
    if (weight.isObject()) {
      return plain(weight.path("from"))
          + " to "
          + plain(weight.path("to"))
          + " over "
          + weight.path("epochs").asText()
          + " epochs × ";
    }
    return weight.asDouble(1) == 1 ? "" : plain(weight) + " × ";
  }

  private static String plain(JsonNode number) {
    return Double.toString(number.asDouble()).replaceAll("\\.0$", "");
  }

  /** Pictures per second of all epochs; NaN where they took no time. */
  double imagesPerSecond() {
    return EpochMetrics.imagesPerSecond(metrics).orElse(Double.NaN);
  }
}
