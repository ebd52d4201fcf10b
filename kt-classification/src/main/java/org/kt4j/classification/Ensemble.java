package org.kt4j.classification;

import java.util.List;
import org.kt4j.imagelevel.LogitFunction;

/**
 * Several classifiers as one: its probabilities are the weighted mean of theirs, its logits the
 * logarithms of those.
 *
 * @param members at least one
 * @param shares of the members; their sum is 1
 */
record Ensemble(List<? extends LogitFunction> members, List<Double> shares)
    implements LogitFunction {

  /** Copies the lists. */
  public Ensemble {
    members = List.copyOf(members);
    shares = List.copyOf(shares);
  }

  @Override
  public float[] logits(byte[] pixels, int size) {
    if (members.size() == 1) {
      return members.get(0).logits(pixels, size);
    }
    double[] sums = new double[0];
    for (int m = 0; m < members.size(); m++) {
      float[] logits = members.get(m).logits(pixels, size);
      if (m == 0) {
        sums = new double[logits.length];
      }
      int classes = logits.length / size;
      for (int from = 0; from < logits.length; from += classes) {
        addProbabilities(logits, from, classes, shares.get(m), sums);
      }
    }
    float[] joint = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      joint[i] = (float) Math.log(sums[i]);
    }
    return joint;
  }

  private static void addProbabilities(
      float[] logits, int from, int classes, double share, double[] sums) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = from; k < from + classes; k++) {
      largest = Math.max(largest, logits[k]);
    }
    double total = 0;
    for (int k = from; k < from + classes; k++) {
      total += Math.exp(logits[k] - largest);
    }
    for (int k = from; k < from + classes; k++) {
      sums[k] += share * Math.exp(logits[k] - largest) / total;
    }
  }
}
