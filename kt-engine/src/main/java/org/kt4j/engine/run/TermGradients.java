package org.kt4j.engine.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How strongly and where each term of an objective pulls the student: the gradients of the weighted
 * terms with respect to the student's variables, on one batch that is the same in every epoch.
 *
 * @param weights of the terms, by label
 * @param norms the Euclidean length of each term's gradient, its weight included
 * @param cosines between the gradients of two terms, by both labels, in the order of the objective;
 *     1 where they pull the same way, 0 where they have nothing to do with each other, -1 where
 *     they undo each other; without pairs of which one has no gradient
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record TermGradients(
    Map<String, Double> weights,
    Map<String, Double> norms,
    Map<String, Map<String, Double>> cosines) {

  /** Copies the maps and keeps their order. */
  public TermGradients {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    norms = Collections.unmodifiableMap(new LinkedHashMap<>(norms));
    cosines = Collections.unmodifiableMap(new LinkedHashMap<>(cosines));
  }

  /**
   * Works them out from inner products.
   *
   * @param labels of the terms
   * @param weights of the terms
   * @param products the inner product of each two gradients, {@code [T, T]} row by row
   */
  public static TermGradients of(List<String> labels, double[] weights, float[] products) {
    int count = labels.size();
    Map<String, Double> ofTerms = new LinkedHashMap<>();
    Map<String, Double> norms = new LinkedHashMap<>();
    Map<String, Map<String, Double>> cosines = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      ofTerms.put(labels.get(i), weights[i]);
      double length = Math.sqrt(products[i * count + i]);
      norms.put(labels.get(i), length);
      Map<String, Double> others = new LinkedHashMap<>();
      for (int j = i + 1; j < count; j++) {
        double both = length * Math.sqrt(products[j * count + j]);
        if (both > 0) {
          double cosine = products[i * count + j] / both;
          others.put(labels.get(j), Math.max(-1, Math.min(1, cosine)));
        }
      }
      if (!others.isEmpty()) {
        cosines.put(labels.get(i), Collections.unmodifiableMap(others));
      }
    }
    return new TermGradients(ofTerms, norms, cosines);
  }

  /** Whether all lengths are numbers: a gradient may leave float32 where its loss does not. */
  public boolean isFinite() {
    return norms.values().stream().allMatch(Double::isFinite);
  }

  /** The length of a term's gradient, its weight included; 0 of a term that is not there. */
  public double norm(String label) {
    return norms.getOrDefault(label, 0.0);
  }

  /** The cosine between two terms' gradients; empty where one of them has none. */
  public OptionalDouble cosine(String label, String other) {
    Double cosine =
        cosines
            .getOrDefault(label, Map.of())
            .getOrDefault(other, cosines.getOrDefault(other, Map.of()).get(label));
    return cosine == null ? OptionalDouble.empty() : OptionalDouble.of(cosine);
  }

  /** The length of the sum of some terms' gradients. */
  public double length(List<String> labels) {
    double squares = 0;
    for (String label : labels) {
      squares += norm(label) * norm(label);
      for (String other : labels) {
        squares += norm(label) * norm(other) * cosine(label, other).orElse(0);
      }
    }
    return Math.sqrt(Math.max(0, squares));
  }

  /** The length of a term's gradient as a share of the lengths of all; 0 where all are zero. */
  public double share(String label) {
    double all = norms.values().stream().mapToDouble(Double::doubleValue).sum();
    return all > 0 ? norm(label) / all : 0;
  }
}
