package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.LOST;
import static org.kt4j.cli.malformed.Change.Damage.WRONG_VALUE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The .npz file of a teacher's weights. */
final class WeightsFamily implements Family {

  private static final String CONFIGURATION =
      """
      data: {name: shapes, train: 64, held-out: 16, test: 16, size: 16}
      teacher: {network: resnet-8, width: 4, weights: WEIGHTS, allow-weak: true}
      student: {network: resnet-8, width: 4}
      batch-size: 16
      phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}, {term: kd}]}]
      """;

  @Override
  public String name() {
    return "weights";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path weights = workspace.copy(workspace.valid().export().resolve("weights.npz"));
    Path config =
        workspace.write("config.yaml", CONFIGURATION.replace("WEIGHTS", weights.toString()));
    Mutation mutation =
        switch (dice.below(5)) {
          case 0 -> dice.one(FileMutation.ALL);
          case 1 -> dice.one(ByteMutation.ALL);
          default -> dice.one(ArrayMutation.ALL);
        };
    Change change = workspace.spoil(weights, mutation, dice);
    // A reader that goes from entry to entry does not miss the directory at the end of a ZIP file.
    boolean wrong =
        change.is(LOST, WRONG_VALUE) || (change.is(CUT) && mutation == ByteMutation.CUT_AT_THE_END);
    return new Case(
        change.what(),
        wrong,
        Case.BAD_INPUT,
        List.of(workspace.out()),
        List.of("evaluate", config.toString(), "--teacher", "--split", "held-out"));
  }
}
