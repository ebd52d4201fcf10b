package org.kt4j.cli;

import java.util.Collection;
import java.util.List;
import org.kt4j.api.NamedProvider;

/** Names with their summaries, one on a line. */
final class NameList {

  private NameList() {}

  static List<String> lines(Collection<? extends NamedProvider<?>> providers) {
    int widest = providers.stream().mapToInt(p -> p.name().length()).max().orElse(0);
    return providers.stream()
        .map(p -> p.name() + " ".repeat(widest - p.name().length() + 2) + p.summary())
        .toList();
  }
}
