package org.kt4j.cli.malformed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.kt4j.cli.malformed.Change.Damage;

/** Damage to the bytes of a file. */
enum ByteMutation implements Mutation {
  CUT {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      return cut(file, bytes, dice.below(bytes.length));
    }
  },
  CUT_AT_THE_END {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      return cut(file, bytes, bytes.length - 1 - dice.below(Math.min(bytes.length, 4)));
    }
  },
  FLIPPED {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      int at = dice.below(bytes.length);
      int bit = dice.below(8);
      bytes[at] ^= (byte) (1 << bit);
      Files.write(file, bytes);
      return new Change("bit " + bit + " of byte " + at + " is flipped", Damage.OTHER);
    }
  },
  MANY_FLIPPED {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      int count = 1 + bytes.length / 50;
      for (int i = 0; i < count; i++) {
        bytes[dice.below(bytes.length)] = (byte) dice.below(256);
      }
      Files.write(file, bytes);
      return new Change(count + " bytes are random", Damage.OTHER);
    }
  },
  ZEROS {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      int from = dice.below(bytes.length);
      int to = from + 1 + dice.below(Math.min(64, bytes.length - from));
      Arrays.fill(bytes, from, to, (byte) 0);
      Files.write(file, bytes);
      return new Change("bytes " + from + " to " + (to - 1) + " are 0", Damage.OTHER);
    }
  },
  HUGE_COUNT {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      int from = dice.below(bytes.length);
      Arrays.fill(bytes, from, Math.min(bytes.length, from + 4), (byte) 0x7F);
      Files.write(file, bytes);
      return new Change("four bytes from " + from + " are 0x7F", Damage.OTHER);
    }
  },
  TWICE {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      byte[] twice = Arrays.copyOf(bytes, 2 * bytes.length);
      System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
      Files.write(file, twice);
      return new Change("the content stands there twice", Damage.OTHER);
    }
  },
  WITH_A_TAIL {
    @Override
    Change spoil(Path file, byte[] bytes, Dice dice) throws IOException {
      byte[] longer = Arrays.copyOf(bytes, bytes.length + 3);
      Arrays.fill(longer, bytes.length, longer.length, (byte) '}');
      Files.write(file, longer);
      return new Change("three bytes too many", Damage.OTHER);
    }
  };

  static final List<ByteMutation> ALL = List.of(values());

  abstract Change spoil(Path file, byte[] bytes, Dice dice) throws IOException;

  /** A text that lacks nothing but its last line end is as good as before. */
  private static Change cut(Path file, byte[] bytes, int kept) throws IOException {
    Files.write(file, Arrays.copyOf(bytes, kept));
    boolean lineEnd = kept == bytes.length - 1 && bytes[kept] == '\n';
    return new Change(
        "cut after byte " + kept + " of " + bytes.length, lineEnd ? Damage.OTHER : Damage.CUT);
  }

  @Override
  public Change apply(Path file, Dice dice) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length == 0) {
      return new Change(file.getFileName() + " is as it was: empty", Damage.OTHER);
    }
    Change change = spoil(file, bytes, dice);
    return new Change(file.getFileName() + ": " + change.what(), change.damage());
  }
}
