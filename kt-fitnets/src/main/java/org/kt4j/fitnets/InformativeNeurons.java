package org.kt4j.fitnets;

import java.util.Arrays;

/**
 * Chooses the channels that say most about the classes and least about each other.
 *
 * <pre>
 * r_i  = (variance of the class means of channel i) / (variance of channel i)     correlation ratio
 * c_ij = |correlation of the channels i and j|
 * next = argmax over i not in S of  r_i - mean over j in S of c_ij
 * </pre>
 *
 * <p>Source: Luo, Zhu, Liu, Wang, Tang, Face Model Compression by Distilling Knowledge from
 * Neurons, 2016, who minimise an energy of a discriminative part for each neuron and a redundant
 * part for each two of them, by mean field. Here the parts are combined as by Peng, Long, Ding
 * (minimal redundancy, maximal relevance, 2005) and the choice is greedy; relevance is for the
 * class labels, since there are no attributes of faces.
 */
final class InformativeNeurons {

  private InformativeNeurons() {}

  /**
   * Chooses.
   *
   * @param activations {@code [N, C]}
   * @param labels {@code [N]}
   * @param count how many, at most C
   * @return the channels in ascending order
   */
  static int[] of(float[][] activations, int[] labels, int count) {
    double[][] channels = standardized(activations);
    double[] relevance = new double[channels.length];
    for (int c = 0; c < channels.length; c++) {
      relevance[c] = correlationRatio(channels[c], labels);
    }
    double[] redundancy = new double[channels.length];
    boolean[] taken = new boolean[channels.length];
    int[] chosen = new int[count];
    for (int n = 0; n < count; n++) {
      int best = -1;
      double bestScore = 0;
      for (int c = 0; c < channels.length; c++) {
        double score = relevance[c] - (n == 0 ? 0 : redundancy[c] / n);
        if (!taken[c] && (best < 0 || score > bestScore)) {
          best = c;
          bestScore = score;
        }
      }
      taken[best] = true;
      chosen[n] = best;
      for (int c = 0; c < channels.length; c++) {
        redundancy[c] += Math.abs(product(channels[c], channels[best])) / activations.length;
      }
    }
    Arrays.sort(chosen);
    return chosen;
  }

  /** {@code [C, N]} of mean 0 and variance 1; a channel that never changes is all zeros. */
  private static double[][] standardized(float[][] activations) {
    int pictures = activations.length;
    int channels = activations[0].length;
    double[][] columns = new double[channels][pictures];
    for (int c = 0; c < channels; c++) {
      double mean = 0;
      for (int i = 0; i < pictures; i++) {
        mean += activations[i][c] / pictures;
      }
      double variance = 0;
      for (int i = 0; i < pictures; i++) {
        columns[c][i] = activations[i][c] - mean;
        variance += columns[c][i] * columns[c][i] / pictures;
      }
      double inverse = variance == 0 ? 0 : 1 / Math.sqrt(variance);
      for (int i = 0; i < pictures; i++) {
        columns[c][i] *= inverse;
      }
    }
    return columns;
  }

  /** Of values of mean 0 and variance 1: the variance of their means by class. */
  private static double correlationRatio(double[] values, int[] labels) {
    int classes = Arrays.stream(labels).max().orElse(0) + 1;
    double[] sums = new double[classes];
    int[] counts = new int[classes];
    for (int i = 0; i < values.length; i++) {
      sums[labels[i]] += values[i];
      counts[labels[i]]++;
    }
    double between = 0;
    for (int k = 0; k < classes; k++) {
      between += counts[k] == 0 ? 0 : sums[k] * sums[k] / counts[k];
    }
    return between / values.length;
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
