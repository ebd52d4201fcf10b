package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.ENCODING;
import static org.kt4j.cli.malformed.Change.Damage.LOST;
import static org.kt4j.cli.malformed.Change.Damage.WRONG_VALUE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Pictures with boxes in the JSON of COCO. */
final class CocoFamily implements Family {

  private static final String NEEDED =
      "images(.\\d+(.(id|file_name))?)?|annotations(.\\d+(.(image_id|category_id|bbox.*))?)?"
          + "|categories(.\\d+(.(id|name))?)?";

  @Override
  public String name() {
    return "coco";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path folder = workspace.copy(workspace.valid().data("coco"));
    Path annotations =
        folder.resolve(
            "annotations/instances_" + dice.one(List.of("train", "val", "test")) + ".json");
    Mutation mutation =
        switch (dice.below(8)) {
          case 0 -> dice.one(FileMutation.ALL);
          case 1 -> dice.one(ByteMutation.ALL);
          case 2 -> dice.one(TextMutation.ALL);
          default -> TreeMutation.json(pointer -> pointer.matches(NEEDED));
        };
    boolean ofPicture = mutation instanceof FileMutation && dice.oneIn(2);
    Change change =
        workspace.spoil(ofPicture ? folder.resolve("train/1.png") : annotations, mutation, dice);
    return new Case(
        change.what(),
        change.is(LOST, CUT, ENCODING, WRONG_VALUE),
        Case.BAD_INPUT,
        List.of(workspace.out()),
        List.of("data", "inspect", "coco", "--set", "path=" + folder));
  }
}
