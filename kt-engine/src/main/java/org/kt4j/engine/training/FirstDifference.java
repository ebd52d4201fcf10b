package org.kt4j.engine.training;

import java.util.List;

/** The first lines in which two texts differ. */
final class FirstDifference {

  private FirstDifference() {}

  /** In words: {@code there 'seed: 1', here 'seed: 2'}. */
  static String of(String thereText, String hereText) {
    List<String> there = thereText.lines().toList();
    List<String> here = hereText.lines().toList();
    int i = 0;
    while (i < there.size() && i < here.size() && there.get(i).equals(here.get(i))) {
      i++;
    }
    return "there '" + line(there, i) + "', here '" + line(here, i) + "'";
  }

  private static String line(List<String> lines, int at) {
    return at < lines.size() ? lines.get(at).strip() : "nothing";
  }
}
