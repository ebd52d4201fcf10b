package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.LOST;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A model of another tool as the teacher: ONNX, a frozen graph, a SavedModel, TorchScript. */
final class ModelFamily implements Family {

  private static final String CONFIGURATION =
      """
      data: {name: shapes, train: 64, held-out: 16, test: 16, size: 16}
      teacher: {model: MODEL, outputs: {logits: logits}, allow-weak: true}
      student: {network: resnet-8, width: 4}
      batch-size: 16
      phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}, {term: kd}]}]
      """;

  @Override
  public String name() {
    return "model";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    String name =
        dice.one(
            workspace.whole()
                ? List.of("model.onnx", "model.pb", "model")
                : List.of("model.onnx", "model.onnx", "model.pb", "model.pb", "model", "model.pt"));
    Path model = workspace.copy(workspace.valid().models().resolve(name));
    Path config = workspace.write("config.yaml", CONFIGURATION.replace("MODEL", model.toString()));
    String what;
    boolean wrong;
    if (!workspace.whole() && dice.oneIn(4)) {
      // Whole, but asked for what it has not.
      String text = Files.readString(config);
      String asked = dice.one(List.of("logit", "\"\"", "x", "mean", "[logits]", "\"logits:7\""));
      Files.writeString(config, text.replace("{logits: logits}", "{logits: " + asked + "}"));
      what = name + ": its output " + asked + " is asked for";
      wrong = asked.equals("logit") || asked.equals("x");
    } else {
      Path file = Files.isDirectory(model) ? model.resolve("saved_model.pb") : model;
      Mutation mutation = dice.oneIn(3) ? dice.one(FileMutation.ALL) : dice.one(ByteMutation.ALL);
      Change change = workspace.spoil(file, mutation, dice);
      what = change.what();
      wrong = change.is(LOST, CUT);
    }
    return new Case(
        what,
        wrong,
        Case.BAD_INPUT,
        List.of(workspace.out()),
        List.of("evaluate", config.toString(), "--teacher", "--split", "held-out"));
  }
}
