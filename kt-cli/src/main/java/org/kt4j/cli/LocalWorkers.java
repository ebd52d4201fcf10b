package org.kt4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts workers on this machine and watches them. When one ends before its time, the others are
 * ended, and one message says which it was and why.
 */
final class LocalWorkers {

  private static final String ERROR = "kt: ";

  /** How long the others may take to end by themselves. */
  private static final int GRACE_SECONDS = 3;

  private static final int FIRST_SIGNAL = 128;

  private final Terminal terminal;
  private final List<String> arguments;
  private final int count;
  private final List<Worker> workers = new ArrayList<>();
  private volatile boolean stopped;

  /** Where workers keep what is theirs; removed by this process, as a killed one cannot. */
  private volatile @Nullable Path scratch;

  /**
   * Workers that are not started yet.
   *
   * @param arguments of the command, with which all workers train
   * @param count of the workers
   */
  LocalWorkers(Terminal terminal, List<String> arguments, int count) {
    this.terminal = terminal;
    this.arguments = List.copyOf(arguments);
    this.count = count;
  }

  /**
   * Trains.
   *
   * @param restarts how often they may be started again
   * @return the exit code
   */
  int train(int restarts) throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      Ending ending = attempt(attempt > 0);
      if (ending.status() == 0 || stopped) {
        return ending.status();
      }
      String what = ending.words();
      // A mistake in the input is made again.
      if (attempt >= restarts || ending.status() == Failure.BAD_INPUT) {
        terminal.error(what);
        return ending.status() == Failure.BAD_INPUT ? Failure.BAD_INPUT : Failure.FAILED;
      }
      terminal.plainError(
          what + "; all start again (" + (attempt + 1) + " of " + restarts + " times)");
    }
  }

  /** How a worker has ended, and what it said last. */
  private record Ending(int status, String words) {}

  private Ending attempt(boolean again) throws InterruptedException {
    BlockingQueue<Worker> ended = new LinkedBlockingQueue<>();
    try {
      scratch = Files.createTempDirectory("kt-workers-");
      String addresses = addresses();
      int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / count);
      synchronized (workers) {
        workers.clear();
        for (int rank = 0; rank < count && !stopped; rank++) {
          workers.add(new Worker(rank, cores, addresses, again, ended));
        }
      }
      @Nullable Worker culprit = null;
      for (int left = count; left > 0; left--) {
        Worker next = culprit == null ? ended.take() : ended.poll(GRACE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
          break;
        }
        if (culprit == null && next.status() != 0) {
          culprit = next;
        }
      }
      return culprit == null
          ? new Ending(0, "")
          : new Ending(culprit.status(), told(culprit).words());
    } catch (IOException e) {
      throw new UncheckedIOException("workers cannot be started", e);
    } finally {
      stopAll();
    }
  }

  /** What all say alike is said by the first, which is what one process would have said. */
  private Worker told(Worker culprit) {
    Worker first = workers.get(0);
    return !first.process.isAlive() && first.said().equals(culprit.said()) ? first : culprit;
  }

  private String addresses() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> addresses = new ArrayList<>();
    try {
      for (int rank = 0; rank < count; rank++) {
        ServerSocket socket = new ServerSocket(0);
        sockets.add(socket);
        addresses.add("localhost:" + socket.getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return String.join(",", addresses);
  }

  /** Ends the workers; the run goes on from its last checkpoint next time. */
  void stop() {
    stopped = true;
    stopAll();
  }

  private void stopAll() {
    synchronized (workers) {
      workers.forEach(Worker::stop);
      Path folder = scratch;
      if (folder != null) {
        WorkerPlace.remove(folder);
      }
    }
  }

  /** One process; what it says of failures is kept until it is known which worker failed first. */
  private final class Worker {

    private final int rank;
    private final Process process;
    private final List<String> errors = new ArrayList<>();

    Worker(int rank, int cores, String addresses, boolean again, BlockingQueue<Worker> ended)
        throws IOException {
      this.rank = rank;
      List<String> own = new ArrayList<>();
      for (int i = 0; i < arguments.size(); i++) {
        String argument = arguments.get(i);
        if (argument.equals("--workers") || argument.equals("--restarts")) {
          i++;
        } else if (!argument.startsWith("--workers=")
            && !argument.startsWith("--restarts=")
            && !(again && argument.equals("--overwrite"))) {
          own.add(argument);
        }
      }
      own.addAll(List.of("--workers", addresses, "--rank", Integer.toString(rank)));
      ProcessBuilder builder = ChildCommand.of(cores, own);
      builder.environment().put(WorkerPlace.PARENT, String.valueOf(scratch));
      builder.redirectOutput(
          rank == 0 ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD);
      process = builder.start();
      Thread pump =
          new Thread(
              () -> {
                pump();
                try {
                  process.waitFor();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                ended.add(this);
              },
              "worker-" + rank);
      pump.setDaemon(true);
      pump.start();
    }

    private void pump() {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
        boolean failed = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          failed |= line.startsWith(ERROR);
          if (failed) {
            synchronized (errors) {
              errors.add(line);
            }
          } else if (rank == 0) {
            terminal.plainError(line);
          }
        }
      } catch (IOException e) {
        // The process has ended.
      }
    }

    int status() {
      return process.exitValue();
    }

    /** The message of its failure; empty where it had none. */
    String said() {
      synchronized (errors) {
        return errors.isEmpty() ? "" : String.join("\n", errors).substring(ERROR.length());
      }
    }

    String words() {
      int status = status();
      String who = "worker " + rank + " of " + count;
      String said = said();
      if (!said.isEmpty()) {
        return rank == 0 ? said : who + ": " + said;
      }
      return who
          + (status > FIRST_SIGNAL
              ? " was ended by the signal " + (status - FIRST_SIGNAL)
              : " ended with status " + status + " and said nothing")
          + "; the others were ended, and the same command goes on from the last checkpoint";
    }

    void stop() {
      process.destroy();
      try {
        if (!process.waitFor(2, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
