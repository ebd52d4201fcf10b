package org.kt4j.imagelevel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.StudentGraph;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.StepReport;
import org.kt4j.engine.task.PhaseTraining;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * The graph of one phase of a network: the training step ({@link DistillationStep}), and the
 * student in evaluation mode over the same variables.
 */
public final class NetworkGraph implements PhaseTraining.BatchStep<Batch>, AutoCloseable {

  /**
   * The parts of a graph.
   *
   * @param shape of the pictures
   * @param student the network that learns
   * @param normalization of the student's input
   * @param supervision how it learns from labels
   * @param distillation teachers, terms and update
   * @param seed of the first values and of dropout
   */
  public record Blueprint(
      ImageShape shape,
      Network student,
      Normalization normalization,
      Supervision supervision,
      DistillationStep.Blueprint distillation,
      long seed) {}

  private final Supervision supervision;
  private final ImageGraph graph;
  private final DistillationStep distillation;
  private final Operand<TFloat32> studentLogits;
  private final long studentFlops;

  /**
   * Builds the graph and gives every variable its initial value; the teachers' variables get their
   * weights.
   */
  public NetworkGraph(Blueprint blueprint) {
    supervision = blueprint.supervision();
    graph = new ImageGraph(blueprint.shape(), blueprint.distillation().replication());
    try {
      distillation =
          new DistillationStep(
              graph,
              studentGraph(blueprint.student(), blueprint.normalization(), blueprint.supervision()),
              blueprint.distillation(),
              blueprint.seed());
      Layers evaluated =
          Layers.evaluation(graph.tf().withSubScope("evaluation"), distillation.student());
      studentLogits = built(graph, evaluated, blueprint.student(), blueprint.normalization());
      studentFlops = evaluated.flopsPerImage();
      distillation.initialize();
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  /** Adds a network that learns to a graph. */
  static StudentGraph.Source studentGraph(
      Network network, Normalization normalization, Supervision supervision) {
    return (graph, variables, step) -> {
      Ops tf = graph.tf();
      Layers nn =
          Layers.training(
              tf.withSubScope("training").withSubScope("student"),
              variables,
              step,
              graph.replication());
      Operand<TFloat32> logits = built(graph, nn, network, normalization);
      Supervision.Labels labels = supervision.labels(tf, logits);
      Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>(nn.taps());
      taps.putAll(labels.taps());
      Map<String, Shape> shapes = new LinkedHashMap<>();
      taps.forEach((name, tap) -> shapes.put(name, tap.shape()));
      return new StudentGraph(
          taps,
          TapShapes.of(shapes),
          labels.labels(),
          labels.trainingScore(),
          nn.statisticUpdates(),
          Set.of());
    };
  }

  private static Operand<TFloat32> built(
      ImageGraph graph, Layers nn, Network network, Normalization normalization) {
    Operand<TFloat32> images = graph.normalised(nn.tf(), normalization);
    return nn.tap(Taps.LOGITS, network.build(nn, images));
  }

  /**
   * One training step: a single run of the session.
   *
   * @param batch pictures and labels
   * @param rate the learning rate
   * @param done the number of steps before this one
   */
  @Override
  public StepReport step(Batch batch, double rate, long done) {
    return distillation.step(input(batch), rate, done);
  }

  @Override
  public TermGradients gradients(Batch batch, long done) {
    return distillation.gradients(input(batch), done);
  }

  private DistillationStep.Input input(Batch batch) {
    return new DistillationStep.Input(
        batch.images(),
        batch.size(),
        batch.indices(),
        batch.view(),
        runner -> supervision.feed(runner, batch));
  }

  /** Nanoseconds that the steps so far have spent inside {@code Session.run}. */
  public long nanosInSession() {
    return distillation.nanosInSession();
  }

  /** The student's logits in evaluation mode, row by row. */
  public float[] studentLogits(byte[] pixels, int size) {
    return graph.run(pixels, size, ImageGraph.Feed.NOTHING, List.of(studentLogits)).get(0);
  }

  /** The student's logits in evaluation mode, {@code [B, K]}. */
  Operand<TFloat32> logits() {
    return studentLogits;
  }

  /** The TensorFlow graph. */
  public ImageGraph graph() {
    return graph;
  }

  /** The distillation step. */
  public DistillationStep distillation() {
    return distillation;
  }

  /** The student's variables. */
  public Variables student() {
    return distillation.student();
  }

  /** The terms' own variables. */
  public Variables auxiliary() {
    return distillation.auxiliary();
  }

  /** The variables of teachers that are networks of kt4j. */
  public List<Variable> frozen() {
    return distillation.frozen();
  }

  /** The optimizer's slots. */
  public Variables slots() {
    return distillation.slots();
  }

  /** The student's taps. */
  public TapShapes studentShapes() {
    return distillation.studentGraph().shapes();
  }

  /** Floating-point operations of the student's forward pass for one picture. */
  public long studentFlopsPerImage() {
    return studentFlops;
  }

  @Override
  public void close() {
    graph.close();
  }
}
