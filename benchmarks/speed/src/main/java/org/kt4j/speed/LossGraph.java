package org.kt4j.speed;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.objective.StepInputs;
import org.kt4j.engine.objective.TermScope;
import org.kt4j.engine.registry.Methods;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.proto.AllocationRecord;
import org.tensorflow.proto.AllocatorMemoryUsed;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * One loss on two maps that stand in variables, forward alone or forward and backward. Maps are
 * those behind a ReLU: half of them zeros.
 */
final class LossGraph implements AutoCloseable {

  /** The tap of both sides. */
  static final String TAP = "map";

  /** The same map once more, for what reads two layers. */
  private static final String AGAIN = "again";

  /** Training pictures that a memory has rows for. */
  private static final int PICTURES = 50_000;

  private static final Shape UNKNOWN_BATCH = Shape.of(Shape.UNKNOWN_SIZE);
  private static final Injector METHODS = Guice.createInjector(KtModule.fromClassPath());
  private static final RunOptions TRACED =
      RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build();

  private final Graph graph = NativeRuntime.newGraph();
  private final Session session = new Session(graph);
  private final Ops tf = Ops.create(graph);
  private final Operand<TFloat32> teacher;
  private final Operand<TFloat32> student;
  private final Operand<TFloat32> pass;
  private final Operand<TFloat32> products;
  private final Operand<TFloat32> loss;
  private final Output<?> gradient;

  /** Gradients of the method's own variables, and what it remembers. */
  private final List<Op> beside = new ArrayList<>();

  private final StepInputs inputs = StepInputs.of(tf, PICTURES);
  private final int[] pictures;

  LossGraph(KnowledgeTransfer method, LossShape shape, int batch) {
    teacher = map("teacher", batch, shape, shape.known(), 1);
    student = map("student", batch, shape, shape.asked(), 2);
    pictures = IntStream.range(0, batch).toArray();
    Map<String, Operand<TFloat32>> taught = taps(teacher, shape);
    Map<String, Operand<TFloat32>> learning = taps(student, shape);
    TapShapes teacherShapes = shapes(taught);
    TapShapes studentShapes = shapes(learning);
    Operand<TInt32> labels = tf.fill(tf.array(batch), tf.constant(0));
    Variables auxiliary = new Variables(tf, "auxiliary", Settings.SEED);
    TermScope sees = new TermScope("loss", teacherShapes, studentShapes, auxiliary, labels, inputs);
    Taps taps = method.taps(teacherShapes, studentShapes);
    Knowledge knowledge =
        method.teach(tf.withSubScope("teach"), sees.teacherSide(taps.teacher(), taught));
    StudentSide side = sees.studentSide(taps.student(), learning);
    loss = method.loss(tf.withSubScope("loss"), side, knowledge);
    auxiliary.all().forEach(v -> session.runner().addTarget(v.initializer()).run().close());
    List<Output<?>> learnt = new ArrayList<>(List.of(student.asOutput()));
    auxiliary.trainable().forEach(variable -> learnt.add(variable.value().asOutput()));
    Output<?>[] gradients = graph.addGradients(loss.asOutput(), learnt.toArray(Output<?>[]::new));
    gradient = gradients[0];
    for (Output<?> one : gradients) {
      beside.add(one);
    }
    inputs.written().forEach(memory -> beside.add(memory.written(memory.own())));
    products = products(shape);
    pass =
        tf.math.add(
            first(tf.math.mul(teacher, tf.constant(0.5f))),
            first(tf.math.mul(student, tf.constant(0.5f))));
  }

  private Map<String, Operand<TFloat32>> taps(Operand<TFloat32> map, LossShape shape) {
    if (!shape.isLogits()) {
      Map<String, Operand<TFloat32>> taps = new LinkedHashMap<>();
      taps.put(AGAIN, map);
      taps.put(TAP, map);
      return taps;
    }
    return Map.of(Taps.LOGITS, tf.reshape(map, tf.array(-1, shape.asked())));
  }

  private static TapShapes shapes(Map<String, Operand<TFloat32>> taps) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    taps.forEach((name, tap) -> shapes.put(name, UNKNOWN_BATCH.append(tap.shape().tail())));
    return TapShapes.of(shapes);
  }

  /** Both Gram matrices of the positions, and a product of such a matrix with the student's map. */
  private Operand<TFloat32> products(LossShape shape) {
    int positions = Math.toIntExact(shape.positions());
    Operand<TFloat32> x = tf.reshape(teacher, tf.array(-1, positions, shape.known()));
    Operand<TFloat32> y = tf.reshape(student, tf.array(-1, positions, shape.asked()));
    Operand<TFloat32> known = tf.linalg.einsum(List.of(x, x), "bnc,bmc->bnm");
    Operand<TFloat32> own = tf.linalg.einsum(List.of(y, y), "bnc,bmc->bnm");
    Operand<TFloat32> turned =
        tf.linalg.einsum(List.of(tf.math.sub(own, known), y), "bnm,bmc->bnc");
    return tf.slice(turned, tf.array(0, 0, 0), tf.array(1, 1, 1));
  }

  private Operand<TFloat32> first(Operand<TFloat32> map) {
    return tf.slice(map, tf.array(0, 0, 0, 0), tf.array(1, 1, 1, 1));
  }

  private Operand<TFloat32> map(String name, int batch, LossShape shape, int channels, long seed) {
    VarHandleOp handle =
        tf.varHandleOp(
            TFloat32.class,
            Shape.of(batch, shape.height(), shape.width(), channels),
            VarHandleOp.sharedName(name));
    Operand<TFloat32> drawn =
        tf.nn.relu(
            tf.random.statelessRandomNormal(
                tf.array(batch, shape.height(), shape.width(), channels),
                tf.array(Settings.SEED, seed)));
    session.runner().addTarget(tf.assignVariableOp(handle, drawn)).run().close();
    return tf.readVariableOp(handle, TFloat32.class);
  }

  /** A method as a configuration would name it: {@code nst, kernel: gaussian}. */
  static KnowledgeTransfer named(String term) {
    return TermText.read(
            METHODS.getInstance(ExperimentReader.class), METHODS.getInstance(Methods.class), term)
        .teacherTerms()
        .get(0)
        .method();
  }

  /** A run with the pictures' numbers, where the method reads them. */
  private Result run(UnaryOperator<Session.Runner> wanted) {
    return run(wanted, Session.Runner::run);
  }

  private Result run(UnaryOperator<Session.Runner> wanted, Function<Session.Runner, Result> how) {
    List<Tensor> opened = new ArrayList<>();
    Session.Runner runner = wanted.apply(session.runner());
    try {
      inputs.feed(runner, pictures, opened::add);
      return how.apply(runner);
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  private Session.Runner both(Session.Runner runner) {
    runner.fetch(loss);
    beside.forEach(runner::addTarget);
    return runner;
  }

  /** The value of the loss. */
  float forward() {
    try (Result result = run(runner -> runner.fetch(loss))) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  /** The value of the loss, with all gradients computed beside it and what it remembers written. */
  float forwardAndBackward() {
    try (Result result = run(this::both)) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  /** Every activation read, multiplied and written once. */
  void pass() {
    session.runner().addTarget(pass).run().close();
  }

  /** The matrix products of the polynomial kernel on the positions and nothing else. */
  void products() {
    session.runner().addTarget(products).run().close();
  }

  /** The gradient's numbers. */
  float[] gradient() {
    try (Result result = run(runner -> runner.fetch(gradient))) {
      return ImageGraph.floats((TFloat32) result.get(0));
    }
  }

  /**
   * The most bytes in tensors at a time during one forward and backward pass, by TensorFlow's own
   * record of every allocation. The maps themselves stand in variables and do not count.
   */
  long peakBytes() {
    try (Result result =
        run(runner -> both(runner).setOptions(TRACED), Session.Runner::runAndFetchMetadata)) {
      List<AllocationRecord> records = new ArrayList<>();
      for (DeviceStepStats device :
          result.getMetadata().orElseThrow().getStepStats().getDevStatsList()) {
        for (NodeExecStats node : device.getNodeStatsList()) {
          for (AllocatorMemoryUsed memory : node.getMemoryList()) {
            records.addAll(memory.getAllocationRecordsList());
          }
        }
      }
      return peak(records);
    }
  }

  /** Of what happened in the same microsecond, allocations count first. */
  private static long peak(List<AllocationRecord> records) {
    Map<Long, long[]> byTime = new LinkedHashMap<>();
    records.stream()
        .sorted(Comparator.comparingLong(AllocationRecord::getAllocMicros))
        .forEach(
            record -> {
              long[] sums = byTime.computeIfAbsent(record.getAllocMicros(), time -> new long[2]);
              sums[record.getAllocBytes() > 0 ? 0 : 1] += record.getAllocBytes();
            });
    long live = 0;
    long peak = 0;
    for (long[] sums : byTime.values()) {
      peak = Math.max(peak, live + sums[0]);
      live += sums[0] + sums[1];
    }
    return peak;
  }

  /**
   * Holds this loss against another on the same maps.
   *
   * @throws IllegalStateException when value or gradient differ by more than {@code tolerance},
   *     relative to the largest entry
   */
  void requireEqual(LossGraph other, double tolerance) {
    requireClose("value", forward(), other.forward(), Math.abs(other.forward()), tolerance);
    float[] own = gradient();
    float[] others = other.gradient();
    double scale = 0;
    for (float entry : others) {
      scale = Math.max(scale, Math.abs(entry));
    }
    for (int i = 0; i < own.length; i++) {
      requireClose("gradient[" + i + "]", own[i], others[i], scale, tolerance);
    }
  }

  private static void requireClose(
      String what, float own, float other, double scale, double tolerance) {
    if (!(Math.abs(own - other) <= tolerance * scale)) {
      throw new IllegalStateException(
          what + " is " + own + ", in the broadcast form " + other + ", of " + scale);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
