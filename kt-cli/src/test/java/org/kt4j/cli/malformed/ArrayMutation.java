package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Change.Damage.OTHER_VALUE;
import static org.kt4j.cli.malformed.Change.Damage.WRONG_VALUE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Another array in a .npz file, whose ZIP archive stays whole. */
enum ArrayMutation implements Mutation {
  IS_MISSING {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      arrays.remove(name);
      return true;
    }
  },
  HAS_ANOTHER_NAME {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      arrays.remove(name);
      arrays.put("../" + name, array);
      return true;
    }
  },
  IS_NAN {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      number(array, Float.NaN, dice);
      return true;
    }
  },
  IS_INFINITE {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      number(array, Float.NEGATIVE_INFINITY, dice);
      return true;
    }
  },
  HAS_A_HUGE_NUMBER {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      number(array, 3e38f, dice);
      return false;
    }
  },
  HAS_ANOTHER_SHAPE {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      header(arrays, name, array, "'shape': (", "'shape': (7,");
      return true;
    }
  },
  HAS_A_HUGE_SHAPE {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      header(arrays, name, array, "'shape': (", "'shape': (2147483647, 2147483647, ");
      return true;
    }
  },
  HAS_A_NEGATIVE_SHAPE {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      header(arrays, name, array, "'shape': (", "'shape': (-");
      return true;
    }
  },
  HOLDS_OBJECTS {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      header(arrays, name, array, "<f4", "|O");
      return true;
    }
  },
  HOLDS_DOUBLES_BY_ITS_HEADER {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      header(arrays, name, array, "<f4", "<f8");
      return true;
    }
  },
  HOLDS_WHOLE_NUMBERS_BY_ITS_HEADER {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      header(arrays, name, array, "<f4", dice.one(List.of("<i4", ">f4", "<u4")));
      return false;
    }
  },
  HAS_A_HEADER_WITHOUT_SENSE {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      header(arrays, name, array, "descr", dice.one(List.of("\0", "{{{{", "(((((")));
      return true;
    }
  },
  IS_EMPTY {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      arrays.put(name, new byte[0]);
      return true;
    }
  },
  IS_FOLLOWED_BY_A_TEXT {
    @Override
    boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice) {
      arrays.put("notes.txt", "not an array".getBytes(StandardCharsets.UTF_8));
      return false;
    }
  };

  static final List<ArrayMutation> ALL = List.of(values());

  private static final int HEADER_LENGTH = 8;
  private static final int HEADER = 10;

  /** Says whether the result is certainly wrong. */
  abstract boolean spoil(Map<String, byte[]> arrays, String name, byte[] array, Dice dice);

  @Override
  public Change apply(Path file, Dice dice) throws IOException {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(file))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        arrays.put(entry.getName(), zip.readAllBytes());
      }
    }
    Map.Entry<String, byte[]> one = dice.one(List.copyOf(arrays.entrySet()));
    String name = one.getKey();
    boolean wrong = spoil(arrays, name, one.getValue(), dice);
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
        zip.putNextEntry(new ZipEntry(array.getKey()));
        zip.write(array.getValue());
      }
    }
    return new Change(
        file.getFileName() + ": " + name + " " + name().toLowerCase(Locale.ROOT).replace('_', ' '),
        wrong ? WRONG_VALUE : OTHER_VALUE);
  }

  private static void number(byte[] array, float value, Dice dice) {
    ByteBuffer buffer = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    int first = HEADER + buffer.getShort(HEADER_LENGTH);
    int count = (array.length - first) / Float.BYTES;
    buffer.putFloat(first + Float.BYTES * dice.below(count), value);
  }

  /** Replaces a part of the header, with its length. */
  private static void header(
      Map<String, byte[]> arrays, String name, byte[] array, String part, String instead) {
    ByteBuffer buffer = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
    int length = buffer.getShort(HEADER_LENGTH);
    byte[] header =
        new String(array, HEADER, length, StandardCharsets.ISO_8859_1)
            .replace(part, instead)
            .getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer changed =
        ByteBuffer.allocate(array.length + header.length - length).order(ByteOrder.LITTLE_ENDIAN);
    changed.put(array, 0, HEADER_LENGTH).putShort((short) header.length).put(header);
    changed.put(array, HEADER + length, array.length - HEADER - length);
    arrays.put(name, changed.array());
  }
}
