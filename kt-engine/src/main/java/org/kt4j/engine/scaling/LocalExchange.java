package org.kt4j.engine.scaling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.json.JsonException;
import org.kt4j.engine.replica.ReplicasProvider;
import org.kt4j.engine.run.TrainingException;

/**
 * Measures the exchange of values between two processes on this machine, through what several
 * workers of a training use. It starts both, which end with this process if not before.
 */
public final class LocalExchange {

  private static final int PROCESSES = 2;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private LocalExchange() {}

  /**
   * Measures.
   *
   * @param sizes the numbers of each value; none may be 0
   * @param cores that each process computes with
   * @throws ConfigurationException when nothing on the class path joins workers
   * @throws TrainingException when the processes fail
   */
  public static ExchangeCost measure(List<Long> sizes, int cores) {
    requireProvider();
    List<Process> processes = new ArrayList<>();
    try {
      String addresses = addresses();
      for (int rank = 0; rank < PROCESSES; rank++) {
        processes.add(start(rank, addresses, sizes, cores));
      }
      awaitEnd(processes);
      return Json.read(said(processes.get(0).getInputStream()), ExchangeCost.class);
    } catch (JsonException e) {
      throw failed(e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("the exchange between two processes", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("interrupted");
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  /** Neither prints more than a pipe holds before it ends. */
  private static void awaitEnd(List<Process> processes) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (processes.stream().anyMatch(Process::isAlive)) {
      if (System.nanoTime() > end) {
        throw failed("it took more than " + LIMIT.toMinutes() + " minutes");
      }
      requireNoFailure(processes);
      Thread.sleep(20);
    }
    requireNoFailure(processes);
  }

  private static void requireNoFailure(List<Process> processes) throws IOException {
    for (Process process : processes) {
      if (!process.isAlive() && process.exitValue() != 0) {
        List<String> said = said(process.getErrorStream()).lines().toList();
        throw failed(
            said.isEmpty()
                ? "a process ended with status " + process.exitValue() + " and said nothing"
                : said.get(said.size() - 1));
      }
    }
  }

  /**
   * Looks for what joins workers.
   *
   * @throws ConfigurationException when nothing on the class path does
   */
  public static void requireProvider() {
    if (ServiceLoader.load(ReplicasProvider.class).findFirst().isEmpty()) {
      throw ConfigurationException.of(
          "several workers need kt-cluster on the class path; fix: the artifact"
              + " org.kt4j:kt-cluster");
    }
  }

  private static TrainingException failed(String why) {
    return new TrainingException("the exchange between two processes was not measured: " + why);
  }

  private static String said(InputStream output) throws IOException {
    return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static String addresses() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int rank = 0; rank < PROCESSES; rank++) {
        sockets.add(new ServerSocket(0));
      }
      return sockets.stream()
          .map(socket -> "localhost:" + socket.getLocalPort())
          .collect(Collectors.joining(","));
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private static Process start(int rank, String addresses, List<Long> sizes, int cores)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-XX:ActiveProcessorCount=" + cores,
            "-cp",
            System.getProperty("java.class.path"),
            ExchangeProbe.class.getName(),
            Integer.toString(rank),
            addresses,
            sizes.stream().map(String::valueOf).collect(Collectors.joining(","))));
    ProcessBuilder builder = new ProcessBuilder(command);
    String threads = Integer.toString(cores);
    // TensorFlow counts the machine's cores itself.
    builder.environment().put("TF_NUM_INTRAOP_THREADS", threads);
    builder.environment().put("TF_NUM_INTEROP_THREADS", threads);
    builder.environment().put("OMP_NUM_THREADS", threads);
    return builder.start();
  }
}
