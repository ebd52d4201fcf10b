package org.kt4j.benchmarks.report;

/** How to read the numbers; the same sentences on every page. */
final class Explanations {

  static final String TABLE =
      "Accuracy on the test pictures, mean ± standard deviation (n-1) over the seeds. Gain: paired"
          + " difference to the first row after the last epoch, in points; the interval is Student's"
          + " t over the seeds and holds the luck of the start, not that of the choice of test"
          + " pictures. The best epoch is chosen on the held-out pictures, never on the test"
          + " pictures. Agreement: share of the test pictures that student and teacher answer alike."
          + " Time, speed and memory are means of one run; time holds the checks, the filling of a"
          + " cache by whichever run came first, and all evaluation. Memory is the most that the"
          + " process held.";

  private Explanations() {}
}
