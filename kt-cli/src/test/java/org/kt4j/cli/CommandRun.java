package org.kt4j.cli;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;

/** One command, run in this process, with what it printed. */
record CommandRun(int exitCode, String out, String err) {

  static CommandRun kt(Object... arguments) {
    return run(Terminal::plain, arguments);
  }

  /** With a person who types these lines. */
  static CommandRun answered(String lines, Object... arguments) {
    return run(
        (out, err) -> Terminal.answering(out, err, new BufferedReader(new StringReader(lines))),
        arguments);
  }

  private static CommandRun run(
      BiFunction<PrintStream, PrintStream, Terminal> terminal, Object... arguments) {
    String[] args = new String[arguments.length];
    for (int i = 0; i < args.length; i++) {
      args[i] = arguments[i].toString();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Kt.run(
            terminal.apply(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)),
            args);
    return new CommandRun(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
