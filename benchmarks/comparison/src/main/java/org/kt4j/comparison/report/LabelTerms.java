package org.kt4j.comparison.report;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Terms by which a student, a classifier or a detector, learns from labels; all others transfer. A
 * report knows them by name, for it reads files and no registry.
 */
public final class LabelTerms {

  private static final Set<String> NAMES =
      Set.of("cross-entropy", "rpn-objectness", "rpn-box", "region-class", "region-box");

  private LabelTerms() {}

  /** Those that are none of these, each once, in their order. */
  public static List<String> others(Collection<String> terms) {
    return terms.stream().distinct().filter(name -> !NAMES.contains(name)).toList();
  }
}
