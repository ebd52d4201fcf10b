package org.kt4j.engine.network;

import java.util.Map;
import org.kt4j.engine.graph.Binarization;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Quantization;
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

  /**
   * The same network with other numbers of filters.
   *
   * @param widths filters by the name of a convolution
   * @param place where they stand, for messages
   */
  default Network withWidths(Map<String, Integer> widths, String place) {
    return widths.isEmpty()
        ? this
        : (nn, images) -> {
          Operand<TFloat32> logits = build(nn.withWidths(widths), images);
          Widths.requireKnown(widths, nn.layers(), place);
          return logits;
        };
  }

  /**
   * The same network with rounded weights and activations.
   *
   * @param nothing what to say when the whole has no layer that is rounded, which is an error of
   *     the configuration
   */
  default Network quantized(Quantization quantization, String nothing) {
    return new RoundedNetwork(this, quantization, nothing);
  }

  /**
   * The same network with layers that compute with signs.
   *
   * @param place what it is called when the whole has no layer that could, which is an error of the
   *     configuration: {@code student.binary: resnet-8}
   */
  default Network binary(Binarization binarization, String place) {
    return new BinaryNetwork(this, binarization, place);
  }

  /**
   * Whether it rounds activations to a few levels or to signs. A rounding error of a float can move
   * one to the next, so that two programs agree on the whole and not in every number.
   */
  default boolean rounds() {
    return false;
  }
}
