package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.LOST;
import static org.kt4j.cli.malformed.Change.Damage.NONE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The binary files of CIFAR-10 and MNIST. */
final class BinaryDataFamily implements Family {

  @Override
  public String name() {
    return "binary data";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    boolean cifar = dice.oneIn(4);
    String name = cifar ? "cifar-10" : "mnist";
    Path folder = workspace.copy(workspace.valid().data(name));
    Path file;
    try (Stream<Path> files = Files.list(folder)) {
      file = dice.one(files.sorted().toList());
    }
    Mutation mutation = dice.oneIn(3) ? dice.one(FileMutation.ALL) : dice.one(ByteMutation.ALL);
    if (mutation instanceof ByteMutation && Files.isSymbolicLink(file)) {
      byte[] bytes = Files.readAllBytes(file);
      Files.delete(file);
      Files.write(file, bytes);
    }
    Change change = workspace.spoil(file, mutation, dice);
    boolean longer =
        !change.is(NONE)
            && !file.toString().endsWith(".gz")
            && (mutation == ByteMutation.TWICE || mutation == ByteMutation.WITH_A_TAIL);
    return new Case(
        change.what(),
        change.is(LOST, CUT) || longer,
        Case.BAD_INPUT,
        List.of(workspace.out()),
        List.of(
            "data",
            "inspect",
            name,
            "--set",
            "path=" + folder,
            "--set",
            "train=20",
            "--set",
            "test=10",
            "--set",
            "held-out=0"));
  }
}
