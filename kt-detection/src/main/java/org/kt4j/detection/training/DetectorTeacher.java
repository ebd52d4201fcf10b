package org.kt4j.detection.training;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.Normalization;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.LazyWeights;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * A detector as the teacher of a detector. It classifies the student's regions, so that the logits
 * of both can be compared row by row.
 */
final class DetectorTeacher implements Teacher {

  private final String source;
  private final FasterRcnn detector;
  private final Normalization normalization;
  private final LazyWeights weights;
  private final TapShapes taps;

  /**
   * A teacher.
   *
   * @param source where it comes from, for messages
   * @param weights read once, when they are first needed
   */
  DetectorTeacher(
      String source, FasterRcnn detector, Normalization normalization, Supplier<Weights> weights) {
    this.source = source;
    this.detector = detector;
    this.normalization = normalization;
    this.weights = new LazyWeights(weights);
    this.taps = detector.taught();
  }

  /** A detector with its initial weights. */
  static DetectorTeacher untrained(FasterRcnn detector, Normalization normalization, long seed) {
    String source = "an untrained detector";
    try (ImageGraph graph = new ImageGraph(detector.picture())) {
      Variables variables = new Variables(graph.tf(), "untrained", seed);
      detector.maps(graph, graph.tf(), variables);
      graph.initialize(variables.all());
      Weights weights = Weights.read(source, graph, variables);
      return new DetectorTeacher(source, detector, normalization, () -> weights);
    }
  }

  FasterRcnn detector() {
    return detector;
  }

  Normalization normalization() {
    return normalization;
  }

  Weights weights() {
    return weights.get();
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public TapShapes taps() {
    return taps;
  }

  @Override
  public String fingerprint() {
    return new Fingerprint().add(normalization).add(weights.get()).hex();
  }

  @Override
  public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
    Variables variables = new Variables(graph.tf(), scope, 0);
    Ops tf = graph.tf().withSubScope(scope);
    return new Mounted(
        graph,
        variables,
        read.stream().anyMatch(stepTaps()::contains)
            ? detector.teaching(graph, tf, variables)
            : detector.maps(graph, tf, variables),
        weights);
  }

  /** The regions are the student's, which are new in each step. */
  @Override
  public Set<String> stepTaps() {
    return Set.of(Taps.LOGITS);
  }

  /** Frozen variables and what is computed with them. */
  record Mounted(
      ImageGraph graph, Variables frozen, Map<String, Operand<TFloat32>> taps, LazyWeights weights)
      implements MountedTeacher {

    @Override
    public void load() {
      graph.assign(weights.get().complete(frozen));
    }

    @Override
    public List<Variable> variables() {
      return List.copyOf(frozen.all());
    }
  }

  @Override
  public String advice(String place) {
    return "Was it trained long enough, and on these classes?";
  }
}
