package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Valid commands on whole inputs, of which one word is another, is missing or stands twice. */
final class CommandLineFamily implements Family {

  private static final List<String> WORDS =
      List.of(
          "",
          " ",
          "-",
          "--",
          "--no-such-option",
          "-1",
          "0",
          "NaN",
          "1e308",
          "2147483648",
          "\0",
          "a\0b",
          "..",
          "*",
          "[",
          "null",
          "=",
          ",",
          "a=b=c",
          "--set",
          "--help",
          "\u0661",
          "no-such-name",
          "x".repeat(5_000));

  @Override
  public String name() {
    return "command line";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path run = workspace.copy(workspace.valid().run());
    Path teacher = workspace.copy(workspace.valid().teacherRun());
    Path config = workspace.copy(workspace.valid().classifier());
    if (!workspace.whole() && dice.oneIn(8)) {
      return overItsTeacher(workspace, teacher, dice);
    }
    List<String> arguments = new ArrayList<>(dice.one(commands(workspace, run, teacher, config)));
    int at = dice.below(arguments.size());
    String word = arguments.get(at);
    boolean wrong = false;
    String what;
    switch (workspace.whole() ? -1 : dice.below(6)) {
      case -1 -> what = "nothing is wrong";
      case 0 -> {
        arguments.remove(at);
        what = "'" + word + "' is missing";
      }
      case 1 -> {
        arguments.add(at, word);
        what = "'" + word + "' stands twice";
      }
      case 2 -> {
        arguments.add("--no-such-option");
        wrong = true;
        what = "an option that there is not";
      }
      default -> {
        String instead = dice.one(WORDS);
        arguments.set(at, instead);
        what = "'" + word + "' is '" + instead.replace("\0", "\\0") + "'";
        wrong = instead.indexOf(0) >= 0 || instead.equals("--no-such-option");
      }
    }
    List<Path> written = new ArrayList<>(List.of(workspace.out()));
    // By default figures, pages and exports lie in the run's folder.
    written.add(run);
    return new Case(
        what.length() > 200 ? what.substring(0, 200) : what,
        wrong,
        Case.BAD_INPUT,
        written,
        arguments);
  }

  private static List<List<String>> commands(
      Workspace workspace, Path run, Path teacher, Path config) {
    String out = workspace.out().resolve("x").toString();
    String runs = workspace.out().resolve("runs").toString();
    String there = run.toString();
    String other = teacher.toString();
    String picture = workspace.valid().picture().toString();
    String file = config.toString();
    return List.of(
        List.of("train", file, "--out", out, "--runs", runs, "--seed", "2"),
        List.of("train", file, "--out", out, "--runs", runs, "--seeds", "1,2", "--markdown"),
        List.of("train", file, "--out", out, "--set", "batch-size=32", "--runs", runs),
        List.of("evaluate", there, "--split", "held-out", "--checkpoint", "last"),
        List.of("evaluate", there, "--teacher", "--split", "test"),
        List.of("export", there, out, "--checkpoint", "best", "--input", "float32"),
        List.of("export", there, out, "--half", "--taps", "stage2,pooled"),
        List.of("predict", there, picture, "--top", "2", "--threshold", "0.1", "--json"),
        List.of("predict", there, picture, "--draw", out),
        List.of("report", there, "--out", out),
        List.of("report", there, other, "--out", out, "--baseline", other),
        List.of("visualize", there, "--pictures", "8", "--neurons", "2", "--out", out),
        List.of("data", "inspect", file, "--sheet", out + ".png"),
        List.of("data", "inspect", "shapes", "--set", "train=20", "--set", "held-out=2"),
        List.of("cache", "list", "--folder", out),
        List.of("methods"),
        List.of("networks"),
        List.of("version"));
  }

  /** What a run reads is what it should write. */
  private static Case overItsTeacher(Workspace workspace, Path teacher, Dice dice)
      throws IOException {
    Path config =
        workspace.write(
            "student.yaml",
            """
            data: {name: shapes, train: 64, held-out: 16, test: 16, size: 16}
            SOURCE
            student: {network: resnet-8, width: 4}
            batch-size: 16
            phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}, {term: kd}]}]
            """
                .replace("SOURCE", "teacher: {run: TEACHER, allow-weak: true}")
                // Without its whole path there is no such run: that has to be found out before
                // anything is removed.
                .replace("TEACHER", dice.oneIn(4) ? "teacher" : teacher.toString()));
    List<String> arguments =
        new ArrayList<>(List.of("train", config.toString(), "--out", teacher.toString()));
    if (dice.oneIn(2)) {
      arguments.add("--overwrite");
    }
    return new Case(
        "--out is the folder of the run that it learns from",
        true,
        Case.ANY_FAILURE,
        List.of(workspace.out()),
        arguments);
  }
}
