package org.kt4j.speed;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.TermConfig;
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
import org.tensorflow.ndarray.Shape;
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

  /** The one tap of both sides. */
  static final String TAP = "map";

  private static final Shape UNKNOWN_BATCH = Shape.of(Shape.UNKNOWN_SIZE);
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

  LossGraph(KnowledgeTransfer method, LossShape shape, int batch) {
    teacher = map("teacher", batch, shape, shape.known(), 1);
    student = map("student", batch, shape, shape.asked(), 2);
    TapShapes teacherShapes = TapShapes.of(Map.of(TAP, any(teacher.shape())));
    TapShapes studentShapes = TapShapes.of(Map.of(TAP, any(student.shape())));
    Operand<TInt32> labels = tf.fill(tf.array(batch), tf.constant(0));
    Variables auxiliary = new Variables(tf, "auxiliary", Settings.SEED);
    TermScope sees =
        new TermScope(
            "loss", teacherShapes, studentShapes, auxiliary, labels, StepInputs.of(tf, batch));
    Taps taps = method.taps(teacherShapes, studentShapes);
    Knowledge knowledge =
        method.teach(
            tf.withSubScope("teach"), sees.teacherSide(taps.teacher(), Map.of(TAP, teacher)));
    StudentSide side = sees.studentSide(taps.student(), Map.of(TAP, student));
    loss = method.loss(tf.withSubScope("loss"), side, knowledge);
    auxiliary.all().forEach(v -> session.runner().addTarget(v.initializer()).run().close());
    gradient = graph.addGradients(loss.asOutput(), new Output<?>[] {student.asOutput()})[0];
    products = products(shape);
    pass =
        tf.math.add(
            first(tf.math.mul(teacher, tf.constant(0.5f))),
            first(tf.math.mul(student, tf.constant(0.5f))));
  }

  private static Shape any(Shape shape) {
    return UNKNOWN_BATCH.append(shape.get(1)).append(shape.get(2)).append(shape.get(3));
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
    Injector injector = Guice.createInjector(KtModule.fromClassPath());
    TermConfig config =
        injector
            .getInstance(ExperimentReader.class)
            .parse(
                "benchmark",
                "{data: {name: shapes}, student: {network: resnet-8}, phases: [{name: one, epochs:"
                    + " 1, objective: [{term: "
                    + term
                    + "}]}]}")
            .phases()
            .get(0)
            .objective()
            .get(0);
    return injector.getInstance(Methods.class).create(config.term(), config.options());
  }

  /** The value of the loss. */
  float forward() {
    try (Result result = session.runner().fetch(loss).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }

  /** The value of the loss, with the gradient computed beside it. */
  float forwardAndBackward() {
    try (Result result = session.runner().fetch(loss).addTarget(gradient.op()).run()) {
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
    try (Result result = session.runner().fetch(gradient).run()) {
      return ImageGraph.floats((TFloat32) result.get(0));
    }
  }

  /**
   * The most bytes in tensors at a time during one forward and backward pass, by TensorFlow's own
   * record of every allocation. The maps themselves stand in variables and do not count.
   */
  long peakBytes() {
    try (Result result =
        session
            .runner()
            .fetch(loss)
            .addTarget(gradient.op())
            .setOptions(TRACED)
            .runAndFetchMetadata()) {
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
