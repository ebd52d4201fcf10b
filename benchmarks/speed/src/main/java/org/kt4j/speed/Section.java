package org.kt4j.speed;

import java.util.List;

/** One part of the benchmark, selectable by name. */
interface Section {

  /** The name on the command line. */
  String name();

  /** Measures. */
  Outcome measure(Workbench bench);

  /**
   * What came out.
   *
   * @param figures rows of the report
   * @param appendix further tables, as Markdown
   */
  record Outcome(List<Figure> figures, List<String> appendix) {

    static Outcome of(Figure... figures) {
      return new Outcome(List.of(figures), List.of());
    }
  }
}
