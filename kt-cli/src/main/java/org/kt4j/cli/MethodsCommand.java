package org.kt4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.source.RunPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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

  @Option(
      names = "--for",
      paramLabel = "CONFIG",
      description = {
        "Say which terms suit the teacher and the student of this configuration, and why others do"
            + " not, each with its default options."
      })
  private @Nullable Path experiment;

  @Mixin private ExperimentFile values = new ExperimentFile();

  MethodsCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  /** The number that the first preset has; 1 where it has none: a loss can be of any size. */
  private static String usualWeight(KnowledgeTransferProvider<?> method) {
    Matcher weight =
        Pattern.compile("\\{term: " + method.name() + ", weight: ([0-9.]+)[,}]")
            .matcher(method.presets().stream().findFirst().map(Preset::objective).orElse(""));
    return weight.find() ? weight.group(1) : "1";
  }

  private void families(Methods methods) {
    for (MethodFamily family : MethodFamily.values()) {
      List<KnowledgeTransferProvider<?>> members =
          methods.all().stream().filter(method -> method.family() == family).toList();
      if (!members.isEmpty()) {
        terminal.line("learn from " + family.source() + ":");
        List<String> lines = NameList.lines(members);
        for (int m = 0; m < members.size(); m++) {
          String needs = members.get(m).needs();
          terminal.line("  " + lines.get(m) + (needs.isEmpty() ? "" : "; " + needs));
        }
        terminal.line("");
      }
    }
  }

  private int fits(Path file) {
    if (name != null) {
      throw new BadInputException("--for: is for all terms; fix: leave out " + name);
    }
    Methods methods = installed.methods();
    ExperimentConfig config = values.read(installed.reader(), file, Map.of());
    Map<String, List<String>> problems =
        installed
            .methodFit()
            .of(new RunPlan(config, RunPlan.RUNS.resolve("methods"), RunPlan.RUNS));
    terminal.line("suit this teacher and student, with their default options:");
    List<KnowledgeTransferProvider<?>> fitting =
        methods.all().stream()
            .filter(method -> problems.getOrDefault(method.name(), List.of()).isEmpty())
            .toList();
    NameList.lines(fitting).forEach(line -> terminal.line("  " + line));
    terminal.line("");
    terminal.line("do not:");
    problems.forEach(
        (method, why) -> why.forEach(problem -> terminal.line("  " + method + ": " + problem)));
    return 0;
  }

  @Override
  public Integer call() {
    Methods methods = installed.methods();
    Path file = experiment;
    if (file != null) {
      return fits(file);
    }
    if (!values.overrides().isEmpty()) {
      throw new BadInputException("--set: belongs to --for CONFIG; fix: name a configuration");
    }
    if (name == null) {
      families(methods);
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
        "  - {term: "
            + name
            + ", weight: "
            + usualWeight(method)
            + OptionsTable.yaml(method.defaults())
            + "}");
    for (Preset preset : method.presets()) {
      terminal.line("");
      terminal.line("preset " + preset.name() + ": " + preset.summary());
      terminal.line("objective: [{preset: " + preset.name() + "}]  is");
      terminal.line("objective: " + preset.objective());
    }
    return 0;
  }
}
