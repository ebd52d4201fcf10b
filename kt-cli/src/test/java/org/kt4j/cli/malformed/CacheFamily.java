package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.LOST;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Files of knowledge, listed, verified and trained with. */
final class CacheFamily implements Family {

  @Override
  public String name() {
    return "cache";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    ValidInputs valid = workspace.valid();
    Path cache = workspace.copy(valid.cache());
    Path config = workspace.copy(valid.student());
    Files.writeString(
        config, Files.readString(config).replace(valid.cache().toString(), cache.toString()));
    Path file;
    try (Stream<Path> files = Files.list(cache)) {
      file =
          dice.one(files.filter(each -> each.toString().endsWith(".knowledge")).sorted().toList());
    }
    Mutation mutation = dice.oneIn(4) ? dice.one(FileMutation.ALL) : dice.one(ByteMutation.ALL);
    Change change = workspace.spoil(file, mutation, dice);
    String command = dice.one(List.of("list", "verify", "verify", "train"));
    List<String> arguments =
        command.equals("train")
            ? List.of(
                "train",
                config.toString(),
                "--out",
                workspace.out().resolve("run").toString(),
                "--runs",
                workspace.out().resolve("runs").toString())
            : List.of("cache", command, "--folder", cache.toString());
    // A folder, or no file, is not looked at.
    boolean read = mutation != FileMutation.MISSING && mutation != FileMutation.A_FOLDER;
    return new Case(
        change.what(),
        command.equals("verify") && change.is(LOST, CUT) && read,
        Case.ANY_FAILURE,
        command.equals("train") ? List.of(workspace.out(), cache) : List.of(workspace.out()),
        arguments);
  }
}
