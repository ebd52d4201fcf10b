package org.kt4j.engine.scaling;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ReplicasProvider;
import org.kt4j.engine.replica.Workers;
import org.kt4j.engine.run.TrainingException;

/**
 * Processes on this machine in which something is measured, as workers of a training. They end with
 * the one that has started them, if not before.
 */
public final class LocalProcesses {

  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration MEETING = Duration.ofMinutes(1);

  private LocalProcesses() {}

  /**
   * Runs a program in some processes and waits for their ends.
   *
   * @param program its {@code main} calls {@link #work}
   * @param count of the processes, 1 or more
   * @param cores that each computes with
   * @param arguments of the program
   * @return what each has printed
   * @throws ConfigurationException when nothing on the class path joins workers
   * @throws TrainingException when one fails
   */
  public static List<String> outputs(
      Class<?> program, int count, int cores, List<String> arguments) {
    requireProvider();
    List<Process> processes = new ArrayList<>();
    try {
      String addresses = addresses(count);
      for (int rank = 0; rank < count; rank++) {
        List<String> own = new ArrayList<>(List.of(Integer.toString(rank), addresses));
        own.addAll(arguments);
        processes.add(started(program, cores, own));
      }
      awaitEnd(processes);
      List<String> outputs = new ArrayList<>();
      for (Process process : processes) {
        outputs.add(said(process.getInputStream()));
      }
      return outputs;
    } catch (IOException e) {
      throw new UncheckedIOException("processes that measure", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("it was interrupted");
    } finally {
      processes.forEach(Process::destroyForcibly);
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

  /**
   * Works in one of the processes, prints what comes of it, and ends the process.
   *
   * @param arguments of the program
   * @param work gets the workers, of which this process is one, and the arguments that were given
   *     to {@link #outputs}
   */
  public static void work(String[] arguments, Work work) {
    endWithParent();
    int status = 0;
    try {
      List<String> given = List.of(arguments);
      Replicas replicas = joined(Integer.parseInt(given.get(0)), given.get(1));
      System.out.println(work.done(replicas, given.subList(2, given.size())));
      replicas.close();
    } catch (RuntimeException e) {
      System.err.println(e.getMessage());
      status = 1;
    }
    System.out.flush();
    // The server of a worker cannot be stopped.
    Runtime.getRuntime().halt(status);
  }

  /** What a process does. */
  @FunctionalInterface
  public interface Work {

    /** Does it; what is to be printed, in few words. */
    String done(Replicas replicas, List<String> arguments);
  }

  private static Replicas joined(int rank, String addresses) {
    List<String> all = List.of(addresses.split(",", -1));
    return all.size() == 1
        ? Replicas.one()
        : ServiceLoader.load(ReplicasProvider.class)
            .findFirst()
            .orElseThrow()
            .join(new Workers(all, rank, MEETING));
  }

  /** The parent holds the other end of the standard input and writes nothing into it. */
  private static void endWithParent() {
    Thread watch = new Thread(() -> awaitEnd(System.in), "parent");
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEnd(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Nothing is expected.
      }
    } catch (IOException e) {
      // An input that cannot be read has no parent at its other end.
    }
    Runtime.getRuntime().halt(1);
  }

  /** None prints more than a pipe holds before it ends. */
  private static void awaitEnd(List<Process> processes) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (processes.stream().anyMatch(Process::isAlive)) {
      if (System.nanoTime() > end) {
        throw failed("it takes more than " + LIMIT.toMinutes() + " minutes");
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
                ? "it ended with status " + process.exitValue() + " and said nothing"
                : said.get(said.size() - 1));
      }
    }
  }

  private static TrainingException failed(String why) {
    return new TrainingException("a process that measures for this one failed: " + why);
  }

  private static String said(InputStream output) throws IOException {
    return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  private static String addresses(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int rank = 0; rank < count; rank++) {
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

  private static Process started(Class<?> program, int cores, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-XX:ActiveProcessorCount=" + cores);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    String threads = Integer.toString(cores);
    // TensorFlow counts the machine's cores itself.
    builder.environment().put("TF_NUM_INTRAOP_THREADS", threads);
    builder.environment().put("TF_NUM_INTEROP_THREADS", threads);
    builder.environment().put("OMP_NUM_THREADS", threads);
    return builder.start();
  }
}
