package org.kt4j.comparison.figures;

import java.util.List;

/**
 * A neuron of the teacher on the pictures that excite it most, the student's beside it.
 *
 * @param match the three neurons
 * @param sights one for each of the pictures, the most exciting first
 */
record ExcitedNeuron(NeuronMatch match, List<Sight> sights) {

  /**
   * One picture.
   *
   * @param pixels uint8, {@code [H, W, C]}
   * @param className of the picture
   * @param maps what the three neurons do on it
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of pixels, never compared
  record Sight(byte[] pixels, String className, Trio<HeatMap> maps) {}

  /** Copies the list. */
  ExcitedNeuron {
    sights = List.copyOf(sights);
  }

  /**
   * What a heat map of one of the three is measured by: its largest activation on these pictures.
   */
  float largest(NeuronSet set) {
    float largest = 0;
    for (Sight sight : sights) {
      largest = Math.max(largest, sight.maps().of(set).largest());
    }
    return largest;
  }
}
