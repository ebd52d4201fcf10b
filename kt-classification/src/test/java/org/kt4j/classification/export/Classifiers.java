package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.NetworkProvider;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.TrainedNetwork;
import org.tensorflow.Operand;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** Classifiers whose every weight counts, what they answer, and what their exports hold. */
final class Classifiers {

  /** Pixels as they are, from 0 to 1. */
  static final Normalization GREY_AS_IT_IS = new Normalization(List.of(0.0), List.of(1.0));

  /** Pixels as they are, from 0 to 1. */
  static final Normalization COLOURS_AS_THEY_ARE =
      new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  private static final Normalization COLOURS =
      new Normalization(List.of(0.4, 0.5, 0.6), List.of(0.2, 0.25, 0.3));

  private static final Normalization GREY = new Normalization(List.of(0.45), List.of(0.2));

  private Classifiers() {}

  /** A ResNet-8 of width 4 for pictures of 16x16, with five classes. */
  static TrainedNetwork small(int channels) {
    return resNet(CifarResNetProvider.Shortcut.B, 4, channels);
  }

  /** A ResNet-8 for pictures of 16x16, with five classes. */
  static TrainedNetwork resNet(CifarResNetProvider.Shortcut shortcut, int width, int channels) {
    return random(
        new CifarResNetProvider(),
        new CifarResNetProvider.Options(8, width, shortcut),
        new ImageShape(16, 16, channels));
  }

  /** A member of a family, with five classes. */
  static <O extends Record> TrainedNetwork random(
      NetworkProvider<O> family, O options, ImageShape shape) {
    return random(family.create(options, shape, 5), shape, 5);
  }

  /** A network in which no scale, offset, mean or variance is what it is before training. */
  static TrainedNetwork random(Network network, ImageShape shape, int classes) {
    Random random = new Random(3);
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    try (ImageGraph graph = new ImageGraph(shape)) {
      Variables variables = new Variables(graph.tf(), "built", 0);
      Operand<TFloat32> images = graph.normalised(graph.tf(), normalization(shape));
      network.build(Layers.evaluation(graph.tf(), variables), images);
      for (Variable variable : variables.all()) {
        arrays.put(
            variable.name(),
            Weights.Array.ofTensorFlow(
                variable.kind(), variable.shape(), values(variable, random)));
      }
    }
    return of(network, shape, normalization(shape), arrays, classes);
  }

  private static Normalization normalization(ImageShape shape) {
    return shape.channels() == 1 ? GREY : COLOURS;
  }

  private static float[] values(Variable variable, Random random) {
    float[] values = new float[Math.toIntExact(variable.shape().size())];
    long[] axes = variable.shape().asArray();
    double fanIn =
        variable.kind() == Variable.Kind.DEPTHWISE
            ? axes[0] * axes[1]
            : (double) values.length / axes[axes.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          (float)
              switch (variable.kind()) {
                case NORMALISATION ->
                    variable.name().endsWith(".weight")
                        ? (random.nextInt(4) == 0 ? -1 : 1) * (0.5 + random.nextDouble())
                        : 0.3 * random.nextGaussian();
                case RUNNING_STATISTIC ->
                    variable.name().endsWith(".running_var")
                        ? 0.3 + 2 * random.nextDouble()
                        : 0.3 * random.nextGaussian();
                case BIAS -> 0.3 * random.nextGaussian();
                // Uniform, which is drawn faster: vgg-11 has nine million of them.
                default -> Math.sqrt(2 / fanIn) * Math.sqrt(12) * (random.nextFloat() - 0.5);
              };
    }
    return values;
  }

  /** A classifier by all its parts; its classes are numbered. */
  static TrainedNetwork of(
      Network network,
      ImageShape shape,
      Normalization normalization,
      Map<String, Weights.Array> arrays,
      int classes) {
    return new TrainedNetwork(
        network,
        shape,
        normalization,
        new Weights("a test", arrays),
        IntStream.range(0, classes).mapToObj(k -> "class " + k).toList());
  }

  /** Bytes of noise, the same every time. */
  static byte[] noise(int bytes, long seed) {
    byte[] noise = new byte[bytes];
    new Random(seed).nextBytes(noise);
    return noise;
  }

  /** What the network itself answers, with nothing exported. */
  static float[] logits(TrainedNetwork classifier, byte[] pixels, int size) {
    try (FrozenNetwork open = classifier.open()) {
      return open.logits(pixels, size);
    }
  }

  /** What its export answers. */
  static float[] exportedLogits(
      TrainedNetwork classifier, ExportOptions options, byte[] pixels, int size) {
    try (ExportedClassifier open =
        ExportedClassifier.of(ClassifierExport.of(classifier, options))) {
      return open.logits(pixels, size);
    }
  }

  /** The graph that an export writes. */
  static GraphDef graph(ClassifierExport export, Path folder) throws IOException {
    export.write(folder);
    return SavedModelFile.graph(folder).getGraphDef();
  }

  /** The operations of a type, by name. */
  static List<String> named(GraphDef graph, String type) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOp().equals(type))
        .map(NodeDef::getName)
        .toList();
  }

  /**
   * Numbers that are the same but for rounding.
   *
   * @param share how far two may be apart, of the largest
   */
  static void assertClose(float[] found, float[] expected, double share) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
    }
    assertThat(largest).isPositive();
    assertThat(difference).isLessThanOrEqualTo(share * largest);
  }
}
