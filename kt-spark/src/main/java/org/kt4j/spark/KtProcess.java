package org.kt4j.spark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One process of kt, from its start to its end. */
final class KtProcess {

  private static final int POLL_MILLIS = 200;
  private static final int GRACE_SECONDS = 5;
  private static final int LAST_LINES_MILLIS = 1000;
  private static final int SIGNAL = 128;

  private KtProcess() {}

  /**
   * How a process ended.
   *
   * @param status its exit code, 128 and the signal's number when it was killed
   */
  record Ended(int status, LastWords words) {

    /** For a message. */
    String reason() {
      String said = words.reason();
      if (status > SIGNAL) {
        return "its process was killed by signal "
            + (status - SIGNAL)
            + (said.isEmpty() ? "" : "; the last it said: " + said);
      }
      return said.isEmpty() ? "it ended with exit code " + status + " and said nothing" : said;
    }
  }

  /**
   * Runs it. It never outlives this call: it is killed when the call is interrupted or cancelled,
   * and ends by itself when this JVM does, for its standard input ends then.
   *
   * @param builder whose errors, and whose output unless it goes elsewhere, are told
   * @param cancelled asked several times a second
   * @param told each line of the output
   * @throws InterruptedException when it was cancelled
   */
  static Ended run(ProcessBuilder builder, BooleanSupplier cancelled, Consumer<String> told)
      throws InterruptedException {
    Process process = start(builder);
    LastWords words = new LastWords();
    Thread reader =
        new Thread(
            () ->
                read(
                    builder.redirectErrorStream()
                        ? process.getInputStream()
                        : process.getErrorStream(),
                    line -> {
                      words.add(line);
                      told.accept(line);
                    }),
            "output of kt");
    reader.setDaemon(true);
    reader.start();
    try {
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        if (cancelled.getAsBoolean()) {
          throw new InterruptedException("cancelled");
        }
      }
    } finally {
      end(process);
    }
    // What it started may hold its output open, and is not waited for.
    reader.join(LAST_LINES_MILLIS);
    return new Ended(process.exitValue(), words);
  }

  private static Process start(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new KtFailure(
          KtFailure.BAD_INPUT, builder.command().get(0) + ": cannot be started: " + e.getMessage());
    }
  }

  private static void read(InputStream stream, Consumer<String> told) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        told.accept(line);
      }
    } catch (IOException e) {
      // Closed, since the process is gone.
    }
  }

  /** First it may say that it was stopped and finish a file; then it ends, with all it started. */
  private static void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    List<ProcessHandle> below = process.descendants().toList();
    process.destroy();
    boolean interrupted = false;
    try {
      process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    below.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
