package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ClusterOptionsTest {

  private static final String NUMBERS =
      " is not allowed; allowed: numbers from 1 to 1024, such as 4, 1..64 or 1,2,4";

  private static ClusterOptions parsed(String... arguments) {
    ClusterOptions options = new ClusterOptions();
    new CommandLine(
            CommandLine.Model.CommandSpec.create()
                .addMixin("cluster", CommandLine.Model.CommandSpec.forAnnotatedObject(options)))
        .parseArgs(arguments);
    return options;
  }

  @Test
  void without_options_it_is_1_to_64_workers_at_10_gigabits() {
    ClusterOptions options = parsed();

    assertThat(options.workers()).containsExactly(1, 2, 4, 8, 16, 32, 64);
    assertThat(options.bitsPerSecond()).isEqualTo(10e9);
    assertThat(options.latency()).isNull();
    assertThat(options.perWorker()).isFalse();
  }

  @Test
  void workers_are_a_number_a_list_or_a_range_by_doubling() {
    assertThat(parsed("--workers", "4").workers()).containsExactly(4);
    assertThat(parsed("--workers", "1, 2,4,3").workers()).containsExactly(1, 2, 4, 3);
    assertThat(parsed("--workers", "3..24").workers()).containsExactly(3, 6, 12, 24);
    assertThat(parsed("--workers", "1..1024").workers()).hasSize(11).endsWith(1024);
    assertThat(parsed("--workers", "5..5").workers()).containsExactly(5);
    assertThat(parsed("--workers", "2..7").workers()).isEqualTo(List.of(2, 4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1025", "-1", "two", "1.5", "99999999999", "1...4", "1..", "..4"})
  void other_workers_are_refused(String given) {
    assertThatThrownBy(() -> parsed("--workers=" + given).workers())
        .isInstanceOf(BadInputException.class)
        .hasMessage("--workers: '" + given + "'" + NUMBERS);
  }

  @Test
  void a_range_or_list_that_says_nothing_clear_is_refused() {
    assertThatThrownBy(() -> parsed("--workers", "0..4").workers())
        .isInstanceOf(BadInputException.class)
        .hasMessage("--workers: '0'" + NUMBERS);
    assertThatThrownBy(() -> parsed("--workers", "8..2").workers())
        .isInstanceOf(BadInputException.class)
        .hasMessage("--workers: 8..2 begins with more than it ends with; fix: 2..8");
    assertThatThrownBy(() -> parsed("--workers", "2,2").workers())
        .isInstanceOf(BadInputException.class)
        .hasMessage("--workers: [2, 2] names one twice; allowed: each once");
    assertThatThrownBy(() -> parsed("--workers", "2,,4").workers())
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("--workers: '2,,4' has nothing before or after a comma");
  }

  @ParameterizedTest
  @CsvSource({
    "10Gbit, 1e10",
    "1gbit, 1e9",
    "800Mbit, 8e8",
    "2.5Gbit/s, 2.5e9",
    "25 Gbit, 2.5e10",
    "1Mbit, 1e6",
    "10000Gbit, 1e13"
  })
  void a_network_is_given_in_bits(String given, double expected) {
    assertThat(parsed("--network", given).bitsPerSecond()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10", "10GB", "10G", "0Gbit", "0.9Mbit", "10001Gbit", "-1Gbit", "fast"})
  void other_networks_are_refused(String given) {
    assertThatThrownBy(() -> parsed("--network=" + given).bitsPerSecond())
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "--network: '"
                + given
                + "' is not allowed; allowed: 1Mbit to 10000Gbit, such as 10Gbit");
  }

  @ParameterizedTest
  @CsvSource({"0.25ms, 0.00025", "80us, 0.00008", "1s, 1", "0s, 0", "10s, 10"})
  void a_latency_has_a_unit(String given, double expected) {
    assertThat(parsed("--latency", given).latency()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.25", "5", "11s", "-1ms", "1min", "ms", "1e-3s"})
  void other_latencies_are_refused(String given) {
    assertThatThrownBy(() -> parsed("--latency=" + given).latency())
        .isInstanceOf(BadInputException.class)
        .hasMessage(
            "--latency: '"
                + given
                + "' is not allowed; allowed: 0s to 10s, such as 0.25ms or 80us");
  }
}
