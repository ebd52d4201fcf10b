package org.kt4j.spark;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** What of a process's output is kept: its last lines, and what it said of its failure. */
final class LastWords {

  private static final String ERROR = "kt: ";
  private static final int MOST_LINES = 40;

  private final Deque<String> tail = new ArrayDeque<>();
  private final List<String> error = new ArrayList<>();

  synchronized void add(String line) {
    tail.addLast(line);
    if (tail.size() > MOST_LINES) {
      tail.removeFirst();
    }
    // Several problems stand below their number, each on a line that begins with two spaces.
    if (line.startsWith(ERROR)) {
      error.clear();
      error.add(line.substring(ERROR.length()));
    } else if (!error.isEmpty() && error.size() < MOST_LINES && line.startsWith("  ")) {
      error.add(line);
    }
  }

  synchronized List<String> tail() {
    return List.copyOf(tail);
  }

  /** Why it failed, or the last thing that it said; empty when it said nothing. */
  synchronized String reason() {
    if (!error.isEmpty()) {
      return String.join("\n", error);
    }
    return tail.stream()
        .filter(line -> !line.isBlank())
        .reduce((first, second) -> second)
        .orElse("");
  }
}
