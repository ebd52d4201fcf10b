package org.kt4j.cli;

import java.util.List;
import org.kt4j.engine.task.Fact;

/** Prints facts below each other, their values in one column. */
final class FactLines {

  private FactLines() {}

  /** Prints facts, their names at least as wide as {@code width}. */
  static void print(Terminal terminal, int width, List<Fact> facts) {
    int column =
        Math.max(width, facts.stream().mapToInt(fact -> fact.name().length() + 2).max().orElse(0));
    for (Fact fact : facts) {
      terminal.line(fact.name() + " ".repeat(column - fact.name().length()) + fact.value());
    }
  }
}
