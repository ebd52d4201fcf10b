package org.kt4j.engine.graph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.replica.Replication;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A graph that is fed with pictures, and its session. Everything in this house that runs on
 * TensorFlow is built on one of these.
 */
public final class ImageGraph implements AutoCloseable {

  private final Graph graph;
  private final Session session;
  private final Ops tf;
  private final ImageShape shape;
  private final Placeholder<TUint8> images;
  private final Replication replication;
  private final Map<Variable, Assignment> assignments = new HashMap<>();

  /** Made once for each variable, so that the graph stays as TensorFlow has prepared it. */
  private record Assignment(Placeholder<TFloat32> fed, Op assign) {}

  /**
   * An empty graph.
   *
   * @param shape of the pictures that it will be fed with
   */
  public ImageGraph(ImageShape shape) {
    this(shape, Replication.ALONE);
  }

  /**
   * An empty graph of one of several workers.
   *
   * @param shape of the pictures that it will be fed with
   */
  public ImageGraph(ImageShape shape, Replication replication) {
    this.replication = replication;
    this.graph = NativeRuntime.newGraph();
    this.session = replication.replicas().session(graph, NativeRuntime.sessionConfig());
    this.tf = Ops.create(graph);
    this.shape = shape;
    this.images =
        tf.withName("images")
            .placeholder(
                TUint8.class,
                Placeholder.shape(Shape.of(-1, shape.height(), shape.width(), shape.channels())));
  }

  /** Operations at the top of the graph. */
  public Ops tf() {
    return tf;
  }

  /** The graph itself. */
  public Graph graph() {
    return graph;
  }

  /** A call of the session, which grows with the graph. */
  public Session.Runner runner() {
    return session.runner();
  }

  /** A call that exchanges values with other workers. */
  public Session.Runner sharedRunner() {
    return replication.replicas().runner(session);
  }

  /** The workers that train in this graph. */
  public Replication replication() {
    return replication;
  }

  /** Where pictures are fed, {@code [B, H, W, C]} uint8. */
  public Placeholder<TUint8> images() {
    return images;
  }

  /**
   * The pictures as a network sees them: {@code (pixel / 255 - mean) / std}, {@code [B, H, W, C]}.
   *
   * @param scope where to put the operations
   */
  public Operand<TFloat32> normalised(Ops scope, Normalization normalization) {
    return normalised(scope, scope.dtypes.cast(images, TFloat32.class), normalization);
  }

  /**
   * Pixels as a network sees them.
   *
   * @param pixels 0 to 255, {@code [B, H, W, C]}
   */
  public Operand<TFloat32> normalised(
      Ops scope, Operand<TFloat32> pixels, Normalization normalization) {
    int channels = shape.channels();
    float[] scale = new float[channels];
    float[] offset = new float[channels];
    for (int c = 0; c < channels; c++) {
      double std = normalization.std().get(c);
      scale[c] = (float) (1 / (255 * std));
      offset[c] = (float) (normalization.mean().get(c) / std);
    }
    return scope.math.sub(scope.math.mul(pixels, scope.constant(scale)), scope.constant(offset));
  }

  /**
   * A tensor of pictures for {@link #images}.
   *
   * @param pixels {@code size * H * W * C} values
   * @param size the number of pictures
   */
  public TUint8 tensor(byte[] pixels, int size) {
    return TUint8.tensorOf(
        Shape.of(size, shape.height(), shape.width(), shape.channels()),
        DataBuffers.of(pixels, true, false));
  }

  /** Adds to a run what it needs beside the pictures. */
  @FunctionalInterface
  public interface Feed {

    /** The pictures are all that is needed. */
    Feed NOTHING = (runner, pixels) -> List.of();

    /**
     * Feeds one run.
     *
     * @param pixels the pictures of the run, uint8 {@code [B, H, W, C]}
     * @return tensors to be closed after the run
     */
    List<Tensor> into(Session.Runner runner, TUint8 pixels);
  }

  /**
   * Runs pictures through the graph.
   *
   * @param pixels {@code size * H * W * C} values
   * @param size the number of pictures
   * @param feed what else is fed
   * @param fetched what is wanted; the same may be there more than once
   * @return the numbers of each, row-major
   */
  public List<float[]> run(
      byte[] pixels, int size, Feed feed, List<? extends Operand<TFloat32>> fetched) {
    List<Tensor> opened = List.of();
    try (TUint8 fed = tensor(pixels, size)) {
      Session.Runner runner = runner().feed(images, fed);
      opened = feed.into(runner, fed);
      List<Output<TFloat32>> all =
          fetched.stream().<Output<TFloat32>>map(Operand::asOutput).toList();
      List<Output<TFloat32>> each = all.stream().distinct().toList();
      each.forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<float[]> numbers = new ArrayList<>();
        for (int i = 0; i < each.size(); i++) {
          numbers.add(floats((TFloat32) result.get(i)));
        }
        return all.stream().map(output -> numbers.get(each.indexOf(output))).toList();
      }
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  /** Gives variables their first values. */
  public void initialize(Collection<Variable> variables) {
    run(variables.stream().map(Variable::initializer).toList());
  }

  /** Runs operations for their effects. */
  public void run(Collection<? extends Op> operations) {
    if (operations.isEmpty()) {
      return;
    }
    Session.Runner runner = runner();
    operations.forEach(runner::addTarget);
    runner.run().close();
  }

  /**
   * Gives variables values from outside.
   *
   * @param values by variable, each as many numbers as the variable has, in its own layout
   * @throws IllegalArgumentException when a count does not fit
   */
  public void assign(Map<Variable, float[]> values) {
    Session.Runner runner = runner();
    List<Tensor> tensors = new ArrayList<>();
    try {
      values.forEach(
          (variable, numbers) -> {
            if (numbers.length != variable.shape().size()) {
              throw new IllegalArgumentException(
                  variable.path()
                      + " has "
                      + variable.shape().size()
                      + " numbers, given were "
                      + numbers.length);
            }
            Assignment assignment = assignments.computeIfAbsent(variable, this::assignment);
            TFloat32 tensor = TFloat32.tensorOf(variable.shape(), DataBuffers.of(numbers));
            tensors.add(tensor);
            runner.feed(assignment.fed(), tensor);
            runner.addTarget(assignment.assign());
          });
      if (!values.isEmpty()) {
        runner.run().close();
      }
    } finally {
      tensors.forEach(Tensor::close);
    }
  }

  private Assignment assignment(Variable variable) {
    Ops scope = tf.withSubScope("assign");
    Placeholder<TFloat32> fed = scope.placeholder(TFloat32.class);
    return new Assignment(fed, scope.assignVariableOp(variable.handle(), fed));
  }

  /** Reads a variable's numbers, in its own layout. */
  public float[] read(Variable variable) {
    return read(List.of(variable)).get(0);
  }

  /** Reads the numbers of several variables at once. */
  public List<float[]> read(Collection<Variable> variables) {
    if (variables.isEmpty()) {
      return List.of();
    }
    Session.Runner runner = runner();
    variables.forEach(variable -> runner.fetch(variable.value()));
    List<float[]> numbers = new ArrayList<>();
    try (Result result = runner.run()) {
      for (int i = 0; i < variables.size(); i++) {
        numbers.add(floats((TFloat32) result.get(i)));
      }
    }
    return numbers;
  }

  /** Copies a tensor out. */
  public static float[] floats(TFloat32 tensor) {
    float[] numbers = new float[Math.toIntExact(tensor.size())];
    tensor.asRawTensor().data().asFloats().read(numbers);
    return numbers;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
