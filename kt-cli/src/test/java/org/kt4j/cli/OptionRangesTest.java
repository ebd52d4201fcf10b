package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.OptionsListing;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;

/**
 * Every number of a configuration has a range that is checked while it is read: of experiments, and
 * of all methods, networks and data sets on the class path. A number without a range fails here.
 */
class OptionRangesTest {

  private static final Injector INJECTOR = Guice.createInjector(KtModule.fromClassPath());

  private static final ExperimentReader READER = INJECTOR.getInstance(ExperimentReader.class);

  private static final String EXPERIMENT =
      """
      data: {name: shapes}
      student: {network: resnet-8}
      teacher: {model: teacher.onnx, input: {}, normalization: {mean: [0.5], std: [0.5]}}
      normalization: {mean: [0.5], std: [0.5]}
      augmentation: {}
      optimizer: {name: sgd}
      schedule: {name: cosine}
      phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  @TempDir private static Path folder;

  /** Whatever fits into 64 bits; nothing is computed with its size. */
  private static final Set<String> SEEDS = Set.of("seed", "data.seed");

  /**
   * A number of a configuration.
   *
   * @param yaml the configuration
   * @param key where the number is set
   * @param type as {@link OptionsListing} says it
   */
  record NumberKey(String yaml, String key, String type, String description) {

    boolean whole() {
      return type.contains("whole");
    }

    /** What is set in place of the number: the map or list that holds it, or the number. */
    String holding(String value) {
      return type.startsWith("list")
          ? "[" + value + "]"
          : type.startsWith("map") ? "{x: " + value + "}" : value;
    }

    @Override
    public String toString() {
      return yaml.lines().findFirst().orElse("") + ": " + key;
    }
  }

  static List<NumberKey> numbers() {
    List<NumberKey> numbers = new ArrayList<>();
    ExperimentConfig config = READER.parse("test", EXPERIMENT);
    add(numbers, EXPERIMENT, "", config);
    add(numbers, EXPERIMENT, "phases[0].", config.phases().get(0));
    add(numbers, EXPERIMENT, "phases[0].objective[0].", config.phases().get(0).objective().get(0));
    String weight = "phases[0].objective[0].weight";
    numbers.removeIf(number -> List.of("teacher.weight", weight + ".value").contains(number.key()));
    numbers.add(new NumberKey(EXPERIMENT, weight, "number", "factor of the term's loss, 0 to 1e9"));
    for (Record changing : List.of(new TermWeight.Ramp(0.5, 1, 2), new TermWeight.Share(1))) {
      String map =
          changing instanceof TermWeight.Share ? "{share: 1}" : "{from: 0.5, to: 1, epochs: 2}";
      String yaml =
          "# "
              + map
              + "\n"
              + EXPERIMENT.replace("cross-entropy}", "cross-entropy, weight: " + map + "}");
      add(numbers, yaml, weight + ".", changing);
    }
    numbers.add(
        new NumberKey(
            EXPERIMENT,
            "teacher.weight",
            "number",
            "its share where a term learns from several, 1e-6 to 1e6"));
    for (String optimizer : List.of("adam", "adam-w")) {
      String yaml = "# " + optimizer + "\n" + EXPERIMENT.replace("sgd", optimizer);
      add(numbers, yaml, "optimizer.", (Record) READER.parse("test", yaml).optimizer());
    }
    for (String schedule : List.of("constant", "step, milestones: [1]")) {
      String yaml = "# " + schedule + "\n" + EXPERIMENT.replace("cosine", schedule);
      add(numbers, yaml, "schedule.", (Record) READER.parse("test", yaml).schedule());
    }
    INJECTOR
        .getInstance(Datasets.class)
        .all()
        .forEach(
            data ->
                add(
                    numbers,
                    "# " + data.name() + "\n" + EXPERIMENT.replace("shapes", data.name()),
                    "data.",
                    data.defaults()));
    INJECTOR
        .getInstance(Networks.class)
        .all()
        .forEach(
            network ->
                add(
                    numbers,
                    "# " + network.name() + "\n" + EXPERIMENT.replace("resnet-8", network.name()),
                    "student.",
                    network.defaults()));
    INJECTOR
        .getInstance(Methods.class)
        .all()
        .forEach(
            method ->
                add(
                    numbers,
                    "# "
                        + method.name()
                        + "\n"
                        + EXPERIMENT.replace("cross-entropy", method.name()),
                    "phases[0].objective[0].",
                    method.defaults()));
    return numbers.stream().distinct().toList();
  }

  private static void add(List<NumberKey> numbers, String yaml, String place, Record options) {
    for (OptionsListing.Line line : OptionsListing.of(options)) {
      String key = line.key().replaceFirst("\\b(keys|source|options)[.]", "");
      // The backbone of a detector is a network by name, and networks are looked at themselves.
      if (line.type().contains("number") && !key.startsWith("backbone.")) {
        numbers.add(new NumberKey(yaml, place + key, line.type(), line.description()));
      }
    }
  }

  private static List<String> problems(NumberKey number, String value) {
    try {
      Path file = folder.resolve(Integer.toHexString(number.yaml().hashCode()) + ".yaml");
      Files.writeString(file, number.yaml());
      READER.read(file, Map.of(number.key(), number.holding(value)));
      return List.of();
    } catch (ConfigurationException e) {
      return e.problems();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean names(String problem, NumberKey number, String value) {
    String last = number.key().substring(number.key().lastIndexOf('.') + 1);
    BigDecimal exact = value.contains("n") ? null : new BigDecimal(value);
    return problem.contains(last)
        && (problem.contains("allowed:") || problem.contains("(" + number.description() + ")"))
        && Stream.of(
                value,
                value.replace(".nan", "NaN").replace(".inf", "Infinity"),
                exact == null ? value : exact.toString(),
                exact == null ? value : Double.toString(exact.doubleValue()))
            .anyMatch(problem::contains);
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void the_description_has_the_range(NumberKey number) {
    if (!SEEDS.contains(number.key())) {
      assertThat(number.description()).as(number.key()).containsPattern("[0-9]");
    }
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void what_nobody_means_is_refused_with_key_value_and_range(NumberKey number) {
    List<String> refused = new ArrayList<>(List.of(".nan", ".inf", "-.inf", "1e308", "-1e308"));
    refused.add("9223372036854775808");
    if (number.whole() && !SEEDS.contains(number.key())) {
      refused.addAll(List.of("2147483647", "-2147483648", "9223372036854775807", "0.5"));
    }

    for (String value : refused) {
      List<String> problems = problems(number, value);

      assertThat(problems)
          .as(number.key() + ": " + value)
          .anyMatch(problem -> names(problem, number, value));
    }
  }

  @ParameterizedTest
  @MethodSource("numbers")
  void what_is_at_an_edge_is_taken_or_refused_in_the_same_words(NumberKey number) {
    for (String value : List.of("-1", "0", "1", "-0.0", "4.9e-324", "1000000", "1e15")) {
      List<String> problems = problems(number, value);

      if (!problems.isEmpty()) {
        assertThat(problems)
            .as(number.key() + ": " + value)
            .anyMatch(problem -> names(problem, number, value));
      }
    }
  }

  @Test
  void numbers_of_every_kind_are_looked_at() {
    assertThat(numbers())
        .extracting(NumberKey::key)
        .contains(
            "batch-size",
            "seed",
            "augmentation.views",
            "optimizer.clip-norm",
            "optimizer.epsilon",
            "schedule.milestones",
            "phases[0].epochs",
            "phases[0].objective[0].weight",
            "phases[0].objective[0].sigma-squared",
            "phases[0].objective[0].layer-weights",
            "student.width",
            "student.depth",
            "student.anchor-scales",
            "data.held-out",
            "data.test-fraction");
  }

  @Test
  void epochs_are_counted_over_all_phases() {
    String yaml =
        EXPERIMENT.replace(
            "phases: [",
            "phases: [{name: first, epochs: 1000000, objective: [{term: cross-entropy}]}, ");

    assertThatThrownBy(() -> READER.parse("test", yaml))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "test: phases: 1000001 epochs of all phases together is not allowed; allowed: at most"
                + " 1000000");
  }
}
