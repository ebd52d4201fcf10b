package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.apache.commons.statistics.ranking.NaNStrategy;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;
import org.kt4j.comparison.suite.PublishedScores;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.text.Table;

/**
 * The order of the methods of a table beside that which others have measured. Only methods that
 * both have count.
 *
 * @param source of the others' scores
 * @param metric of the table
 * @param methods their names
 * @param published the others' scores
 * @param here the means of the table
 */
@SuppressWarnings("ArrayRecordComponent") // not compared and never handed on
record PublishedOrder(
    String source, Metric metric, List<String> methods, double[] published, double[] here) {

  /** Empty while fewer than {@link PublishedScores#FEWEST} methods have both. */
  static Optional<PublishedOrder> of(MethodTable table, PublishedScores published) {
    List<String> methods = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    for (Method method : table.all()) {
      Double score = published.scores().get(method.name());
      Optional<Spread> spread = method.spread(RunResult::testLast);
      if (score != null && spread.isPresent()) {
        methods.add(method.name());
        theirs.add(score);
        ours.add(spread.get().mean());
      }
    }
    return methods.size() < PublishedScores.FEWEST
        ? Optional.empty()
        : Optional.of(
            new PublishedOrder(
                published.source(), table.metric(), methods, numbers(theirs), numbers(ours)));
  }

  private static double[] numbers(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The best is first; those of one score share the mean of their places. */
  private double[] places(double[] scores) {
    double sign = metric.largerIsBetter() ? -1 : 1;
    return new NaturalRanking(NaNStrategy.FAILED, TiesStrategy.AVERAGE)
        .apply(Arrays.stream(scores).map(score -> sign * score).toArray());
  }

  /** Spearman's rank correlation: that of the places. Empty where all methods have one place. */
  OptionalDouble correlation() {
    double[] x = places(published);
    double[] y = places(here);
    double mean = (x.length + 1) / 2.0;
    double both = 0;
    double ofX = 0;
    double ofY = 0;
    for (int i = 0; i < x.length; i++) {
      both += (x[i] - mean) * (y[i] - mean);
      ofX += (x[i] - mean) * (x[i] - mean);
      ofY += (y[i] - mean) * (y[i] - mean);
    }
    return ofX == 0 || ofY == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(both / Math.sqrt(ofX * ofY));
  }

  /** In a sentence. */
  String sentence() {
    OptionalDouble correlation = correlation();
    return correlation.isEmpty()
        ? "No order can be compared with that of " + source + ": all scores of one side are equal."
        : String.format(
            Locale.ROOT,
            "The rank correlation (Spearman) with %s is %.2f over %d methods: 1 is the same order,"
                + " 0 is no relation, -1 the reverse order.",
            source,
            correlation.getAsDouble(),
            methods.size());
  }

  /** By the published order. */
  Table table() {
    double[] theirs = places(published);
    double[] ours = places(here);
    List<List<String>> rows = new ArrayList<>();
    IntStream.range(0, methods.size())
        .boxed()
        .sorted(Comparator.comparingDouble(m -> theirs[m]))
        .forEach(
            m ->
                rows.add(
                    List.of(
                        methods.get(m),
                        String.format(Locale.ROOT, "%.2f", published[m]),
                        place(theirs[m]),
                        metric.cell(here[m]),
                        place(ours[m]))));
    return new Table(List.of("method", "published", "place", "here", "place here"), rows);
  }

  private static String place(double place) {
    return place == Math.rint(place)
        ? Integer.toString((int) place)
        : String.format(Locale.ROOT, "%.1f", place);
  }
}
