import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.cli.Kt;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Writes what an archive has beside the commands: completion for bash, and a page of the manual for
 * all commands. Run from source by the build; its arguments are the folder and the version.
 */
final class CommandPages {

  private CommandPages() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    CommandLine kt = Kt.commandLine();
    Files.createDirectories(folder.resolve("man1"));
    Files.writeString(folder.resolve("kt-completion.bash"), AutoComplete.bash("kt", kt));
    Files.writeString(folder.resolve("man1/kt.1"), manual(kt, arguments[1]));
  }

  /** In the macros of man(7). */
  private static String manual(CommandLine kt, String version) {
    List<String> lines = new ArrayList<>();
    CommandSpec spec = kt.getCommandSpec();
    lines.add(".TH KT 1 \"\" \"kt4j " + roff(version) + "\" \"kt4j\"");
    // Options and names of commands are not divided at the end of a line.
    lines.add(".nh");
    lines.add(".SH NAME");
    lines.add("kt \\- " + text(kt, spec.usageMessage().description()));
    lines.add(".SH SYNOPSIS");
    lines.add(roff(synopsis(kt)));
    lines.add(".SH OPTIONS");
    arguments(lines, kt);
    lines.add(".SH COMMANDS");
    commands(lines, kt);
    lines.add(".SH EXIT STATUS");
    lines.add(text(kt, spec.usageMessage().footer()).replaceFirst("^Exit codes: ", ""));
    return String.join("\n", lines) + "\n";
  }

  private static void commands(List<String> lines, CommandLine of) {
    for (CommandLine command : of.getSubcommands().values()) {
      CommandSpec spec = command.getCommandSpec();
      if (spec.usageMessage().hidden()) {
        continue;
      }
      lines.add(".SS \"" + roff(spec.qualifiedName()) + "\"");
      lines.add(text(command, spec.usageMessage().description()));
      lines.add(".PP");
      lines.add(".B " + roff(synopsis(command)));
      arguments(lines, command);
      if (spec.usageMessage().footer().length > 0) {
        lines.add(".PP");
        lines.add(text(command, spec.usageMessage().footer()));
      }
      commands(lines, command);
    }
  }

  private static void arguments(List<String> lines, CommandLine command) {
    for (PositionalParamSpec each : command.getCommandSpec().positionalParameters()) {
      argument(lines, command, each.paramLabel(), each);
    }
    for (OptionSpec each : command.getCommandSpec().options()) {
      // Those that every command has stand with kt.
      if (!each.inherited()) {
        String label = each.arity().max() == 0 ? "" : " " + each.paramLabel();
        argument(lines, command, String.join(", ", each.names()) + label, each);
      }
    }
  }

  private static void argument(
      List<String> lines, CommandLine command, String head, ArgSpec argument) {
    if (!argument.hidden()) {
      lines.add(".TP");
      lines.add(".B " + roff(head));
      lines.add(
          roff(
              Help.Ansi.OFF.new Text(String.join(" ", argument.renderedDescription())).toString()));
    }
  }

  private static String synopsis(CommandLine command) {
    return command.setUsageHelpWidth(2000).getHelp().synopsis(0).strip();
  }

  private static String text(CommandLine command, String[] paragraphs) {
    List<String> rendered = new ArrayList<>();
    for (String each : paragraphs) {
      String line = Help.Ansi.OFF.string(each.formatted()).strip();
      rendered.add(line.isEmpty() ? ".PP" : roff(line));
    }
    while (!rendered.isEmpty() && rendered.get(0).equals(".PP")) {
      rendered.remove(0);
    }
    return String.join("\n", rendered);
  }

  /** Nothing of it is an instruction to roff. */
  private static String roff(String text) {
    String escaped = text.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
