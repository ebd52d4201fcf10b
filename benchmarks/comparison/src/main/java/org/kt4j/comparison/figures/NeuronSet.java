package org.kt4j.comparison.figures;

import java.util.Locale;

/** Whose neurons. */
enum NeuronSet {
  TEACHER("teacher"),
  BEFORE("student before"),
  AFTER("student after");

  private final String words;

  NeuronSet(String words) {
    this.words = words;
  }

  /** For people. */
  String words() {
    return words;
  }

  /** For files. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
