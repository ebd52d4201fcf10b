package org.kt4j.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.network.NetworkProvider;
import org.kt4j.engine.registry.Networks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kt networks}. */
@Command(name = "networks", description = "List the networks, or show the options of one.")
final class NetworksCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The network whose options are shown: resnet, resnet-20.")
  private @Nullable String name;

  NetworksCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Networks networks = installed.networks();
    if (name == null) {
      NameList.lines(networks.all()).forEach(terminal::line);
      terminal.line("");
      terminal.line("options and an example of one: kt networks NAME");
      return 0;
    }
    if (!networks.knows(name)) {
      throw new BadInputException(networks.unknown(name));
    }
    Record options = options(networks, name);
    NetworkProvider<?> network = networks.provider(name);
    terminal.line(network.name() + ": " + network.summary());
    terminal.line("such as " + String.join(", ", network.examples()));
    terminal.line("");
    OptionsTable.lines(options).forEach(terminal::line);
    terminal.line("");
    boolean family = name.equals(network.name());
    String example = family ? network.examples().get(0) : name;
    terminal.line("student: {network: " + example + "}");
    terminal.line(
        "student: {network: "
            + network.name()
            + OptionsTable.yaml(options(networks, example))
            + "}");
    return 0;
  }

  private static Record options(Networks networks, String name) {
    try {
      return networks.defaults(name);
    } catch (IllegalArgumentException e) {
      throw new BadInputException(name + ": " + e.getMessage());
    }
  }
}
