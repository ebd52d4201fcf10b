package org.kt4j.pruning;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.NetworkProvider;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A network with random weights, normalisations with offsets and running statistics included.
 *
 * @param networks makes it by its widths
 */
record RandomNetwork(
    String source,
    ImageShape shape,
    Weights weights,
    ImageDataset training,
    Map<String, Integer> widths,
    Function<Map<String, Integer>, Network> networks)
    implements PrunableNetwork {

  private static final int CLASSES = 5;

  static <O extends Record> RandomNetwork of(NetworkProvider<O> provider, O options, int side) {
    ImageShape shape = new ImageShape(side, side, 3);
    return of(
        provider.name(), provider.create(options, shape, CLASSES), new RandomPictures(shape, 24));
  }

  static RandomNetwork of(String source, Network network, RandomPictures pictures) {
    return new RandomNetwork(
        source,
        pictures.shape(),
        random(network, pictures.shape()),
        pictures,
        Map.of(),
        widths -> network.withWidths(widths, "widths"));
  }

  /** The same network, looked at with other pictures. */
  RandomNetwork on(ImageDataset pictures) {
    return new RandomNetwork(source, shape, weights, pictures, widths, networks);
  }

  private static Weights random(Network network, ImageShape shape) {
    try (ImageGraph graph = new ImageGraph(shape)) {
      Variables variables = new Variables(graph.tf(), "random", 7);
      network.build(
          Layers.evaluation(graph.tf(), variables), graph.normalised(graph.tf(), NORMALIZATION));
      Map<String, Weights.Array> arrays = new HashMap<>();
      for (Variable variable : variables.all()) {
        arrays.put(
            variable.name(),
            Weights.Array.ofTensorFlow(variable.kind(), variable.shape(), numbers(variable)));
      }
      return new Weights("random", arrays);
    }
  }

  private static float[] numbers(Variable variable) {
    Random random = new Random(variable.name().hashCode());
    float[] numbers = new float[Math.toIntExact(variable.shape().size())];
    boolean isVector = variable.shape().numDimensions() == 1;
    boolean isPositive = isVector && variable.name().matches(".*[.](running_var|weight)");
    double inputs = isVector ? 8 : (double) numbers.length / outputs(variable);
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] =
          isPositive
              ? 0.5f + random.nextFloat()
              : (float) (Math.sqrt(2 / inputs) * random.nextGaussian());
    }
    return numbers;
  }

  private static long outputs(Variable variable) {
    int axis = variable.shape().numDimensions() - 1;
    return variable.kind() == Variable.Kind.DEPTHWISE
        ? variable.shape().get(axis - 1)
        : variable.shape().get(axis);
  }

  private static final Normalization NORMALIZATION =
      new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

  @Override
  public NetworkConfig with(Map<String, Integer> other) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Built build(ImageGraph graph, Variables variables, Map<String, Integer> other) {
    Ops tf = graph.tf();
    Layers layers = Layers.evaluation(tf, variables);
    Operand<TFloat32> logits =
        networks.apply(other).build(layers, graph.normalised(tf, NORMALIZATION));
    Operand<TInt32> labels =
        tf.withName("labels").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
    Operand<TFloat32> right =
        tf.oneHot(labels, tf.constant(CLASSES), tf.constant(1f), tf.constant(0f));
    return Built.of(
        layers,
        logits,
        tf.math.neg(tf.reduceSum(tf.math.mul(right, tf.nn.logSoftmax(logits)), tf.constant(1))));
  }

  @Override
  public ImageGraph.Feed feed(int[] pictures) {
    return (runner, pixels) -> {
      TInt32 labels = TInt32.vectorOf(Arrays.stream(pictures).map(training::label).toArray());
      runner.feed("labels", labels);
      return List.of(labels);
    };
  }

  @Override
  public double score(Map<String, Integer> other, Weights own, Split split) {
    throw new UnsupportedOperationException();
  }

  @Override
  public AnsweringModel.Speed speed(Map<String, Integer> other, Weights own) {
    throw new UnsupportedOperationException();
  }
}
