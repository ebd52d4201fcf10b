package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.engine.replica.Workers;
import picocli.CommandLine;

class WorkerOptionsTest {

  private static final String TWO = "a:2222,b:2223";

  private static WorkerOptions parsed(String... arguments) {
    WorkerOptions options = new WorkerOptions();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("workers", mixin(options)))
        .parseArgs(arguments);
    return options;
  }

  private static CommandLine.Model.CommandSpec mixin(WorkerOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }

  @Test
  void a_command_without_these_options_is_alone() {
    assertThat(parsed().local()).isZero();
    assertThat(parsed().joined(Map.of())).isNull();
  }

  @Test
  void a_number_is_of_processes_that_are_started_here() {
    assertThat(parsed("--workers", "3", "--restarts", "2").local()).isEqualTo(3);
    assertThat(parsed("--workers", "1").local()).isZero();
    assertThat(parsed("--workers", "1").joined(Map.of())).isNull();
  }

  @Test
  void addresses_and_a_rank_are_one_of_several_workers() {
    Workers joined = parsed("--workers", TWO, "--rank", "1", "--timeout", "30").joined(Map.of());

    assertThat(joined)
        .isEqualTo(new Workers(List.of("a:2222", "b:2223"), 1, Duration.ofSeconds(30)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"node-01", "train-0.train.default.svc.cluster.local", "10.0.0.5", "[fd00::1]"})
  void names_and_numbers_are_hosts(String host) {
    Workers joined = parsed("--workers", host + ":2222,b:2223", "--rank", "0").joined(Map.of());

    assertThat(joined).isNotNull();
    assertThat(joined.addresses()).containsExactly(host + ":2222", "b:2223");
  }

  private static PrivateNetwork network(String resolved) {
    return new PrivateNetwork(
        host -> new InetAddress[] {InetAddress.getByName(resolved)}, note -> {});
  }

  @Test
  void addresses_that_strangers_may_reach_need_the_users_word() {
    String[] given = {"--workers", TWO, "--rank", "0"};
    WorkerOptions options = parsed(given);
    Workers joined = Objects.requireNonNull(options.joined(Map.of()));

    assertThatThrownBy(() -> options.requirePrivate(joined, network("198.51.100.1")))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("--workers: a:2222 (198.51.100.1) is not a private address");
    options.requirePrivate(joined, network("10.0.0.1"));
    parsed("--workers", TWO, "--rank", "0", "--public-network")
        .requirePrivate(joined, network("198.51.100.1"));
  }

  @Test
  void the_addresses_of_tf_config_are_looked_at_as_well() {
    String config =
        "{\"cluster\": {\"worker\": [\"a:2222\", \"b:2223\"]}, \"task\": {\"index\": 0}}";
    WorkerOptions options = parsed();
    Workers joined = Objects.requireNonNull(options.joined(Map.of("TF_CONFIG", config)));

    assertThatThrownBy(() -> options.requirePrivate(joined, network("198.51.100.1")))
        .hasMessageStartingWith("TF_CONFIG: a:2222 (198.51.100.1) is not a private address");
    parsed("--public-network").requirePrivate(joined, network("198.51.100.1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SLURM_PROCID", "JOB_COMPLETION_INDEX", "OMPI_COMM_WORLD_RANK"})
  void schedulers_say_the_rank(String variable) {
    Workers joined = parsed("--workers", TWO).joined(Map.of(variable, "1"));

    assertThat(joined).extracting(Workers::rank).isEqualTo(1);
  }

  @Test
  void the_option_has_more_weight_than_a_scheduler() {
    Workers joined = parsed("--workers", TWO, "--rank", "0").joined(Map.of("SLURM_PROCID", "1"));

    assertThat(joined).extracting(Workers::rank).isEqualTo(0);
  }

  @Test
  void tf_config_names_the_workers_and_the_own_place() {
    String config =
        "{\"cluster\": {\"worker\": [\"a:2222\", \"b:2223\"]},"
            + " \"task\": {\"type\": \"worker\", \"index\": 1}}";

    Workers joined = parsed().joined(Map.of("TF_CONFIG", config));

    assertThat(joined)
        .isEqualTo(new Workers(List.of("a:2222", "b:2223"), 1, Duration.ofMinutes(10)));
  }

  @Test
  void tf_config_of_one_worker_is_nobody_to_wait_for() {
    String config = "{\"cluster\": {\"worker\": [\"a:2222\"]}, \"task\": {\"index\": 0}}";

    assertThat(parsed().joined(Map.of("TF_CONFIG", config))).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"cluster\": {| TF_CONFIG: is no JSON",
        "{\"cluster\": {\"worker\": []}, \"task\": {\"index\": 0}}| has no list cluster.worker",
        "{\"cluster\": {\"worker\": [\"a:1\", \"b:1\"]}}| no number task.index",
        "{\"cluster\": {\"worker\": [\"a:1\", \"b:1\"]}, \"task\": {\"index\": 2}}| task.index 2 is"
            + " no worker of 2; allowed: 0 to 1",
        "{\"cluster\": {\"worker\": [\"a:1\", \"b\"]}, \"task\": {\"index\": 0}}| TF_CONFIG: 'b' is no"
            + " address",
        "{\"cluster\": {\"chief\": [\"a:1\"], \"worker\": [\"b:1\"]}, \"task\": {\"index\": 0}}|"
            + " the job 'chief' is not known; allowed: worker",
        "{\"cluster\": {\"worker\": [\"a:1\", \"b:1\"]}, \"task\": {\"type\": \"evaluator\", \"index\":"
            + " 0}}| the job 'evaluator' is not known",
      })
  void a_tf_config_that_says_something_else_is_refused(String config, String message) {
    assertThatThrownBy(() -> parsed().joined(Map.of("TF_CONFIG", config)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--workers 0                        | 0 processes are not allowed; allowed: 1 to 1024",
        "--workers 20000                    | 20000 processes are not allowed",
        "--workers 2 --rank 0               | --rank: is for --workers with addresses",
        "--rank 0                           | --rank: needs --workers with all addresses",
        "--workers a:1,b:2                  | --rank: is missing, which says which of the 2",
        "--workers a:1,b:2 --rank 2         | --rank: 2 is no worker of 2; allowed: 0 to 1",
        "--workers a:1,b:2 --rank -1        | --rank: -1 is no worker of 2; allowed: 0 to 1",
        "--workers a:1,b --rank 0           | 'b' is no address; allowed: host:port",
        "--workers a:1,b:70000 --rank 0     | 'b:70000' is no address",
        "--workers a:1,10.0.1:2 --rank 0    | '10.0.1:2' is no address; allowed: host:port with",
        "--workers a:1,010.0.0.1:2 --rank 0 | '010.0.0.1:2' is no address",
        "--workers a:1,10.0.0.256:2 --rank 0 | '10.0.0.256:2' is no address",
        "--workers a:1,0x0a000001:2 --rank 0 | '0x0a000001:2' is no address",
        "--workers a:1,fd00::1:2 --rank 0   | 'fd00::1:2' is no address",
        "--workers a:1,b/c:2 --rank 0       | 'b/c:2' is no address",
        "--workers 2 --public-network       | --public-network: is for --workers with addresses",
        "--workers a:1,a:1 --rank 0         | names one twice",
        "--workers two                      | 'two' is no address; allowed: host:port",
        "--workers a:1,b:2 --rank 0 --restarts 1 | --restarts: is for workers that this process starts",
        "--restarts 1                       | --restarts: is for workers that this process starts",
        "--workers 2 --restarts -1          | --restarts: -1 is not allowed",
        "--workers 2 --timeout 0            | --timeout: 0 s are not allowed; allowed: 1 to 86400",
      })
  void what_says_nothing_sensible_is_refused(String arguments, String message) {
    WorkerOptions options = parsed(arguments.strip().split(" +"));

    assertThatThrownBy(
            () -> {
              options.local();
              options.joined(Map.of());
            })
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message.strip());
  }
}
