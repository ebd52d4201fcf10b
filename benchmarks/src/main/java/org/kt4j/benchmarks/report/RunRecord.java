package org.kt4j.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.config.ConfigurationTree;
import org.kt4j.engine.training.Environment;
import org.kt4j.engine.training.EpochMetrics;
import org.kt4j.engine.training.Predictions;
import org.kt4j.engine.training.RunFolder;
import org.kt4j.engine.training.RunResult;
import org.kt4j.engine.training.TrainingException;

/**
 * A run as its files tell it.
 *
 * @param folder of the run
 * @param config the resolved configuration
 * @param result empty while the run is not complete
 * @param metrics its epochs
 * @param environment what it was made with, if that is known
 * @param predictions the answers on the test pictures, if they are there
 */
record RunRecord(
    Path folder,
    ConfigurationTree config,
    Optional<RunResult> result,
    List<EpochMetrics> metrics,
    Optional<Environment> environment,
    Optional<Predictions> predictions) {

  private static final String CROSS_ENTROPY = "cross-entropy";

  /**
   * Reads a run.
   *
   * @param warnings told of what is damaged and passed over
   * @throws ConfigurationException when the folder holds no run
   */
  static RunRecord read(Path folder, Consumer<String> warnings) {
    Path config = RunFolder.config(folder);
    if (!Files.exists(config)) {
      throw ConfigurationException.of(
          folder
              + ": holds no run (no config.yaml); allowed: run folders, or the folder of a suite");
    }
    return new RunRecord(
        folder,
        ConfigurationTree.read(config),
        optional(() -> RunFolder.result(folder), warnings),
        RunFolder.metrics(folder, damaged -> warnings.accept(damaged + "; passed over")),
        optional(() -> RunFolder.environment(folder), warnings),
        optional(() -> RunFolder.predictions(folder), warnings));
  }

  private static <T> Optional<T> optional(Reading<T> reading, Consumer<String> warnings) {
    try {
      return reading.read();
    } catch (TrainingException e) {
      warnings.accept(e.getMessage() + "; passed over");
      return Optional.empty();
    }
  }

  @FunctionalInterface
  private interface Reading<T> {
    Optional<T> read();
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

  /** The terms by name, {@code nst + kd}; cross-entropy only when it is alone. */
  String terms() {
    List<String> names = new ArrayList<>();
    for (JsonNode phase : config.root().path("phases")) {
      for (JsonNode term : phase.path("objective")) {
        String name = term.path("term").asText();
        if (!names.contains(name)) {
          names.add(name);
        }
      }
    }
    String transfer =
        names.stream()
            .filter(name -> !name.equals(CROSS_ENTROPY))
            .collect(Collectors.joining(" + "));
    return transfer.isEmpty() ? CROSS_ENTROPY : transfer;
  }

  boolean isAlone() {
    return terms().equals(CROSS_ENTROPY);
  }

  /** What the run learns, phase by phase, for people: {@code 50 nst (kernel polynomial) + ...}. */
  String objective() {
    List<String> phases = new ArrayList<>();
    for (JsonNode phase : config.root().path("phases")) {
      List<String> terms = new ArrayList<>();
      phase.path("objective").forEach(term -> terms.add(described(term)));
      phases.add(phase.path("epochs").asInt() + " epochs: " + String.join(" + ", terms));
    }
    return String.join("; then ", phases);
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

  /** Pictures per second of all epochs. */
  double imagesPerSecond() {
    double seconds = metrics.stream().mapToDouble(EpochMetrics::seconds).sum();
    double images = metrics.stream().mapToDouble(e -> e.imagesPerSecond() * e.seconds()).sum();
    return images / seconds;
  }
}
