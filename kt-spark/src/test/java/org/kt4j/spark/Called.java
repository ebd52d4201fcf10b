package org.kt4j.spark;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;

/**
 * How a command ended and what it said.
 *
 * @param exitCode of the driver
 */
record Called(int exitCode, String out, String err) {

  /** Something that writes to both. */
  static Called of(BiFunction<PrintStream, PrintStream, Integer> command) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        command.apply(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Called(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** A job's work. */
  static Called of(Work work) {
    return of((out, err) -> KtSpark.reported(err, (Callable<Integer>) () -> work.with(out)));
  }

  @FunctionalInterface
  interface Work {
    int with(PrintStream out) throws Exception;
  }
}
