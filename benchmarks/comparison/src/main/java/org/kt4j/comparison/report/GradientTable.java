package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.text.Table;

/** How far each term pulls the student, and whether terms pull the same way. */
final class GradientTable {

  /** What the numbers are. */
  static final String EXPLANATION =
      "The gradient of each weighted term with respect to the student's weights, on one batch that"
          + " is the same in every epoch. A share near zero is a term that does next to nothing; a"
          + " negative cosine is that of two terms which work against each other.";

  private GradientTable() {}

  /** Of the last epoch in which they were looked at; empty where there is none. */
  static Optional<Table> of(RunRecord run) {
    EpochMetrics last = null;
    for (EpochMetrics epoch : run.metrics()) {
      last = epoch.gradients() == null ? last : epoch;
    }
    TermGradients gradients = last == null ? null : last.gradients();
    if (last == null || gradients == null) {
      return Optional.empty();
    }
    List<String> labels = List.copyOf(gradients.norms().keySet());
    List<String> header =
        new ArrayList<>(List.of("epoch " + last.epoch(), "weight", "length", "share %"));
    labels.subList(0, labels.size() - 1).forEach(label -> header.add("cosine with " + label));
    List<List<String>> rows = new ArrayList<>();
    for (String label : labels) {
      List<String> row = new ArrayList<>();
      row.add(label);
      row.add(number(gradients.weights().getOrDefault(label, 1.0)));
      row.add(number(gradients.norm(label)));
      row.add(String.format(Locale.ROOT, "%.1f", 100 * gradients.share(label)));
      for (String other : labels.subList(0, labels.size() - 1)) {
        OptionalDouble cosine = gradients.cosine(label, other);
        row.add(cosine.isEmpty() ? "" : String.format(Locale.ROOT, "%.2f", cosine.getAsDouble()));
      }
      rows.add(row);
    }
    return Optional.of(new Table(header, rows));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }
}
