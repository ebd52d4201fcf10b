package org.kt4j.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.Preset;
import org.kt4j.engine.registry.Methods;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kt methods}. */
@Command(
    name = "methods",
    description = "List the terms that an objective can hold, or show the options of one.")
final class MethodsCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "NAME",
      description = "The term whose options are shown.")
  private @Nullable String name;

  MethodsCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Methods methods = installed.methods();
    if (name == null) {
      NameList.lines(methods.all()).forEach(terminal::line);
      terminal.line("");
      terminal.line("options, an example and the presets of one: kt methods NAME");
      terminal.line("");
      terminal.line("criteria of kt prune:");
      NameList.lines(installed.filterCriteria().all()).forEach(terminal::line);
      terminal.line("");
      terminal.line("criteria of student: {mask: ...}:");
      NameList.lines(installed.weightCriteria().all()).forEach(terminal::line);
      return 0;
    }
    if (!methods.knows(name)) {
      throw new BadInputException(methods.unknown(name));
    }
    KnowledgeTransferProvider<?> method = methods.provider(name);
    terminal.line(method.name() + ": " + method.summary());
    terminal.line("");
    OptionsTable.lines(method.defaults()).forEach(terminal::line);
    terminal.line("");
    terminal.line("objective:");
    terminal.line(
        "  - {term: " + name + ", weight: 1" + OptionsTable.yaml(method.defaults()) + "}");
    for (Preset preset : method.presets()) {
      terminal.line("");
      terminal.line("preset " + preset.name() + ": " + preset.summary());
      terminal.line("objective: [{preset: " + preset.name() + "}]  is");
      terminal.line("objective: " + preset.objective());
    }
    return 0;
  }
}
