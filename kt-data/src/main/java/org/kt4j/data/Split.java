package org.kt4j.data;

import java.util.Locale;

/** The parts of a data set. */
public enum Split {
  /** What students learn from. */
  TRAIN,
  /** What the best epoch is chosen on. */
  HELD_OUT,
  /** What results are measured on. */
  TEST;

  /** As it is written in commands and messages: {@code held-out}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
