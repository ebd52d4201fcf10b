package org.kt4j.engine.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A network in a graph that nothing runs: enough for shapes and names, and quick for any size. */
final class BuiltNetwork implements AutoCloseable {

  private final ImageGraph graph;
  private final Variables variables;
  private final Layers layers;
  private final Operand<TFloat32> logits;

  private BuiltNetwork(ImageGraph graph, Network network, ImageShape shape) {
    this.graph = graph;
    Ops tf = graph.tf();
    this.variables = new Variables(tf, "student", 1);
    this.layers = Layers.evaluation(tf.withSubScope("evaluation"), variables);
    Shape images = Shape.of(-1, shape.height(), shape.width(), shape.channels());
    Operand<TFloat32> pixels =
        tf.reshape(
            tf.dtypes.cast(graph.images(), TFloat32.class), tf.constant(images)); // [B, H, W, C]
    this.logits = network.build(layers, pixels);
  }

  /** A member by the name that a configuration gives it; its family is found by ServiceLoader. */
  static BuiltNetwork named(String name, int side, int classes) {
    for (NetworkProvider<?> provider : families()) {
      if (name.equals(provider.name())) {
        return variant(provider, "", side, classes);
      }
      // What stands behind a family's name is a number, or a word that no family's name holds.
      if (name.matches(provider.name() + "-(\\d.*|small)")) {
        return variant(provider, name.substring(provider.name().length() + 1), side, classes);
      }
    }
    throw new AssertionError("no family for " + name);
  }

  /** A member by its options. */
  static <O extends Record> BuiltNetwork of(
      NetworkProvider<O> provider, O options, int side, int classes) {
    ImageShape shape = new ImageShape(side, side, 3);
    Network network = provider.create(options, shape, classes);
    return new BuiltNetwork(new ImageGraph(shape), network, shape);
  }

  /** Every registered family. */
  static List<NetworkProvider<?>> families() {
    List<NetworkProvider<?>> families = new ArrayList<>();
    ServiceLoader.load(NetworkProvider.class).forEach(families::add);
    return families;
  }

  private static <O extends Record> BuiltNetwork variant(
      NetworkProvider<O> provider, String variant, int side, int classes) {
    return of(provider, provider.variant(variant), side, classes);
  }

  long parameterCount() {
    return variables.parameterCount();
  }

  /** Multiplications and additions of one image, a pair counted as one, in units of 10^9. */
  double gigaMacs() {
    return layers.flopsPerImage() / 2e9;
  }

  List<String> parameterNames() {
    return variables.all().stream().map(Variable::name).toList();
  }

  /** The layers of each part, once the logits have their tap. */
  Map<String, List<String>> parts() {
    layers.tap(Taps.LOGITS, logits);
    Map<String, List<String>> parts = new LinkedHashMap<>();
    variables
        .parts()
        .forEach(
            (name, part) ->
                parts.put(name, part.stream().map(Variable::layer).distinct().toList()));
    return parts;
  }

  List<String> taps() {
    return List.copyOf(layers.taps().keySet());
  }

  /** Height, width and channels, or the length of a vector, as {@code 7x7x512}. */
  String tap(String name) {
    return withoutBatch(layers.tapShapes().shape(name));
  }

  String logits() {
    return withoutBatch(logits.shape());
  }

  private static String withoutBatch(Shape shape) {
    long[] sizes = shape.asArray();
    return String.join("x", Arrays.stream(sizes).skip(1).mapToObj(Long::toString).toList());
  }

  @Override
  public void close() {
    graph.close();
  }
}
