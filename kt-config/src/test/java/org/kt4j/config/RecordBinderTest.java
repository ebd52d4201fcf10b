package org.kt4j.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

class RecordBinderTest {

  enum Rule {
    SGD,
    ADAM_W
  }

  record Optimizer(Rule name, double learningRate, double weightDecay, @Nullable Integer patience) {

    Optimizer {
      if (learningRate <= 0) {
        throw new InvalidOptionException("learningRate", learningRate, "a number above 0");
      }
      if (weightDecay < 0) {
        throw new InvalidOptionException("weightDecay", weightDecay, "a number from 0");
      }
    }

    public static Optimizer defaults() {
      return new Optimizer(Rule.SGD, 0.1, 1e-4, 10);
    }
  }

  record Phase(String name, int epochs) {

    Phase {
      if (name.isBlank()) {
        throw new IllegalArgumentException("a phase needs a name that is not blank");
      }
    }
  }

  record Experiment(
      String name,
      long seed,
      boolean shuffle,
      @Nullable Path teacher,
      Optimizer optimizer,
      List<Phase> phases,
      Map<String, Double> weights) {}

  record Range(int lower, int upper) {

    Range {
      if (lower > upper) {
        throw new IllegalArgumentException("lower must not be above upper");
      }
    }
  }

  private static final Experiment DEFAULTS =
      new Experiment(
          "none",
          1,
          true,
          null,
          new Optimizer(Rule.ADAM_W, 0.5, 0, null),
          List.of(new Phase("distil", 3)),
          Map.of("kd", 1.0));

  private static final RecordBinder BINDER = RecordBinder.plain();

  @Test
  void every_kind_of_component_is_bound() {
    Experiment bound =
        BINDER.bind(
            tree(
                """
                name: first
                seed: 3000000000
                shuffle: false
                teacher: runs/teacher
                optimizer: {name: adam-w, learning-rate: 1, weight-decay: 1e-4, patience: 4}
                phases:
                  - {name: hint, epochs: 2}
                  - {name: distil, epochs: 10}
                weights: {kd: 16, nst.a: 0.5}
                """),
            Experiment.class);

    assertThat(bound)
        .isEqualTo(
            new Experiment(
                "first",
                3_000_000_000L,
                false,
                Path.of("runs", "teacher"),
                new Optimizer(Rule.ADAM_W, 1, 0.0001, 4),
                List.of(new Phase("hint", 2), new Phase("distil", 10)),
                Map.of("kd", 16.0, "nst.a", 0.5)));
  }

  @Test
  void what_is_not_given_comes_from_the_defaults_of_the_caller() {
    Experiment bound = BINDER.bind(tree("optimizer: {weight-decay: 2}"), DEFAULTS);

    assertThat(bound)
        .isEqualTo(
            new Experiment(
                "none",
                1,
                true,
                null,
                new Optimizer(Rule.ADAM_W, 0.5, 2, null),
                List.of(new Phase("distil", 3)),
                Map.of("kd", 1.0)));
  }

  @Test
  void without_defaults_of_the_caller_a_record_starts_from_its_own() {
    Experiment bound =
        BINDER.bind(
            tree("{name: a, seed: 1, shuffle: true, phases: [], weights: {}}"), Experiment.class);

    assertThat(bound.optimizer()).isEqualTo(new Optimizer(Rule.SGD, 0.1, 0.0001, 10));
    assertThat(bound.teacher()).isNull();
  }

  @Test
  void a_list_and_a_map_replace_the_default_ones() {
    Experiment bound = BINDER.bind(tree("{phases: [], weights: {nst: 50}}"), DEFAULTS);

    assertThat(bound.phases()).isEmpty();
    assertThat(bound.weights()).isEqualTo(Map.of("nst", 50.0));
  }

  @Test
  void null_is_a_value_where_a_component_is_nullable() {
    Experiment bound = BINDER.bind(tree("optimizer: {patience: null}"), DEFAULTS);

    assertThat(bound.optimizer().patience()).isNull();
  }

  @Test
  void a_map_keeps_the_order_of_the_file() {
    Experiment bound = BINDER.bind(tree("weights: {z: 1, a: 2, m: 3}"), DEFAULTS);

    assertThat(bound.weights().keySet()).containsExactly("z", "a", "m");
  }

  @Test
  void numbers_and_flags_are_texts_where_a_text_is_expected() {
    assertThat(BINDER.bind(tree("name: 7"), DEFAULTS).name()).isEqualTo("7");
    assertThat(BINDER.bind(tree("name: 1.10"), DEFAULTS).name()).isEqualTo("1.10");
    assertThat(BINDER.bind(tree("name: true"), DEFAULTS).name()).isEqualTo("true");
    assertThat(BINDER.bind(tree("name: off"), DEFAULTS).name()).isEqualTo("off");
    assertThat(BINDER.bind(tree("teacher: 12"), DEFAULTS).teacher()).isEqualTo(Path.of("12"));
  }

  @ParameterizedTest
  @CsvSource({"1e-4, 0.0001", "2, 2", "-1.5E3, -1500", "+1e+2, 100", ".5, 0.5", "3., 3"})
  void a_number_is_written_in_many_ways(String text, double expected) {
    assertThat(BINDER.bind(tree("weights: {a: " + text + "}"), DEFAULTS).weights())
        .isEqualTo(Map.of("a", expected));
  }

  @Test
  void a_missing_value_without_default_is_a_problem() {
    binding("{name: a, phases: [{epochs: 1}]}", Experiment.class)
        .hasMessage(
            """
            c.yaml: seed: is required
            c.yaml: shuffle: is required
            c.yaml: phases[0].name: is required
            c.yaml: weights: is required\
            """);
  }

  @Test
  void an_unknown_key_is_a_problem() {
    binding("{sed: 1, other: 2}")
        .hasMessage(
            """
            c.yaml: unknown key 'sed'; known: name, seed, shuffle, teacher, optimizer, phases,\
             weights; did you mean 'seed'?
            c.yaml: unknown key 'other'; known: name, seed, shuffle, teacher, optimizer, phases,\
             weights\
            """);
    binding("optimizer: {weightDecay: 1}")
        .hasMessage(
            "c.yaml: optimizer: unknown key 'weightDecay'; known: name, learning-rate,"
                + " weight-decay, patience; did you mean 'weight-decay'?");
  }

  @Test
  void an_unknown_constant_is_a_problem() {
    binding("optimizer: {name: adamw}")
        .hasMessage(
            "c.yaml: optimizer.name: unknown 'adamw'; known: sgd, adam-w; did you mean 'adam-w'?");
    binding("optimizer: {name: SGD}")
        .hasMessage(
            "c.yaml: optimizer.name: unknown 'SGD'; known: sgd, adam-w; did you mean 'sgd'?");
    binding("optimizer: {name: 3}")
        .hasMessage("c.yaml: optimizer.name: unknown '3'; known: sgd, adam-w");
    binding("optimizer: {name: [sgd]}")
        .hasMessage("c.yaml: optimizer.name: expected one of sgd, adam-w, found a list");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc | a whole number, found 'abc' (text)",
        "'5' | a whole number, found '5' (text)",
        "1.5 | a whole number, found 1.5",
        "true | a whole number, found true",
        "3000000000 | a whole number from -2147483648 to 2147483647, found 3000000000",
        "[1] | a whole number, found a list",
        "{a: 1} | a whole number, found a map",
        "null | a whole number, found nothing",
      },
      quoteCharacter = '"')
  void what_is_no_whole_number_is_a_problem(String value, String expected) {
    binding("phases: [{name: a, epochs: " + value + "}]")
        .hasMessage("c.yaml: phases[0].epochs: expected " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed: 99999999999999999999 | seed: expected a whole number from -9223372036854775808 to"
            + " 9223372036854775807, found 99999999999999999999",
        "shuffle: yes | shuffle: expected true or false, found 'yes' (text)",
        "shuffle: 1 | shuffle: expected true or false, found 1",
        "name: [a] | name: expected text, found a list",
        "name: | name: expected text, found nothing",
        "teacher: {a: b} | teacher: expected a path, found a map",
        "optimizer: sgd | optimizer: expected a map, found 'sgd' (text)",
        "optimizer: | optimizer: expected a map, found nothing",
        "optimizer: {weight-decay: much} | optimizer.weight-decay: expected a number, found 'much'"
            + " (text)",
        "optimizer: {weight-decay: 1e400} | optimizer.weight-decay: expected a finite number, found"
            + " 1E+400",
        "phases: 3 | phases: expected a list of maps, found 3",
        "phases: [3] | phases[0]: expected a map, found 3",
        "weights: [1] | weights: expected a map of numbers, found a list",
        "weights: {nst.a: x} | weights[nst.a]: expected a number, found 'x' (text)",
        "weights: {a: null} | weights.a: expected a number, found nothing",
      })
  void a_value_of_the_wrong_type_is_a_problem(String yaml, String expected) {
    binding(yaml).hasMessage("c.yaml: " + expected);
  }

  @Test
  void a_value_out_of_range_is_a_problem_at_its_key() {
    binding("optimizer: {learning-rate: 0}")
        .hasMessage(
            "c.yaml: optimizer.learning-rate: 0.0 is not allowed; allowed: a number above 0");
  }

  @Test
  void another_refusal_of_a_record_is_a_problem_at_the_record() {
    binding("phases: [{name: ' ', epochs: 1}]")
        .hasMessage("c.yaml: phases[0]: a phase needs a name that is not blank");
  }

  @Test
  void all_values_out_of_range_are_found_also_beside_one_of_the_wrong_type() {
    binding("optimizer: {learning-rate: -1, weight-decay: -2, patience: x}")
        .hasMessage(
            """
            c.yaml: optimizer.patience: expected a whole number, found 'x' (text)
            c.yaml: optimizer.learning-rate: -1.0 is not allowed; allowed: a number above 0
            c.yaml: optimizer.weight-decay: -2.0 is not allowed; allowed: a number from 0\
            """);
  }

  @Test
  void a_refusal_that_a_replaced_value_may_have_caused_is_not_reported() {
    assertThatThrownBy(() -> BINDER.bind(tree("{lower: 5, upper: x}"), new Range(0, 1)))
        .hasMessage("c.yaml: upper: expected a whole number, found 'x' (text)");
  }

  @Test
  void the_problems_of_all_places_are_found_at_once() {
    ConfigurationTree tree =
        tree(
            """
            seed: one
            optimizer: {name: adamm, weight-decay: -1, momentum: 0.9}
            phases:
              - {name: hint, epochs: 2}
              - {name: distil, epochs: 1.5}
              - {epoch: 2}
            weights: {kd: heavy}
            """);

    assertThatThrownBy(() -> BINDER.bind(tree, DEFAULTS))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "c.yaml: seed: expected a whole number, found 'one' (text)",
                        "c.yaml: optimizer: unknown key 'momentum'; known: name, learning-rate,"
                            + " weight-decay, patience",
                        "c.yaml: optimizer.name: unknown 'adamm'; known: sgd, adam-w; did you mean"
                            + " 'adam-w'?",
                        "c.yaml: optimizer.weight-decay: -1.0 is not allowed; allowed: a number"
                            + " from 0",
                        "c.yaml: phases[1].epochs: expected a whole number, found 1.5",
                        "c.yaml: phases[2]: unknown key 'epoch'; known: name, epochs; did you mean"
                            + " 'epochs'?",
                        "c.yaml: phases[2].name: is required",
                        "c.yaml: phases[2].epochs: is required",
                        "c.yaml: weights.kd: expected a number, found 'heavy' (text)"));
  }

  @Test
  void the_resolved_configuration_has_every_key() {
    Experiment experiment =
        new Experiment(
            "1e-4",
            7,
            true,
            Path.of("runs", "teacher"),
            new Optimizer(Rule.ADAM_W, 0.1, 1e-4, 4),
            List.of(new Phase("yes", 2)),
            Map.of("stage3.pre-relu", 50.0));

    String yaml = BINDER.toTree("c.yaml", experiment).toYaml();

    assertThat(yaml)
        .isEqualTo(
            """
            name: "1e-4"
            seed: 7
            shuffle: true
            teacher: runs/teacher
            optimizer:
              name: adam-w
              learning-rate: 0.1
              weight-decay: 0.0001
              patience: 4
            phases:
              - name: "yes"
                epochs: 2
            weights:
              stage3.pre-relu: 50.0
            """);
    assertThat(BINDER.bind(tree(yaml), Experiment.class)).isEqualTo(experiment);
  }

  @Test
  void a_null_is_left_out_unless_that_would_bring_a_default_back() {
    Experiment experiment =
        new Experiment(
            "a", 7, true, null, new Optimizer(Rule.SGD, 1, 0, null), List.of(), Map.of());

    String yaml = BINDER.toTree("c.yaml", experiment).toYaml();

    assertThat(yaml).doesNotContain("teacher").contains("patience: null");
    assertThat(BINDER.bind(tree(yaml), Experiment.class)).isEqualTo(experiment);
  }

  @ParameterizedTest
  @CsvSource({"1e-300", "1.7976931348623157e308", "1e7", "123456789.125", "1e-6", "0.1", "-2.5"})
  void every_number_survives_being_written(double number) {
    Experiment experiment =
        new Experiment(
            "a", 7, true, null, DEFAULTS.optimizer(), List.of(), Map.of("weight", number));

    String yaml = BINDER.toTree("c.yaml", experiment).toYaml();

    assertThat(BINDER.bind(tree(yaml), Experiment.class).weights())
        .isEqualTo(Map.of("weight", number));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"null", "~", "``", "007", "1_000", "0x1F", "1:30", "a: b", "- x", "#", "*a", "{"})
  void every_text_survives_being_written(String text) {
    Experiment experiment =
        new Experiment(text, 7, true, null, DEFAULTS.optimizer(), List.of(), Map.of(text, 1.0));

    String yaml = BINDER.toTree("c.yaml", experiment).toYaml();

    assertThat(BINDER.bind(tree(yaml), Experiment.class)).isEqualTo(experiment);
  }

  @Test
  void a_type_that_cannot_be_configured_is_the_programmer_s_mistake() {
    record Options(Thread worker) {}

    assertThatThrownBy(() -> BINDER.bind(tree("worker: 1"), Options.class))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("type java.lang.Thread cannot be configured; register a CustomBinding for it");
  }

  private static ConfigurationTree tree(String yaml) {
    return ConfigurationTree.parse("c.yaml", yaml);
  }

  private static AbstractThrowableAssert<?, ?> binding(String yaml) {
    return assertThatThrownBy(() -> BINDER.bind(tree(yaml), DEFAULTS))
        .isInstanceOf(ConfigurationException.class);
  }

  private static AbstractThrowableAssert<?, ?> binding(String yaml, Class<? extends Record> type) {
    return assertThatThrownBy(() -> BINDER.bind(tree(yaml), type))
        .isInstanceOf(ConfigurationException.class);
  }

  record Described(
      @Description("divides the logits, above 0") double temperature,
      @Description("pictures in one step, 1 to 99") int batchSize,
      @Description("rising, from 1 to 9") List<Integer> steps,
      @Nullable Path folder,
      @Nullable String name) {

    static Described defaults() {
      return new Described(4, 8, List.of(), null, null);
    }
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> described(String yaml) {
    ConfigurationTree tree = ConfigurationTree.parse("c.yaml", yaml);
    return assertThatThrownBy(() -> RecordBinder.plain().bind(tree, Described.class));
  }

  @Test
  void a_number_that_is_none_of_its_kind_is_told_with_the_range() {
    described("temperature: .nan")
        .hasMessage(
            "c.yaml: temperature: expected a finite number (divides the logits, above 0), found"
                + " NaN");
    described("temperature: -.inf").hasMessageEndingWith("above 0), found -Infinity");
    described("temperature: 1e400").hasMessageEndingWith("above 0), found 1E+400");
    described("temperature: NaN")
        .hasMessage(
            "c.yaml: temperature: expected a number (divides the logits, above 0), found 'NaN'"
                + " (text)");
    described("batch-size: 99999999999")
        .hasMessage(
            "c.yaml: batch-size: expected a whole number from -2147483648 to 2147483647 (pictures"
                + " in one step, 1 to 99), found 99999999999");
    described("batch-size: .nan")
        .hasMessageEndingWith("(pictures in one step, 1 to 99), found NaN");
    described("steps: [1, 2.5]")
        .hasMessage("c.yaml: steps[1]: expected a whole number (rising, from 1 to 9), found 2.5");
  }

  @Test
  void a_control_character_or_nothing_is_no_path() {
    described("{folder: \"a\\0b\"}")
        .hasMessage(
            "c.yaml: folder: 'a\\u0000b' holds the control character U+0000; allowed: a text"
                + " without control characters");
    described("{name: \"a\\nb\"}").hasMessageContaining("name: 'a\\u000Ab' holds the control");
    described("{folder: ''}").hasMessage("c.yaml: folder: expected a path, found '' (empty)");
  }

  @Test
  void a_number_that_would_be_another_text_has_to_be_quoted() {
    described("{name: 1e5}")
        .hasMessage("c.yaml: name: expected a text, found the number 1E+5; fix: put it in quotes");
    described("{folder: .nan}")
        .hasMessage("c.yaml: folder: expected a text, found the number NaN; fix: put it in quotes");
  }

  @Test
  void a_long_value_is_cut_in_the_message() {
    described("{temperature: " + "x".repeat(1_000) + "}")
        .hasMessageEndingWith("found '" + "x".repeat(60) + "... (1000 characters)' (text)");
  }
}
