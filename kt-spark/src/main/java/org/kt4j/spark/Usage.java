package org.kt4j.spark;

import java.util.List;

/** The help. */
final class Usage {
  static final List<String> LINES = List.of("usage");

  private Usage() {}
}
