package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.LOST;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An export that pictures are put to, and the pictures. */
final class ExportFamily implements Family {

  @Override
  public String name() {
    return "export";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path export = workspace.copy(workspace.valid().export());
    Path picture = workspace.copy(workspace.valid().picture());
    Path model = export.resolve("saved_model.pb");
    Path file =
        dice.one(List.of(model, model, picture, picture, picture, export.resolve("synset.txt")));
    boolean text = file.toString().endsWith(".txt");
    Mutation mutation =
        dice.oneIn(4)
            ? dice.one(FileMutation.ALL)
            : text ? dice.one(TextMutation.ALL) : dice.one(ByteMutation.ALL);
    Change change = workspace.spoil(file, mutation, dice);
    boolean wrong = (file.equals(model) && change.is(LOST, CUT)) || !Files.exists(picture);
    return new Case(
        change.what(),
        wrong,
        Case.ANY_FAILURE,
        List.of(workspace.out()),
        List.of("predict", export.toString(), picture.toString()));
  }
}
