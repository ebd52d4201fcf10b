package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.ENCODING;
import static org.kt4j.cli.malformed.Change.Damage.LOST;
import static org.kt4j.cli.malformed.Change.Damage.WRONG_VALUE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Configurations of classifiers and detectors, alone and in circles. */
final class ConfigurationFamily implements Family {

  private static final List<String> SOURCES = List.of("teacher", "start", "baseline");

  @Override
  public String name() {
    return "configuration";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    if (!workspace.whole() && dice.oneIn(12)) {
      return circle(workspace, dice);
    }
    boolean json = dice.below(3) > 0;
    Path file = json ? workspace.copy(source(workspace.valid(), dice)) : written(workspace, dice);
    Mutation mutation =
        switch (dice.below(8)) {
          case 0 -> dice.one(FileMutation.ALL);
          case 1 -> dice.one(ByteMutation.ALL);
          default -> json ? TreeMutation.yaml() : dice.one(TextMutation.ALL);
        };
    Change change = workspace.spoil(file, mutation, dice);
    boolean wrong = change.is(LOST, ENCODING, WRONG_VALUE) || (json && change.is(CUT));
    return new Case(
        change.what(),
        wrong,
        Case.BAD_INPUT,
        List.of(workspace.out(), workspace.valid().cache()),
        command(workspace, file, dice));
  }

  private static Path source(ValidInputs valid, Dice dice) {
    return dice.one(
        List.of(valid.classifier(), valid.student(), valid.student(), valid.detector()));
  }

  /** A configuration in lines, with every default, as a run folder holds one. */
  private static Path written(Workspace workspace, Dice dice) throws IOException {
    ValidInputs valid = workspace.valid();
    Path run = dice.one(List.of(valid.run(), valid.teacherRun()));
    return workspace.copy(run.resolve("config.yaml"));
  }

  private static List<String> command(Workspace workspace, Path file, Dice dice) {
    if (dice.oneIn(4)) {
      return List.of("data", "inspect", file.toString());
    }
    return List.of(
        "train",
        file.toString(),
        "--out",
        workspace.out().resolve("run").toString(),
        "--runs",
        workspace.out().resolve("runs").toString());
  }

  /** Configurations that name each other, each as what the one before it needs. */
  private static Case circle(Workspace workspace, Dice dice) throws IOException {
    int length = 1 + dice.below(3);
    StringBuilder what = new StringBuilder("a circle of " + length + ":");
    String text = Files.readString(workspace.valid().classifier()).strip();
    for (int i = 0; i < length; i++) {
      String source = dice.one(SOURCES);
      what.append(' ').append(source);
      String named = "\"" + source + "\": {\"config\": \"" + (i + 1) % length + ".yaml\"}";
      workspace.write(
          i + ".yaml", text.substring(0, text.length() - 1).stripTrailing() + ",\n" + named + "}");
    }
    return new Case(
        what.toString(),
        true,
        Case.BAD_INPUT,
        List.of(workspace.out()),
        List.of(
            "train",
            workspace.in().resolve("0.yaml").toString(),
            "--out",
            workspace.out().resolve("run").toString(),
            "--runs",
            workspace.out().resolve("runs").toString()));
  }
}
