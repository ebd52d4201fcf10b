package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.FilterCriterion.Need;
import org.kt4j.api.FilterSurvey;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.task.PrunableNetwork;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** What criteria may know of the convolutions of a network, measured once for all of them. */
final class Survey {

  /** Numbers of one run of the session that are looked at. */
  private static final long MOST_NUMBERS = 16_000_000;

  static final int MOST_PICTURES = 100;

  private final int most;
  private final PrunableNetwork of;
  private final OpenNetwork network;
  private final Pictures pictures;
  private final long seed;
  private final List<Layers.Layer> convolutions;
  private final Map<String, double[]> attributions = new HashMap<>();
  private final Map<String, double[][]> contributions = new HashMap<>();

  /**
   * Measures what is needed.
   *
   * @param network opened; it is not closed
   * @param convolutions that are looked at
   * @param most pictures at a time, where the network takes as many together
   */
  Survey(
      PrunableNetwork of,
      OpenNetwork network,
      List<Layers.Layer> convolutions,
      Pictures pictures,
      Set<Need> needs,
      long seed,
      int most) {
    this.of = of;
    this.most = most;
    this.network = network;
    this.convolutions = convolutions;
    this.pictures = pictures;
    this.seed = seed;
    if (needs.contains(Need.ATTRIBUTIONS)) {
      measureAttributions();
    }
    if (needs.contains(Need.CONTRIBUTIONS)) {
      measureContributions();
    }
  }

  /** What is known of one convolution. */
  FilterSurvey of(Layers.Layer layer) {
    Variable weight = null;
    for (ChannelGraph.Binding binding : network.channels().bindings()) {
      if (binding.variable().name().equals(layer.name() + ".weight")) {
        weight = binding.variable();
      }
    }
    if (weight == null) {
      throw new IllegalStateException("no weights of " + layer.name());
    }
    return new OfLayer(
        layer,
        network.values(weight),
        attributions.get(layer.name()),
        contributions.get(layer.name()),
        seed);
  }

  /** One convolution; its weights are in TensorFlow's order, filters last. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record OfLayer(
      Layers.Layer of,
      float[] values,
      double @Nullable [] measured,
      double @Nullable [][] gram,
      long seed)
      implements FilterSurvey {

    @Override
    public String layer() {
      return of.name();
    }

    @Override
    public int filters() {
      return of.filters();
    }

    @Override
    public float[] weights(int filter) {
      int filters = filters();
      float[] weights = new float[values.length / filters];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = values[i * filters + filter];
      }
      return weights;
    }

    @Override
    public double[] attributions() {
      if (measured == null) {
        throw new IllegalStateException("the criterion does not say that it needs attributions");
      }
      return measured.clone();
    }

    @Override
    public double[][] contributions() {
      if (gram == null) {
        throw new IllegalStateException("the criterion does not say that it needs contributions");
      }
      double[][] copy = new double[gram.length][];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = gram[i].clone();
      }
      return copy;
    }
  }

  private int batch(List<? extends Operand<TFloat32>> fetched) {
    long numbers = 0;
    for (Operand<TFloat32> each : fetched) {
      Shape shape = each.shape();
      long one = 1;
      for (int axis = 1; axis < shape.numDimensions(); axis++) {
        one *= Math.max(1, shape.get(axis));
      }
      numbers += one * network.rows(each.op().name());
    }
    return (int) Math.max(1, Math.min(most, MOST_NUMBERS / Math.max(1, numbers)));
  }

  // Attributions

  private void measureAttributions() {
    Operand<TFloat32> losses = network.losses();
    if (losses == null) {
      throw ConfigurationException.of(
          "criterion: it needs gradients of a loss of each picture, which "
              + of.source()
              + " does not have; allowed here: a criterion of weights or activations alone");
    }
    Ops tf = network.graph().tf().withSubScope("survey");
    Operand<TFloat32> loss = tf.reduceSum(losses, tf.constant(0));
    List<Operand<TFloat32>> outputs = convolutions.stream().map(this::output).toList();
    Output<?>[] gradients =
        network
            .graph()
            .graph()
            .addGradients(
                loss.asOutput(), outputs.stream().map(Operand::asOutput).toArray(Output<?>[]::new));
    List<Operand<TFloat32>> products = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      @SuppressWarnings("unchecked") // The gradient has the type of the activation.
      Output<TFloat32> gradient = (Output<TFloat32>) gradients[i];
      Operand<TFloat32> mean =
          tf.math.mean(tf.math.mul(outputs.get(i), gradient), tf.array(1, 2)); // [B * R, C]
      int rows = network.rows(convolutions.get(i).operation());
      products.add(
          tf.math.abs(
              rows == 1
                  ? mean
                  : tf.math.mean(
                      tf.reshape(mean, tf.array(-1, rows, convolutions.get(i).filters())),
                      tf.array(1)))); // [B, C]
    }
    List<double[]> sums = convolutions.stream().map(c -> new double[c.filters()]).toList();
    for (int[] range : pictures.parts(most)) {
      Pictures.Part part = pictures.part(range[0], range[1]);
      List<float[]> found =
          network.graph().run(part.pixels(), part.size(), part.beside(), products);
      for (int l = 0; l < sums.size(); l++) {
        double[] sum = sums.get(l);
        for (int i = 0; i < found.get(l).length; i++) {
          sum[i % sum.length] += found.get(l)[i];
        }
      }
    }
    for (int l = 0; l < sums.size(); l++) {
      double[] mean = sums.get(l);
      for (int c = 0; c < mean.length; c++) {
        mean[c] /= pictures.size();
      }
      attributions.put(convolutions.get(l).name(), mean);
    }
  }

  /** The output of a convolution behind its bias and its own normalisation. */
  private Operand<TFloat32> output(Layers.Layer layer) {
    String operation = layer.operation();
    while (true) {
      List<NodeDef> readers = network.channels().readers(operation);
      if (readers.size() != 1
          || !Set.of("BiasAdd", "FusedBatchNormV3").contains(readers.get(0).getOp())) {
        return tensor(operation);
      }
      operation = readers.get(0).getName();
    }
  }

  private Operand<TFloat32> tensor(String operation) {
    return network.graph().graph().operation(operation).output(0);
  }

  // Contributions

  /** One layer that reads channels, and which filters of which convolutions these are. */
  private record Reader(Samples samples, Map<String, int[]> filters) {}

  private void measureContributions() {
    ChannelGraph channels = network.channels();
    Map<String, Map<Integer, Integer>> places = new LinkedHashMap<>();
    for (ChannelGraph.Group group : channels.groups()) {
      group
          .filters()
          .forEach(
              (name, at) -> {
                for (int i = 0; i < at.length; i++) {
                  places
                      .computeIfAbsent(name, each -> new HashMap<>())
                      .put(group.channels().get(i), at[i]);
                }
              });
    }
    List<Reader> readers = new ArrayList<>();
    for (ChannelGraph.Mixing mixing : channels.mixing()) {
      Map<String, int[]> filters = new LinkedHashMap<>();
      List<Integer> roots = mixing.read().numbers().stream().map(channels::root).toList();
      for (Layers.Layer layer : convolutions) {
        Map<Integer, Integer> own = places.getOrDefault(layer.name(), Map.of());
        int[] filter = roots.stream().mapToInt(root -> own.getOrDefault(root, -1)).toArray();
        if (Arrays.stream(filter).anyMatch(f -> f >= 0)) {
          filters.put(layer.name(), filter);
        }
      }
      if (!filters.isEmpty()) {
        readers.add(new Reader(Samples.of(network, mixing), filters));
      }
    }
    for (Layers.Layer layer : convolutions) {
      contributions.put(layer.name(), new double[layer.filters()][layer.filters()]);
    }
    List<Operand<TFloat32>> inputs =
        readers.stream()
            .map(reader -> tensor(TensorName.parse(reader.samples().input()).operation()))
            .toList();
    for (int[] range : pictures.parts(batch(inputs))) {
      Pictures.Part part = pictures.part(range[0], range[1]);
      List<float[]> found = network.graph().run(part.pixels(), part.size(), part.beside(), inputs);
      for (int r = 0; r < readers.size(); r++) {
        Reader reader = readers.get(r);
        reader
            .samples()
            .contributions(
                found.get(r),
                part.keys(),
                seed,
                z ->
                    reader
                        .filters()
                        .forEach(
                            (name, filter) ->
                                add(contributions.getOrDefault(name, new double[0][]), filter, z)));
      }
    }
  }

  /**
   * Adds one position of one picture to Gram matrices.
   *
   * @param filter the filter of each channel; -1 where it is another convolution's
   * @param z contributions by output and channel
   */
  private static void add(double[][] gram, int[] filter, double[][] z) {
    double[] row = new double[gram.length];
    for (double[] ofOutput : z) {
      Arrays.fill(row, 0);
      for (int c = 0; c < ofOutput.length; c++) {
        if (filter[c] >= 0) {
          row[filter[c]] += ofOutput[c];
        }
      }
      for (int i = 0; i < row.length; i++) {
        double value = row[i];
        if (value == 0) {
          continue;
        }
        double[] into = gram[i];
        for (int j = 0; j < row.length; j++) {
          into[j] += value * row[j];
        }
      }
    }
  }
}
