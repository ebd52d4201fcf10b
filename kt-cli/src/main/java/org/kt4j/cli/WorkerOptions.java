package org.kt4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.replica.Workers;
import picocli.CommandLine.Option;

/** The options by which several processes train one student together. */
final class WorkerOptions {

  private static final int MOST = 1024;

  /** What schedulers tell each of their processes. */
  private static final List<String> RANKS =
      List.of("SLURM_PROCID", "JOB_COMPLETION_INDEX", "OMPI_COMM_WORLD_RANK");

  private static final String TF_CONFIG = "TF_CONFIG";

  /**
   * A name with a letter in its last part, four numbers, or an IPv6 address in brackets. Programs
   * read other spellings of numbers, such as {@code 010.0.0.1}, as different addresses.
   */
  private static final Pattern HOST =
      Pattern.compile(
          "([A-Za-z0-9_-]+\\.)*(?!0[xX])[A-Za-z0-9_-]*[A-Za-z_-][A-Za-z0-9_-]*\\.?"
              + "|((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.(?!$)|$)){4}"
              + "|\\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?]");

  @Option(
      names = "--workers",
      paramLabel = "N|HOST:PORT,..",
      description = {
        "Train with several processes, each on its rows of every batch: N on this machine, or one of"
            + " those at these addresses, which --rank tells. Default: what TF_CONFIG names, or one.",
        "Whoever reaches the ports can use the processes: private addresses only, unless"
            + " --public-network is given."
      })
  private @Nullable String workers;

  @Option(
      names = "--rank",
      paramLabel = "R",
      description = {
        "Which of the addresses is this process, from 0. The first one writes the run folder.",
        "Default: what Slurm, Kubernetes or Open MPI say."
      })
  private @Nullable Integer rank;

  @Option(
      names = "--public-network",
      description =
          "Allow addresses that are not private. A firewall or a VPN has to let only the workers"
              + " reach the ports.")
  private boolean publicNetwork;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long a worker waits for the others; ${DEFAULT-VALUE} by default.")
  private int timeout = 600;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      description =
          "With --workers N: how often the workers are started again, from the last checkpoint, after"
              + " one has ended; ${DEFAULT-VALUE} by default.")
  private int restarts;

  /** How many processes this one starts and watches; 0 where it trains itself. */
  int local() {
    String given = workers;
    if (given == null || !given.strip().matches("[0-9]+")) {
      if (restarts != 0) {
        throw new BadInputException(
            "--restarts: is for workers that this process starts; fix: --workers N, or leave it out");
      }
      return 0;
    }
    int count = given.strip().length() > 4 ? MOST + 1 : Integer.parseInt(given.strip());
    if (count < 1 || count > MOST) {
      throw new BadInputException(
          "--workers: " + given + " processes are not allowed; allowed: 1 to " + MOST);
    }
    if (rank != null) {
      throw new BadInputException(
          "--rank: is for --workers with addresses, such as --workers host1:2222,host2:2222");
    }
    if (publicNetwork) {
      throw new BadInputException(
          "--public-network: is for --workers with addresses; workers that this process starts use"
              + " the loopback address; fix: leave it out");
    }
    if (restarts < 0 || restarts > MOST) {
      throw new BadInputException(
          "--restarts: " + restarts + " is not allowed; allowed: 0 to " + MOST);
    }
    checkedTimeout();
    return count == 1 ? 0 : count;
  }

  int restarts() {
    return restarts;
  }

  private Duration checkedTimeout() {
    if (timeout < 1 || timeout > 86_400) {
      throw new BadInputException(
          "--timeout: " + timeout + " s are not allowed; allowed: 1 to 86400, a day");
    }
    return Duration.ofSeconds(timeout);
  }

  /**
   * The workers that this process is one of; null where it is alone.
   *
   * @param environment of the process
   */
  @Nullable Workers joined(Map<String, String> environment) {
    String given = workers;
    if (given == null) {
      if (rank != null) {
        throw new BadInputException(
            "--rank: needs --workers with all addresses, such as --workers host1:2222,host2:2222");
      }
      return ofTfConfig(environment);
    }
    if (local() > 0 || given.strip().equals("1")) {
      return null;
    }
    List<String> addresses = CommaList.of("--workers", given, "addresses, such as host:2222");
    addresses.forEach(each -> requireAddress("--workers", each));
    requireDistinct("--workers", addresses);
    return several(addresses, rank(addresses.size(), environment));
  }

  /**
   * Resolves the addresses of workers, before any server is started.
   *
   * @throws BadInputException when strangers may reach one, or one cannot be resolved in time
   */
  void requirePrivate(Workers joined, PrivateNetwork network) {
    network.require(
        workers == null ? TF_CONFIG : "--workers",
        joined.addresses(),
        joined.timeout(),
        publicNetwork);
  }

  private @Nullable Workers several(List<String> addresses, int own) {
    Duration checked = checkedTimeout();
    return addresses.size() == 1 ? null : new Workers(addresses, own, checked);
  }

  private int rank(int count, Map<String, String> environment) {
    Integer own = rank;
    String from = "--rank";
    for (String name : RANKS) {
      String told = environment.get(name);
      if (own == null && told != null && told.matches("[0-9]{1,6}")) {
        own = Integer.valueOf(told);
        from = name;
      }
    }
    if (own == null) {
      throw new BadInputException(
          "--rank: is missing, which says which of the "
              + count
              + " workers this process is; fix: --rank 0 to "
              + (count - 1)
              + ", or a scheduler that sets "
              + String.join(" or ", RANKS));
    }
    if (own < 0 || own >= count) {
      throw new BadInputException(
          from + ": " + own + " is no worker of " + count + "; allowed: 0 to " + (count - 1));
    }
    return own;
  }

  private static void requireAddress(String place, String address) {
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, Math.max(0, colon));
    String port = colon < 0 ? "" : address.substring(colon + 1);
    boolean right = HOST.matcher(host).matches() && port.matches("[0-9]{1,5}");
    if (!right || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
      throw new BadInputException(
          place
              + ": '"
              + address
              + "' is no address; allowed: host:port with a port from 1 to 65535, where host is a"
              + " name, four numbers from 0 to 255 such as 10.0.0.5, or an IPv6 address in brackets,"
              + " or a number of processes on this machine");
    }
  }

  private static void requireDistinct(String place, List<String> addresses) {
    if (new HashSet<>(addresses).size() < addresses.size()) {
      throw new BadInputException(
          place + ": " + String.join(",", addresses) + " names one twice; allowed: each once");
    }
  }

  /** TensorFlow's own way of telling a process its place. */
  private @Nullable Workers ofTfConfig(Map<String, String> environment) {
    String json = environment.get(TF_CONFIG);
    if (json == null || json.isBlank()) {
      return null;
    }
    JsonNode config;
    try {
      config = new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new BadInputException(TF_CONFIG + ": is no JSON: " + e.getOriginalMessage());
    }
    List<String> addresses = new ArrayList<>();
    config.path("cluster").fieldNames().forEachRemaining(WorkerOptions::requireWorker);
    config.path("cluster").path("worker").forEach(each -> addresses.add(each.asText()));
    JsonNode index = config.path("task").path("index");
    String type = config.path("task").path("type").asText("worker");
    if (addresses.isEmpty() || !index.canConvertToInt()) {
      throw new BadInputException(
          TF_CONFIG
              + ": has no list cluster.worker, or no number task.index; expected:"
              + " {\"cluster\": {\"worker\": [\"host1:2222\", \"host2:2222\"]}, \"task\": {\"type\":"
              + " \"worker\", \"index\": 0}}");
    }
    requireWorker(type);
    addresses.forEach(each -> requireAddress(TF_CONFIG, each));
    requireDistinct(TF_CONFIG, addresses);
    int own = index.asInt();
    if (own < 0 || own >= addresses.size()) {
      throw new BadInputException(
          TF_CONFIG
              + ": task.index "
              + own
              + " is no worker of "
              + addresses.size()
              + "; allowed: 0 to "
              + (addresses.size() - 1));
    }
    return several(addresses, own);
  }

  private static void requireWorker(String job) {
    if (!job.equals("worker")) {
      throw new BadInputException(
          TF_CONFIG
              + ": the job '"
              + job
              + "' is not known; allowed: worker, for all train alike, and there is no chief,"
              + " parameter server or evaluator");
    }
  }
}
