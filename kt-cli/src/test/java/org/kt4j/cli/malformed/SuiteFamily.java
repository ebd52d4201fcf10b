package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.ENCODING;
import static org.kt4j.cli.malformed.Change.Damage.LOST;
import static org.kt4j.cli.malformed.Change.Damage.WRONG_VALUE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Suites of runs, and the configuration that they start from. */
final class SuiteFamily implements Family {

  @Override
  public String name() {
    return "suite";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path suite = workspace.copy(workspace.valid().suite());
    Path base = workspace.copy(workspace.valid().student());
    Path spoiled = dice.oneIn(4) ? base : suite;
    Mutation mutation =
        switch (dice.below(8)) {
          case 0 -> dice.one(FileMutation.ALL);
          case 1 -> dice.one(ByteMutation.ALL);
          case 2, 3 -> dice.one(TextMutation.ALL);
          // What stands under set may be any value until it is put in its place.
          default ->
              new TreeMutation(
                  TreeMutation.yaml().values(), pointer -> !pointer.contains("set"), true);
        };
    Change change = workspace.spoil(spoiled, mutation, dice);
    return new Case(
        change.what(),
        change.is(LOST, CUT, ENCODING, WRONG_VALUE),
        Case.BAD_INPUT,
        List.of(workspace.out(), workspace.valid().cache()),
        List.of("compare", suite.toString(), "--runs", workspace.out().resolve("runs").toString()));
  }
}
