package org.kt4j.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.NamedProvider;

class NamedBindingTest {

  /** A term of the objective, as the engine's configuration has it. */
  record TermConfig(String term, double weight, Record options) {

    TermConfig {
      if (weight < 0) {
        throw new InvalidOptionException("weight", weight, "a number from 0");
      }
    }

    /** The keys that every term has beside its name. */
    record Shared(double weight) {}
  }

  record NetworkConfig(String network, Record options) {}

  record Phase(String name, List<TermConfig> objective) {}

  record Experiment(NetworkConfig student, List<Phase> phases) {}

  enum Kernel {
    LINEAR,
    POLYNOMIAL,
    GAUSSIAN
  }

  record NstOptions(Kernel kernel, Map<String, String> layers) {}

  record KdOptions(double temperature) {

    KdOptions {
      if (temperature <= 0) {
        throw new InvalidOptionException("temperature", temperature, "a number above 0");
      }
    }
  }

  record ClashingOptions(double weight) {}

  record ResNetOptions(int width) {}

  record Provider<O extends Record>(String name, O defaults) implements NamedProvider<O> {

    @Override
    public String summary() {
      return "a test's own";
    }
  }

  private static final OptionsLookup TERMS =
      OptionsLookup.of(
          List.of(
              new Provider<>("nst", new NstOptions(Kernel.POLYNOMIAL, Map.of("stage3", "stage3"))),
              new Provider<>("kd", new KdOptions(4)),
              new Provider<>("clash", new ClashingOptions(1))));

  private static final OptionsLookup NETWORKS =
      OptionsLookup.of(
          List.of(
              new Provider<>("resnet-8", new ResNetOptions(16)),
              new Provider<>("resnet-20", new ResNetOptions(32))));

  private static final RecordBinder BINDER =
      RecordBinder.builder()
          .custom(
              TermConfig.class,
              NamedBinding.of(
                  "term",
                  new TermConfig.Shared(1),
                  TERMS,
                  (named, shared) -> new TermConfig(named.name(), shared.weight(), named.options()),
                  term -> new NamedOptions(term.term(), term.options()),
                  term -> new TermConfig.Shared(term.weight())))
          .custom(
              NetworkConfig.class,
              NamedBinding.of(
                  "network",
                  NETWORKS,
                  named -> new NetworkConfig(named.name(), named.options()),
                  network -> new NamedOptions(network.network(), network.options())))
          .build();

  private static final String NST_KD =
      """
      student:
        network: resnet-8
        width: 16
      phases:
        - name: distil
          objective:
            - term: nst
              weight: 50.0
              kernel: gaussian
              layers:
                stage3: stage2
            - term: kd
              weight: 1.0
              temperature: 4.0
      """;

  @Test
  void fixed_keys_and_options_are_told_apart() {
    Experiment bound =
        bind(
            """
            student: {network: resnet-8}
            phases:
              - name: distil
                objective:
                  - {term: nst, weight: 50, kernel: gaussian, layers: {stage3: stage2}}
                  - {term: kd}
            """);

    assertThat(bound)
        .isEqualTo(
            new Experiment(
                new NetworkConfig("resnet-8", new ResNetOptions(16)),
                List.of(
                    new Phase(
                        "distil",
                        List.of(
                            new TermConfig(
                                "nst",
                                50,
                                new NstOptions(Kernel.GAUSSIAN, Map.of("stage3", "stage2"))),
                            new TermConfig("kd", 1, new KdOptions(4)))))));
  }

  @Test
  void the_resolved_configuration_is_flat_and_reads_back() {
    Experiment experiment = bind(NST_KD);

    String yaml = BINDER.toTree("c.yaml", experiment).toYaml();

    assertThat(yaml).isEqualTo(NST_KD);
  }

  @Test
  void without_a_name_the_initial_one_and_its_options_stay() {
    Experiment initial =
        new Experiment(new NetworkConfig("resnet-20", new ResNetOptions(64)), List.of());

    assertThat(BINDER.bind(tree("student: {}"), initial)).isEqualTo(initial);
    assertThat(BINDER.bind(tree("student: {network: resnet-20, width: 8}"), initial).student())
        .isEqualTo(new NetworkConfig("resnet-20", new ResNetOptions(8)));
    assertThat(BINDER.bind(tree("student: {network: resnet-8}"), initial).student())
        .isEqualTo(new NetworkConfig("resnet-8", new ResNetOptions(16)));
  }

  @Test
  void a_missing_name_lists_the_known_ones() {
    binding("{weight: 2}")
        .hasMessage("c.yaml: phases[0].objective[0].term: is required; known: nst, kd, clash");
  }

  @Test
  void an_unknown_name_lists_the_known_ones_beside_the_fixed_keys_problems() {
    binding("{term: nts, weight: heavy, kernel: poly3}")
        .hasMessage(
            """
            c.yaml: phases[0].objective[0].weight: expected a number, found 'heavy' (text)
            c.yaml: phases[0].objective[0].term: unknown 'nts'; known: nst, kd, clash; did you\
             mean 'nst'?\
            """);
  }

  @Test
  void an_unknown_key_lists_the_fixed_keys_and_the_options() {
    binding("{term: nst, kernl: linear}")
        .hasMessage(
            "c.yaml: phases[0].objective[0]: unknown key 'kernl'; known: term, weight, kernel,"
                + " layers; did you mean 'kernel'?");
  }

  @Test
  void options_are_checked_like_any_record() {
    binding("{term: nst, kernel: poly3}, {term: kd, temperature: -1, weight: -2}")
        .hasMessage(
            """
            c.yaml: phases[0].objective[0].kernel: unknown 'poly3'; known: linear, polynomial,\
             gaussian; did you mean 'polynomial'?
            c.yaml: phases[0].objective[1].temperature: -1.0 is not allowed; allowed: a number\
             above 0\
            """);
  }

  @Test
  void a_refusal_of_the_joined_value_is_a_problem_at_its_key() {
    binding("{term: kd, weight: -2}")
        .hasMessage(
            "c.yaml: phases[0].objective[0].weight: -2.0 is not allowed; allowed: a number from 0");
  }

  @Test
  void what_is_no_map_is_a_problem() {
    binding("kd, {term: [kd]}")
        .hasMessage(
            """
            c.yaml: phases[0].objective[0]: expected a map, found 'kd' (text)
            c.yaml: phases[0].objective[1].term: expected a name, found a list\
            """);
  }

  @Test
  void options_with_a_fixed_key_are_a_problem() {
    binding("{term: clash}")
        .hasMessage(
            "c.yaml: phases[0].objective[0]: the options of 'clash' must not have the keys"
                + " [weight]");
  }

  private static Experiment bind(String yaml) {
    return BINDER.bind(tree(yaml), Experiment.class);
  }

  private static AbstractThrowableAssert<?, ?> binding(String objective) {
    String yaml =
        "{student: {network: resnet-8}, phases: [{name: a, objective: [" + objective + "]}]}";
    return assertThatThrownBy(() -> bind(yaml)).isInstanceOf(ConfigurationException.class);
  }

  private static ConfigurationTree tree(String yaml) {
    return ConfigurationTree.parse("c.yaml", yaml);
  }
}
