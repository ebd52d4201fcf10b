package org.kt4j.engine.network;

import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Quantization;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * A network whose weights and activations are rounded.
 *
 * @param nothing what to say when it has no layer that is rounded
 */
record RoundedNetwork(Network network, Quantization quantization, String nothing)
    implements Network {

  @Override
  public Operand<TFloat32> build(Layers nn, Operand<TFloat32> images) {
    Operand<TFloat32> logits = network.build(nn.quantized(quantization), images);
    if (nn.roundedWeights() == 0) {
      throw ConfigurationException.of(nothing);
    }
    return logits;
  }

  @Override
  public boolean rounds() {
    return true;
  }
}
