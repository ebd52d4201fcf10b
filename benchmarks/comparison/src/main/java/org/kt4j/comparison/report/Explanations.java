package org.kt4j.comparison.report;

/** How to read the numbers; the same sentences on every page. */
final class Explanations {

  /** What a detector's numbers are. */
  static final String MAP =
      "mAP is mean average precision: the mean over the classes of average precision, which is the"
          + " area under the curve of precision against recall. A box that the detector found"
          + " counts as right when its intersection with an object of its class is at least half"
          + " of their union (IoU 0.5) and no surer box has found that object before.";

  /** Figures by their usual names. */
  static final String FIGURES =
      "Means over the classes after the last epoch. AP is the mean over the IoU thresholds 0.50,"
          + " 0.55 to 0.95, AP50 and AP75 are at one threshold; small, medium and large are by the"
          + " object's area, below 32², up to 96² and above, in pixels. VOC 2007 takes the"
          + " precision at eleven levels of recall in place of the whole area.";

  private Explanations() {}

  /** Of a table of results. */
  static String table(Metric metric) {
    boolean accuracy = metric.isAccuracy();
    return metric.atStart()
        + " on the test pictures, mean ± standard deviation (n-1) over the seeds. "
        + (metric.equals(Metric.MAP) ? MAP + " " : "")
        + "Gain: paired"
        + " difference to the first row after the last epoch, in points; the interval is Student's"
        + " t over the seeds and holds the luck of the start, not that of the choice of test"
        + " pictures. The best epoch is chosen on the held-out pictures, never on the test"
        + " pictures. "
        + (accuracy
            ? "Agreement: share of the test pictures that student and teacher answer alike. "
            : "")
        + "Time, speed and memory are means of one run; time holds the checks, the filling of a"
        + " cache by whichever run came first, and all evaluation. Memory is the most that the"
        + " process held.";
  }
}
