package org.kt4j.engine.teacher;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** A network of kt4j with trained weights, computed in the graph that it is mounted in. */
public final class NetworkTeacher implements Teacher {

  private final String source;
  private final Network network;
  private final ImageShape shape;
  private final Normalization normalization;
  private final LazyWeights weights;
  private @Nullable TapShapes taps;

  /**
   * A teacher.
   *
   * @param source where its weights come from, for messages
   * @param network the architecture
   * @param shape of its pictures
   * @param normalization of its input; it need not be the student's
   * @param weights every variable's value; asked for once, when it is first needed, so that a
   *     network can be checked before it has been trained
   */
  public NetworkTeacher(
      String source,
      Network network,
      ImageShape shape,
      Normalization normalization,
      Supplier<Weights> weights) {
    this.source = source;
    this.network = network;
    this.shape = shape;
    this.normalization = normalization;
    this.weights = new LazyWeights(weights);
  }

  /**
   * Creates a teacher with initial weights, which computes as much as a trained one.
   *
   * @param shape of its pictures
   * @param seed of the values
   */
  public static NetworkTeacher untrained(
      Network network, Normalization normalization, ImageShape shape, long seed) {
    String source = "an untrained network";
    Weights weights;
    try (ImageGraph graph = new ImageGraph(shape)) {
      Variables variables = new Variables(graph.tf(), "untrained", seed);
      network.build(
          Layers.evaluation(graph.tf(), variables), graph.normalised(graph.tf(), normalization));
      graph.initialize(variables.all());
      weights = Weights.read(source, graph, variables);
    }
    return new NetworkTeacher(source, network, shape, normalization, () -> weights);
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public TapShapes taps() {
    TapShapes known = taps;
    if (known != null) {
      return known;
    }
    try (ImageGraph graph = new ImageGraph(shape)) {
      return built(graph, "teacher").shapes();
    }
  }

  @Override
  public String fingerprint() {
    return new Fingerprint().add(normalization).add(weights.get()).hex();
  }

  @Override
  public String advice(String place) {
    return "Are its weights, its normalization and the order of its classes those of this data?";
  }

  @Override
  public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
    return built(graph, scope);
  }

  private Built built(ImageGraph graph, String scope) {
    Variables variables = new Variables(graph.tf(), scope, 0);
    Layers nn = Layers.evaluation(graph.tf().withSubScope(scope), variables);
    nn.tap(Taps.LOGITS, network.build(nn, graph.normalised(nn.tf(), normalization)));
    taps = nn.tapShapes();
    return new Built(this, graph, variables, nn.taps(), nn.tapShapes());
  }

  private record Built(
      NetworkTeacher teacher,
      ImageGraph graph,
      Variables frozen,
      Map<String, Operand<TFloat32>> taps,
      TapShapes shapes)
      implements MountedTeacher {

    @Override
    public void load() {
      graph.assign(teacher.weights.get().of(frozen));
    }

    @Override
    public List<Variable> variables() {
      return List.copyOf(frozen.all());
    }

    @Override
    public boolean rounds() {
      return teacher.network.rounds();
    }
  }
}
