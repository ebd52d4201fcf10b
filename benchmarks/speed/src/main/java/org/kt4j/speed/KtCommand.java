package org.kt4j.speed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code kt}, as a user starts it.
 *
 * @param path of the script
 */
record KtCommand(Path path) {

  /** The place that {@code benchmarks/run} gives; null when it is started in another way. */
  static @Nullable KtCommand ofHome() {
    String home = System.getProperty("kt.home");
    return home == null ? null : new KtCommand(Path.of(home, "kt"));
  }

  /** Runs it to its end; what it prints is not looked at. */
  int run(Map<String, String> environment, String... arguments) throws IOException {
    List<String> command = Stream.concat(Stream.of(path.toString()), Stream.of(arguments)).toList();
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Wall time of one run in seconds. */
  double seconds(String... arguments) throws IOException {
    long began = System.nanoTime();
    int status = run(Map.of(), arguments);
    if (status != 0) {
      throw new IOException("kt " + String.join(" ", arguments) + " ended with status " + status);
    }
    return (System.nanoTime() - began) / 1e9;
  }
}
