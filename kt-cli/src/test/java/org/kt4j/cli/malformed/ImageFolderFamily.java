package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.LOST;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Folders of pictures by class. */
final class ImageFolderFamily implements Family {

  @Override
  public String name() {
    return "image folder";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path folder = workspace.copy(workspace.valid().data("image-folder"));
    Path picture = dice.one(Workspace.files(folder.resolve("train")));
    boolean wrong;
    String what;
    switch (workspace.whole() ? 2 : dice.below(5)) {
      case 0 -> {
        FileMutation mutation = dice.one(FileMutation.ALL);
        Change change = workspace.spoil(picture, mutation, dice);
        what = change.what();
        // A picture less, or a folder of its name, is a set like any other.
        wrong =
            change.is(LOST)
                && mutation != FileMutation.MISSING
                && mutation != FileMutation.A_FOLDER;
      }
      case 1 -> {
        what = arranged(folder, picture, dice);
        wrong = false;
      }
      default -> {
        Change change = workspace.spoil(picture, dice.one(ByteMutation.ALL), dice);
        what = change.what();
        wrong = false;
      }
    }
    return new Case(
        what,
        wrong,
        Case.BAD_INPUT,
        List.of(workspace.out()),
        List.of("data", "inspect", "image-folder", "--set", "path=" + folder, "--set", "size=16"));
  }

  /** The pictures are whole, but lie where they should not or are called what they are not. */
  private static String arranged(Path folder, Path picture, Dice dice) throws IOException {
    String name = picture.getFileName().toString();
    Path train = folder.resolve("train");
    switch (dice.below(7)) {
      case 0 -> {
        Files.move(picture, picture.resolveSibling(name.toUpperCase(Locale.ROOT)));
        return name + " is in upper case";
      }
      case 1 -> {
        Files.move(picture, picture.resolveSibling(name + ".txt"));
        return name + " is called .txt";
      }
      case 2 -> {
        Path nested = Files.createDirectory(picture.resolveSibling("nested"));
        Files.move(picture, nested.resolve(name));
        return name + " lies in a folder of its class folder";
      }
      case 3 -> {
        Files.createDirectory(train.resolve("empty"));
        return "a class has no picture";
      }
      case 4 -> {
        Files.createSymbolicLink(train.resolve("ant/again"), train.toAbsolutePath());
        return "a class folder holds a link to the folder above it";
      }
      case 5 -> {
        Files.copy(picture, train.resolve(name));
        return "a picture lies beside the class folders";
      }
      default -> {
        Files.move(train.resolve("bee"), folder.resolve("bee"));
        return "a class folder lies beside train";
      }
    }
  }
}
