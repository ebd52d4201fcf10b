package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.text.Table;

/** Further scores over all classes, in percent. */
final class OverallFigures {

  private OverallFigures() {}

  /** Of one run, a row for each score; empty where it has none. */
  static Optional<Table> of(RunRecord run) {
    List<List<String>> rows = new ArrayList<>();
    run.scores()
        .ifPresent(
            scores ->
                scores
                    .overall()
                    .forEach(
                        (name, share) ->
                            rows.add(
                                List.of(name, String.format(Locale.ROOT, "%.2f", 100 * share)))));
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(new Table(List.of("score", "last epoch %"), rows));
  }

  /**
   * Of methods, a row for each and a column for each score, over the seeds; a score that a seed
   * lacks is left out. Empty if no run has one.
   */
  static Optional<Table> of(MethodTable table) {
    Set<String> names = new LinkedHashSet<>();
    for (RunRecord run : table.runs()) {
      run.scores().map(Scores::overall).ifPresent(overall -> names.addAll(overall.keySet()));
    }
    if (names.isEmpty()) {
      return Optional.empty();
    }
    List<String> header = new ArrayList<>(List.of("method"));
    header.addAll(names);
    List<List<String>> rows = new ArrayList<>();
    for (Method method : table.all()) {
      if (!method.isEmpty()) {
        List<String> row = new ArrayList<>(List.of(method.name()));
        names.forEach(name -> row.add(spread(method, name)));
        rows.add(row);
      }
    }
    return Optional.of(new Table(header, rows));
  }

  private static String spread(Method method, String name) {
    List<Double> shares = new ArrayList<>();
    for (RunRecord run : method.runs()) {
      run.scores().map(scores -> scores.overall().get(name)).ifPresent(shares::add);
    }
    return shares.size() < method.runs().size()
        ? "-"
        : Spread.of(shares.stream().mapToDouble(Double::doubleValue).toArray()).percent();
  }
}
