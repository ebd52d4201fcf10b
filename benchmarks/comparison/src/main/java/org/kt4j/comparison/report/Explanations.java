package org.kt4j.comparison.report;

import org.kt4j.engine.run.Metric;

/** How to read the numbers; the same sentences on every page. */
final class Explanations {

  private Explanations() {}

  /** What a heading of scores ends with; nothing where they are plain numbers. */
  static String inPercent(Metric metric) {
    return metric.share() ? " in percent" : "";
  }

  /** What a heading of gains ends with; nothing where scores are plain numbers. */
  static String inPoints(Metric metric) {
    return metric.share() ? " in percentage points" : "";
  }

  /** What stands behind a gain in a sentence; nothing where scores are plain numbers. */
  static String points(Metric metric) {
    return metric.share() ? " percentage points" : "";
  }

  /** Of a metric: what it is, and which scores are the better ones where that may surprise. */
  static String of(Metric metric) {
    String direction = metric.largerIsBetter() ? "" : "A smaller " + metric.name() + " is better.";
    return (metric.explanation() + " " + direction).strip();
  }

  /** Of a table of results. */
  static String table(MethodTable table) {
    Metric metric = table.metric();
    String ofMetric = of(metric);
    return "The table shows the "
        + metric.name()
        + " on the test pictures as mean ± standard deviation (n-1) over the seeds. "
        + ofMetric
        + (ofMetric.isEmpty() ? "" : " ")
        + "The gain"
        + inPoints(metric)
        + " is the difference to the first row after the last epoch, paired by seed; a positive gain is better. Its 95 % interval is by Student's t over the seeds: it"
        + " covers the chance of the first weights and of the order of the pictures, not that of"
        + " the choice of test pictures. The best epoch is chosen on the held-out pictures, never"
        + " on the test pictures. "
        + (table.hasAgreement()
            ? "Agreement is the share of the test pictures that student and teacher answer alike. "
            : "")
        + costs(table)
        + "Time, speed and memory are means over the runs. The time includes all checks and"
        + " evaluations, and the filling of a cache by a run that did it for itself alone. Memory is"
        + " the most that the process held.";
  }

  private static String costs(MethodTable table) {
    return (table.hasCosts()
            ? "Parameters are those that are learnt, multiplications those of one picture. "
            : "")
        + (table.hasTimes()
            ? "The time for one picture was measured by kt prune, of the exported network that the"
                + " student began with; it is not known of the others. "
            : "");
  }
}
