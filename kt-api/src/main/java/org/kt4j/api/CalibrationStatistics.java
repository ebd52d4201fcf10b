package org.kt4j.api;

/**
 * Statistics of the teacher's activations on many training pictures, computed before training
 * begins. A method uses them to choose something of the teacher, such as its most informative
 * neurons, or to measure it, such as how far below zero a neuron goes that is not active.
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

  /**
   * The mean of the negative activations of each channel at a tap that {@link
   * KnowledgeTransfer#calibrationTaps} named, over all positions of all pictures: {@code E[x | x <
   * 0]}.
   *
   * @return {@code [C]}, each below 0, or 0 where a channel has no negative activation
   * @throws IllegalArgumentException when the tap was not named
   */
  float[] negativeMeans(String tap);

  /** The class of each picture, {@code [N]}. */
  int[] labels();
}
