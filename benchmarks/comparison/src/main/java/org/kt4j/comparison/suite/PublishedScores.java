package org.kt4j.comparison.suite;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.api.Description;

/**
 * What others have measured with the same methods, to be compared by its order.
 *
 * @param source where the scores are from and what they are of, in words
 * @param scores of rows by their name, in the unit of the source; larger is better where it is in
 *     the suite's metric
 */
public record PublishedScores(
    @Description("where the scores are from and what they are of, in words") String source,
    @Description("of methods by their name, three or more; better in the direction of the metric")
        Map<String, Double> scores) {

  /** An order of fewer says nothing. */
  public static final int FEWEST = 3;

  /** Checks the scores, and keeps their order. */
  public PublishedScores {
    scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
    if (source.isBlank()) {
      throw new IllegalArgumentException("source: is empty; it says where the scores are from");
    }
    if (scores.size() < FEWEST) {
      throw new IllegalArgumentException(
          "scores: " + scores.size() + " methods; allowed: " + FEWEST + " or more");
    }
    scores.forEach(
        (name, score) -> {
          if (!Double.isFinite(score)) {
            throw new IllegalArgumentException(
                "scores: '" + name + "': " + score + "; allowed: a finite number");
          }
        });
  }
}
