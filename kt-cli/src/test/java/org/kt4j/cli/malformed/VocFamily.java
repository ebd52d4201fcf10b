package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.CUT;
import static org.kt4j.cli.malformed.Change.Damage.ENCODING;
import static org.kt4j.cli.malformed.Change.Damage.LOST;
import static org.kt4j.cli.malformed.Change.Damage.OTHER_VALUE;
import static org.kt4j.cli.malformed.Change.Damage.WRONG_VALUE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Pictures with boxes in the layout of PASCAL VOC. */
final class VocFamily implements Family {

  private static final Pattern VALUE =
      Pattern.compile("<(name|xmin|ymin|xmax|ymax|width|height|depth|difficult)>([^<]*)<");
  private static final List<String> NO_NUMBERS =
      List.of("", "NaN", "Infinity", "x", "1e999", "null", "1,5", "0x10", "\u0661", "1d");
  private static final List<String> NUMBERS = List.of("-1", "0", "1e308", "99999999999", "1e-320");

  @Override
  public String name() {
    return "voc";
  }

  @Override
  public Case make(Workspace workspace, Dice dice) throws IOException {
    Path folder = workspace.copy(workspace.valid().data("voc"));
    String set = dice.one(List.of("train", "val", "test"));
    Path annotation = folder.resolve("Annotations").resolve(set + "_1.xml");
    Path list = folder.resolve("ImageSets/Main").resolve(set + ".txt");
    Path picture = folder.resolve("JPEGImages").resolve(set + "_1.jpg");
    Change change;
    boolean wrong;
    switch (dice.below(8)) {
      case 0 -> {
        change =
            workspace.spoil(dice.one(List.of(annotation, list)), dice.one(FileMutation.ALL), dice);
        // A set without held-out pictures is allowed, as in every data set.
        wrong = change.is(LOST) && !change.what().equals("val.txt is empty");
      }
      case 1 -> {
        change = workspace.spoil(picture, dice.one(FileMutation.ALL), dice);
        // Only the pictures for training are read for their mean colour.
        wrong = change.is(LOST) && set.equals("train");
      }
      case 2 -> {
        change = workspace.spoil(list, dice.one(TextMutation.ALL), dice);
        wrong = false;
      }
      case 3 -> {
        change = workspace.spoil(annotation, dice.one(TextMutation.ALL), dice);
        wrong = change.is(ENCODING);
      }
      case 4 -> {
        change = workspace.spoil(annotation, dice.one(ByteMutation.ALL), dice);
        wrong = change.is(CUT);
      }
      default -> {
        change = workspace.spoil(annotation, VocFamily::value, dice);
        wrong = change.is(WRONG_VALUE);
      }
    }
    return new Case(
        change.what(),
        wrong,
        Case.BAD_INPUT,
        List.of(workspace.out()),
        List.of("data", "inspect", "voc", "--set", "path=" + folder));
  }

  private static Change value(Path annotation, Dice dice) throws IOException {
    String text = Files.readString(annotation);
    MatchResult one = dice.one(VALUE.matcher(text).results().toList());
    boolean coordinate = one.group(1).matches("[xy](min|max)");
    String value = dice.one(dice.oneIn(3) ? NUMBERS : NO_NUMBERS);
    Files.writeString(
        annotation, text.substring(0, one.start(2)) + value + text.substring(one.end(2)));
    boolean wrong = coordinate && NO_NUMBERS.contains(value);
    return new Change(
        annotation.getFileName() + ": " + one.group(1) + " is '" + value + "'",
        wrong ? WRONG_VALUE : OTHER_VALUE);
  }
}
