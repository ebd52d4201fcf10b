package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kt4j.cli.malformed.Change.Damage;

/** Damage to the lines, words and numbers of a text file. */
enum TextMutation implements Mutation {
  A_LINE_IS_GONE {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      String gone = lines.remove(at);
      return written(file, lines, "line " + (at + 1) + " is gone: " + gone, Damage.OTHER);
    }
  },
  A_LINE_STANDS_TWICE {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      lines.add(at, lines.get(at));
      return written(file, lines, "line " + (at + 1) + " stands twice", Damage.OTHER);
    }
  },
  LINES_ARE_SWAPPED {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int one = dice.below(lines.size());
      int other = dice.below(lines.size());
      String kept = lines.set(one, lines.get(other));
      lines.set(other, kept);
      return written(
          file, lines, "lines " + (one + 1) + " and " + (other + 1) + " are swapped", Damage.OTHER);
    }
  },
  A_LINE_IS_CUT {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      String line = lines.get(at);
      lines.set(at, line.substring(0, dice.below(line.length() + 1)));
      return written(file, lines, "line " + (at + 1) + " is cut: " + lines.get(at), Damage.OTHER);
    }
  },
  A_LINE_IS_WRONG {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      lines.set(at, dice.one(List.of("null", "{}", "[]", "\t", "%", "- - -", "&a [*a]", "\"")));
      return written(file, lines, "line " + (at + 1) + " is " + lines.get(at), Damage.OTHER);
    }
  },
  A_NUMBER_IS_ANOTHER {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      return replaced(file, lines, NUMBER, dice);
    }
  },
  A_WORD_IS_ANOTHER {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      return replaced(file, lines, WORD, dice);
    }
  },
  A_BYTE_ORDER_MARK {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      lines.set(0, "\uFEFF" + lines.get(0));
      return written(file, lines, "begins with a byte order mark", Damage.OTHER);
    }
  },
  UTF_16 {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      Files.writeString(file, String.join("\n", lines) + "\n", StandardCharsets.UTF_16);
      return new Change("is UTF-16", Damage.OTHER);
    }
  },
  A_NUL {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      String line = lines.get(at);
      int column = dice.below(line.length() + 1);
      lines.set(at, line.substring(0, column) + "\0" + line.substring(column));
      return written(file, lines, "line " + (at + 1) + " holds a NUL", Damage.ENCODING);
    }
  },
  NO_UTF_8 {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      lines.set(at, lines.get(at) + " # Gr\u00f6\u00dfe");
      Files.writeString(file, String.join("\n", lines) + "\n", StandardCharsets.ISO_8859_1);
      return new Change("line " + (at + 1) + " is Latin-1", Damage.OTHER);
    }
  },
  LINES_OF_WINDOWS {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      Files.writeString(file, String.join("\r\n", lines) + "\r\n");
      return new Change("has line ends of Windows", Damage.OTHER);
    }
  },
  UPPER_CASE {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      lines.set(at, lines.get(at).toUpperCase(Locale.ROOT));
      return written(file, lines, "line " + (at + 1) + " is in upper case", Damage.OTHER);
    }
  },
  VERY_LONG {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      lines.set(at, lines.get(at) + "x".repeat(300_000));
      return written(file, lines, "line " + (at + 1) + " is very long", Damage.OTHER);
    }
  },
  VERY_DEEP {
    @Override
    Change spoil(Path file, List<String> lines, Dice dice) throws IOException {
      int at = dice.below(lines.size());
      int depth = dice.one(List.of(100, 10_000, 100_000));
      String bracket = dice.one(List.of("[", "{\"a\":", "<a>"));
      lines.set(at, lines.get(at) + bracket.repeat(depth));
      return written(
          file,
          lines,
          "line " + (at + 1) + " ends with " + depth + " times " + bracket,
          Damage.OTHER);
    }
  };

  static final List<TextMutation> ALL = List.of(values());

  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+([.][0-9]+)?");
  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9-]*");
  private static final List<String> INSTEAD =
      List.of(
          "null",
          "NaN",
          ".nan",
          ".inf",
          "-1",
          "0",
          "1e308",
          "2147483647",
          "9223372036854775808",
          "\"\"",
          "''",
          "true",
          "0x7f",
          "1_000",
          "1,5",
          "..",
          "/",
          "~",
          "*",
          "\u0661",
          "no-such-name");

  abstract Change spoil(Path file, List<String> lines, Dice dice) throws IOException;

  @Override
  public Change apply(Path file, Dice dice) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    if (lines.isEmpty()) {
      return new Change(file.getFileName() + " is as it was: empty", Damage.OTHER);
    }
    Change change = spoil(file, lines, dice);
    return new Change(file.getFileName() + ": " + change.what(), change.damage());
  }

  private static Change written(Path file, List<String> lines, String what, Damage damage)
      throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
    return new Change(what, damage);
  }

  private static Change replaced(Path file, List<String> lines, Pattern pattern, Dice dice)
      throws IOException {
    String text = String.join("\n", lines);
    Matcher matcher = pattern.matcher(text);
    List<MatchResult> found = matcher.results().toList();
    if (found.isEmpty()) {
      return new Change("is as it was", Damage.OTHER);
    }
    MatchResult one = dice.one(found);
    String instead = dice.one(INSTEAD);
    Files.writeString(
        file, text.substring(0, one.start()) + instead + text.substring(one.end()) + "\n");
    return new Change(
        "'" + one.group() + "' at character " + one.start() + " is '" + instead + "'",
        Damage.OTHER);
  }
}
