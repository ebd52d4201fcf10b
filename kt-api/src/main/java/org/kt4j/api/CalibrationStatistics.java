package org.kt4j.api;

/**
 * What the teacher does on many training pictures, seen before training begins; for a method that
 * has to choose something of the teacher once and for all, such as its most informative neurons.
 */
public interface CalibrationStatistics {

  /**
   * The mean over the positions of each channel at a tap that {@link
   * KnowledgeTransfer#calibrationTaps} named; of a tap without positions, the activations
   * themselves.
   *
   * @return {@code [N, C]}, a row for each picture
   * @throws IllegalArgumentException when the tap was not named
   */
  float[][] channelMeans(String tap);

  /** The class of each picture, {@code [N]}. */
  int[] labels();
}
