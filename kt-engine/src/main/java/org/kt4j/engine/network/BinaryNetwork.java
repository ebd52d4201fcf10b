package org.kt4j.engine.network;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Binarization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/** A network whose layers compute with signs. */
final class BinaryNetwork implements Network {

  private final Network network;
  private final Binarization how;
  private final String place;
  private volatile @Nullable Set<String> ends;

  /**
   * A network.
   *
   * @param place what it is called in messages
   */
  BinaryNetwork(Network network, Binarization how, String place) {
    this.network = network;
    this.how = how;
    this.place = place;
  }

  @Override
  public Operand<TFloat32> build(Layers nn, Operand<TFloat32> images) {
    boolean signs = how.firstAndLast() == Binarization.Ends.SIGNS;
    Operand<TFloat32> logits =
        network.build(nn.binary(how, signs ? Set.of() : ends(images.shape())), images);
    if (nn.binaryWeights().isEmpty()) {
      throw ConfigurationException.of(
          place
              + " has no layer that could compute with signs; allowed: networks with convolutions or"
              + " dense layers of Layers (conv, depthwiseConv, dense)"
              + (signs ? "" : " between the first and the last, which stay in floats")
              + "; fix: build it from these, or leave binary out"
              + (signs ? "" : ", or first-and-last: signs"));
    }
    if (how.shortcuts() == Binarization.Shortcuts.CONVOLUTION && !nn.hasBlocksOfTwo()) {
      throw ConfigurationException.of(
          place
              + " has no residual blocks of two convolutions, whose shortcuts could go around each"
              + " convolution; allowed: shortcuts: block, or a network with basic blocks such as"
              + " resnet-20, imagenet-resnet-18, preact-resnet-20 or wide-resnet-16-2");
    }
    return logits;
  }

  /** The first and the last layer: only the whole network tells which is the last. */
  private Set<String> ends(Shape images) {
    Set<String> known = ends;
    if (known == null) {
      ImageShape shape = new ImageShape(size(images, 1), size(images, 2), size(images, 3));
      try (ImageGraph graph = new ImageGraph(shape)) {
        Layers nn = Layers.evaluation(graph.tf(), new Variables(graph.tf(), "tried", 0));
        network.build(nn, graph.tf().dtypes.cast(graph.images(), TFloat32.class));
        List<String> layers = nn.layers().stream().map(Layers.Layer::name).toList();
        known =
            layers.isEmpty()
                ? Set.of()
                : Set.copyOf(List.of(layers.get(0), layers.get(layers.size() - 1)));
      }
      ends = known;
    }
    return known;
  }

  private static int size(Shape images, int axis) {
    return Math.toIntExact(images.get(axis));
  }

  @Override
  public boolean rounds() {
    return true;
  }
}
