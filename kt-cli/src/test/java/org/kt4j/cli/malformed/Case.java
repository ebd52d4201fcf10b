package org.kt4j.cli.malformed;

import java.nio.file.Path;
import java.util.List;

/**
 * One input with the command that reads it.
 *
 * @param what what is wrong with the input
 * @param wrong whether it is certainly wrong, so that it must be refused
 * @param codes the exit codes that a refusal may have
 * @param written what the command may write: these, and what is below them
 * @param arguments of {@code kt}
 */
record Case(
    String what, boolean wrong, List<Integer> codes, List<Path> written, List<String> arguments) {

  /** Bad input, as for configurations, data and command lines. */
  static final List<Integer> BAD_INPUT = List.of(2);

  /** Bad input, or a failure, as for what an earlier run has left. */
  static final List<Integer> ANY_FAILURE = List.of(1, 2);

  Case {
    codes = List.copyOf(codes);
    written = List.copyOf(written);
    arguments = List.copyOf(arguments);
  }

  /** The command line as one can type it, long arguments cut. */
  String command() {
    StringBuilder line = new StringBuilder("kt");
    for (String argument : arguments) {
      String shown = argument.length() > 200 ? argument.substring(0, 200) + "..." : argument;
      line.append(' ').append(shown.matches("[\\w./=:,+-]+") ? shown : "'" + shown + "'");
    }
    return line.toString().replace("\0", "\\0").replace("\n", "\\n");
  }
}
