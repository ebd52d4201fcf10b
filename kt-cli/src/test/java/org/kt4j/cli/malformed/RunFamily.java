package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.LOST;
import static org.kt4j.cli.malformed.Change.Damage.OTHER;
import static org.kt4j.cli.malformed.Change.Damage.WRONG_VALUE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folder of a run, read by every command that takes one, and gone on with. */
final class RunFamily implements Family {

  private static final String RESULT = "result.json";

  @Override
  public String name() {
    return "run folder";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path run = workspace.copy(workspace.valid().run());
    String command =
        dice.one(List.of("report", "report", "evaluate", "predict", "export", "resume", "resume"));
    if (command.equals("resume")) {
      Files.delete(run.resolve(RESULT));
    }
    Path file = dice.one(files(run));
    String name = run.relativize(file).toString();
    Mutation mutation = mutation(name, dice);
    Change change = workspace.spoil(file, mutation, dice);
    return new Case(
        change.what(),
        isWrong(command, name, change),
        Case.ANY_FAILURE,
        written(workspace, run, command),
        arguments(workspace, run, command));
  }

  /** Those that commands read; the pages and the events are only written. */
  private static List<Path> files(Path run) throws IOException {
    List<Path> files = new ArrayList<>(Workspace.files(run));
    files.removeIf(file -> file.toString().matches(".*(report[.](html|md)|tensorboard.*|[.]lock)"));
    return files;
  }

  private static Mutation mutation(String name, Dice dice) {
    int kind = dice.below(8);
    if (kind == 0) {
      return dice.one(FileMutation.ALL);
    }
    if (kind == 1 || name.contains("variables.")) {
      return dice.one(ByteMutation.ALL);
    }
    if (name.endsWith(".json") && kind < 6) {
      return TreeMutation.json(pointer -> true);
    }
    return dice.one(TextMutation.ALL);
  }

  /** What has to be refused depends on what the command needs. */
  private static boolean isWrong(String command, String name, Change change) {
    boolean broken = change.is(LOST, CUT, WRONG_VALUE);
    return switch (command) {
      case "evaluate", "predict", "export" ->
          (broken && (name.endsWith("last.json") || name.endsWith("manifest.json")))
              || (change.is(LOST, CUT, OTHER) && name.contains("variables."))
              || (change.is(LOST) && name.equals("config.yaml"));
      case "resume" ->
          (broken && name.matches("checkpoints/last.json|.*manifest.json"))
              || (change.is(LOST, CUT, OTHER) && name.contains("variables."))
              || (change.is(LOST) && name.matches("config.yaml|metrics.jsonl"));
      // A report tells of what is damaged, and leaves it out.
      default -> false;
    };
  }

  private static List<Path> written(Workspace workspace, Path run, String command) {
    List<Path> written = new ArrayList<>(List.of(workspace.out(), workspace.valid().cache()));
    switch (command) {
      case "report" ->
          written.addAll(List.of(run.resolve("report.html"), run.resolve("report.md")));
      case "resume" -> written.add(run);
      default -> written.add(run.resolve(".lock"));
    }
    return written;
  }

  private static List<String> arguments(Workspace workspace, Path run, String command) {
    ValidInputs valid = workspace.valid();
    return switch (command) {
      case "predict" -> List.of("predict", run.toString(), valid.picture().toString());
      case "export" ->
          List.of("export", run.toString(), workspace.out().resolve("export").toString());
      case "resume" -> List.of("train", valid.student().toString(), "--out", run.toString());
      default -> List.of(command, run.toString());
    };
  }
}
