package org.kt4j.cli;

import java.io.PrintStream;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code kt}. */
@Command(
    name = "kt",
    description = "Train small networks that learn from large ones, and measure what they gain.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = VersionLine.class,
    footer = {"", "Exit codes: 0 done, 1 failed, 2 bad input, 130 interrupted, 143 terminated."})
public final class Kt implements Runnable {

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help and do nothing else.")
  boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show logs, and stack traces of failures.")
  private boolean verbose;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and do nothing else.")
  boolean version;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private Kt() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // What is written and named is the same for all users, in digits and letters that all tools
    // read.
    Locale.setDefault(Locale.ROOT);
    // From JDK 22 on System.console() is there without a terminal, unless told otherwise.
    System.setProperty("jdk.console", "java.base");
    ParentWatch.begin();
    System.exit(run(Terminal.ofProcess(), args));
  }

  /** Runs one command in this process, as if its output were a file; text is UTF-8. */
  public static int run(PrintStream out, PrintStream err, String... args) {
    return run(Terminal.plain(out, err), args);
  }

  /** Runs one command in this process. */
  static int run(Terminal terminal, String... args) {
    // DJL reports its use to its makers unless told not to.
    System.setProperty("OPT_OUT_TRACKING", "true");
    Kt kt = new Kt();
    CommandLine line = line(kt, terminal);
    Misuse.refuseEmpty(line);
    line.setParameterExceptionHandler((e, given) -> misused(terminal, e));
    line.setExecutionExceptionHandler(
        (e, command, parsed) -> Failure.report(terminal, e, kt.verbose));
    line.setExecutionStrategy(
        parsed -> {
          kt.applyVerbosity();
          return new CommandLine.RunLast().execute(parsed);
        });
    try {
      return line.execute(args);
    } catch (OutOfMemoryError | LinkageError | StackOverflowError | AssertionError e) {
      return Failure.report(terminal, e, kt.verbose);
    } finally {
      terminal.flush();
    }
  }

  /** The commands with their options, for what is written about them. */
  public static CommandLine commandLine() {
    return line(new Kt(), Terminal.plain(System.out, System.err));
  }

  private static CommandLine line(Kt kt, Terminal terminal) {
    Installed installed = new Installed();
    return new CommandLine(kt)
        .addSubcommand(new InitCommand(terminal, installed))
        .addSubcommand(new TrainCommand(terminal, installed))
        .addSubcommand(new ClusterCostCommand(terminal, installed))
        .addSubcommand(new EvaluateCommand(terminal, installed))
        .addSubcommand(new ExportCommand(terminal, installed))
        .addSubcommand(new PruneCommand(terminal, installed))
        .addSubcommand(new PredictCommand(terminal, installed))
        .addSubcommand(new CompareCommand(terminal, installed))
        .addSubcommand(new ReportCommand(terminal))
        .addSubcommand(new VisualizeCommand(terminal, installed))
        .addSubcommand(new MethodsCommand(terminal, installed))
        .addSubcommand(new NetworksCommand(terminal, installed))
        .addSubcommand(new WeightsCommand(terminal, installed))
        .addSubcommand(
            new CommandLine(new DataCommand(terminal, installed))
                .addSubcommand(new DataInspectCommand(terminal, installed))
                .addSubcommand(new DataDownloadCommand(terminal, installed)))
        .addSubcommand(CacheCommand.line(terminal))
        .addSubcommand(new VersionCommand(terminal))
        .setOut(terminal.writer(terminal.out()))
        .setErr(terminal.writer(terminal.err()))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUnmatchedOptionsAllowedAsOptionParameters(false)
        .setUsageHelpAutoWidth(terminal.interactive());
  }

  /** Read by logback.xml, which is looked at when the first logger is made. */
  private void applyVerbosity() {
    if (verbose) {
      System.setProperty("kt.log.ours", "DEBUG");
      System.setProperty("kt.log.others", "INFO");
    }
  }

  private static int misused(Terminal terminal, ParameterException e) {
    CommandLine command = e.getCommandLine();
    terminal.error(Misuse.sentence(e));
    if (!UnmatchedArgumentException.printSuggestions(e, command.getErr())) {
      terminal.plainError("try: " + command.getCommandSpec().qualifiedName() + " --help");
    }
    return Failure.BAD_INPUT;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
