package org.kt4j.engine.teacher;

import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A trained network in evaluation mode, in a graph of its own: pictures in, logits out. */
public final class FrozenClassifier implements Classifier, AutoCloseable {

  private final ImageGraph graph;
  private final Operand<TFloat32> logits;

  /**
   * Builds the network and loads its weights.
   *
   * @throws WeightsException when they belong to another network
   */
  public FrozenClassifier(
      ImageShape shape, Network network, Normalization normalization, Weights weights) {
    graph = new ImageGraph(shape);
    try {
      Variables variables = new Variables(graph.tf(), "frozen", 0);
      Layers nn = Layers.evaluation(graph.tf(), variables);
      logits = network.build(nn, graph.normalised(graph.tf(), normalization));
      graph.assign(weights.of(variables));
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  @Override
  public float[] logits(byte[] pixels, int size) {
    return graph.logits(logits, pixels, size);
  }

  @Override
  public void close() {
    graph.close();
  }
}
