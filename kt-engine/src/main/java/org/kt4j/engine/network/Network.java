package org.kt4j.engine.network;

import org.kt4j.engine.graph.Layers;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * One network, as a function that adds it to a graph. Stateless: it can be built any number of
 * times.
 */
@FunctionalInterface
public interface Network {

  /**
   * Adds the network to the graph, with its taps.
   *
   * @param nn the layers, for training or for evaluation
   * @param images normalised images {@code [B, H, W, C]}
   * @return the logits {@code [B, K]}; the caller gives them their tap
   */
  Operand<TFloat32> build(Layers nn, Operand<TFloat32> images);
}
