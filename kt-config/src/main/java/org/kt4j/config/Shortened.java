package org.kt4j.config;

import java.util.Locale;

/** Given text as messages quote it: on one line, and no longer than a reader looks at. */
final class Shortened {

  private static final int LONGEST = 120;
  private static final int KEPT = 60;

  private Shortened() {}

  /** The text, its control characters spelled out, and cut when it is long. */
  static String of(String text) {
    String kept = text.length() > LONGEST ? text.substring(0, KEPT) : text;
    StringBuilder line = new StringBuilder();
    kept.chars()
        .forEach(
            c ->
                line.append(Character.isISOControl(c) ? "\\u" + hex(c) : String.valueOf((char) c)));
    return text.length() > LONGEST ? line + "... (" + text.length() + " characters)" : "" + line;
  }

  /** {@code U+0000}. */
  static String codePoint(int c) {
    return "U+" + hex(c);
  }

  private static String hex(int c) {
    return String.format(Locale.ROOT, "%04X", c);
  }
}
