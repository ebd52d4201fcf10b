package org.kt4j.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that is nearest to an unknown one. */
public final class NearestName {

  private static final int SHORTEST_TELLING_PREFIX = 3;

  /** A longer text is no misspelt name, and comparing it takes the product of both lengths. */
  private static final int LONGEST = 200;

  private NearestName() {}

  /**
   * The known name nearest to a given one. Case does not matter, and {@code _} is {@code -}.
   *
   * <p>Near is: at most a third of the longer name has to be edited (Damerau-Levenshtein distance,
   * one edit being always allowed); or else a common beginning of at least three letters which is
   * more than half of what was given, as in {@code poly3} and {@code polynomial}.
   *
   * @return the nearest, the first one of several; empty when none is near
   */
  public static Optional<String> of(String given, Collection<String> known) {
    if (given.length() > LONGEST) {
      return Optional.empty();
    }
    String name = plain(given);
    String best = null;
    int bestDistance = Integer.MAX_VALUE;
    for (String candidate : known) {
      String other = plain(candidate);
      int longer = Math.max(name.length(), other.length());
      if (Math.abs(name.length() - other.length()) > Math.max(1, longer / 3)) {
        continue;
      }
      int distance = distance(name, other);
      if (distance < longer && distance <= Math.max(1, longer / 3) && distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best != null ? Optional.of(best) : withLongestCommonPrefix(name, known);
  }

  /**
   * The sentence for an unknown name: {@code unknown 'x'; known: a, b, c; did you mean 'b'?}
   *
   * @param given the unknown name
   * @param known what is known, in the order in which to list it
   */
  public static String unknown(String given, Collection<String> known) {
    return sentence("unknown", given, known);
  }

  /**
   * The same sentence with a word for what is unknown: {@code unknown tap 'x'; known: ...}
   *
   * @param kind what was looked up, such as {@code tap}
   * @param given the unknown name
   * @param known what is known, in the order in which to list it
   */
  public static String unknown(String kind, String given, Collection<String> known) {
    return sentence("unknown " + kind, given, known);
  }

  private static String sentence(String start, String given, Collection<String> known) {
    String list = known.isEmpty() ? "none" : String.join(", ", known);
    String guess = of(given, known).map(name -> "; did you mean '" + name + "'?").orElse("");
    return start + " '" + Shortened.of(given) + "'; known: " + list + guess;
  }

  private static Optional<String> withLongestCommonPrefix(String name, Collection<String> known) {
    String best = null;
    int bestLength = Math.max(SHORTEST_TELLING_PREFIX - 1, name.length() / 2);
    for (String candidate : known) {
      int length = commonPrefix(name, plain(candidate));
      if (length > bestLength) {
        best = candidate;
        bestLength = length;
      }
    }
    return Optional.ofNullable(best);
  }

  private static int commonPrefix(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  /** Insertions, deletions, substitutions and swaps of neighbours that turn one into the other. */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + substitution);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
