package org.kt4j.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** {@code kt cache}. */
@Command(
    name = "cache",
    synopsisSubcommandLabel = "COMMAND",
    description =
        "List, check or remove the knowledge of teachers that runs with cache: have stored.")
final class CacheCommand implements Runnable {

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** With its own commands. */
  static CommandLine line(Terminal terminal) {
    return new CommandLine(new CacheCommand())
        .addSubcommand(new CacheListCommand(terminal))
        .addSubcommand(new CacheVerifyCommand(terminal))
        .addSubcommand(new CacheClearCommand(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
