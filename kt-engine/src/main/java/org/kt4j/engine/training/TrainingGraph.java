package org.kt4j.engine.training;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.kt4j.api.Knowledge;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.data.Batch;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * The graph of one phase: student, frozen teachers, objective and update, all run by one call of
 * the session; and the student once more in evaluation mode over the same variables.
 *
 * <p>Only the student's and the auxiliary variables are differentiated, and of those only the ones
 * that the objective depends on: a phase that reads an early tap leaves the later layers alone.
 */
public final class TrainingGraph implements AutoCloseable {

  /**
   * What a graph is made of.
   *
   * @param shape of the pictures
   * @param classes the number of labels
   * @param student the network that learns
   * @param normalization of the student's input
   * @param teachers whom it learns from, by name; may be empty
   * @param terms the objective
   * @param optimizer the rule of the update
   * @param seed of the first values and of dropout
   * @param firstStep steps that earlier phases have done
   */
  public record Blueprint(
      ImageShape shape,
      int classes,
      Network student,
      Normalization normalization,
      Map<String, Teacher> teachers,
      List<Term> terms,
      OptimizerConfig optimizer,
      long seed,
      long firstStep) {

    /** Copies the collections. */
    public Blueprint {
      teachers = Collections.unmodifiableMap(new LinkedHashMap<>(teachers));
      terms = List.copyOf(terms);
    }
  }

  /**
   * What one step reports, all computed before its update.
   *
   * @param terms the loss of each term, not weighted
   * @param objective the weighted sum
   * @param accuracy share of the batch that the student got right in training mode; NaN where the
   *     objective does not reach the logits, which then are not computed
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  public record StepReport(float[] terms, float objective, float accuracy) {}

  private final ImageGraph graph;
  private final Placeholder<TInt32> labels;
  private final Placeholder<TFloat32> learningRate;
  private final Placeholder<TInt64> step;
  private final Variables student;
  private final Variables auxiliary;
  private final Map<String, MountedTeacher> mounted = new LinkedHashMap<>();
  private final List<Stored> stored = new ArrayList<>();
  private final Variables slots;
  private final Operand<TFloat32> studentLogits;
  private final Operand<TFloat32> report;
  private final NoOp update;
  private final TapShapes studentShapes;
  private final long studentFlops;
  private final int termCount;
  private long nanosInSession;

  /** Builds the graph and gives every variable its first value; the teacher's are its weights. */
  public TrainingGraph(Blueprint blueprint) {
    graph = new ImageGraph(blueprint.shape());
    try {
      Ops tf = graph.tf();
      labels = tf.withName("labels").placeholder(TInt32.class, Placeholder.shape(Shape.of(-1)));
      learningRate =
          tf.withName("learning-rate")
              .placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
      step = tf.withName("step").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
      student = new Variables(tf, "student", blueprint.seed());
      auxiliary = new Variables(tf, "auxiliary", blueprint.seed());
      slots = new Variables(tf, "optimizer", 0);
      termCount = blueprint.terms().size();

      Ops training = tf.withSubScope("training");
      Layers learner = Layers.training(training.withSubScope("student"), student, step);
      Operand<TFloat32> logits = built(learner, blueprint.student(), blueprint.normalization());
      studentShapes = learner.tapShapes();
      studentFlops = learner.flopsPerImage();
      Layers evaluated = Layers.evaluation(tf.withSubScope("evaluation"), student);
      studentLogits = built(evaluated, blueprint.student(), blueprint.normalization());

      mountTeachers(blueprint);
      List<Operand<TFloat32>> losses = new ArrayList<>();
      Operand<TFloat32> objective = training.constant(0f);
      for (Term term : blueprint.terms()) {
        Operand<TFloat32> loss = loss(training, blueprint, term, learner.taps());
        losses.add(loss);
        objective =
            training.math.add(
                objective, training.math.mul(loss, training.constant((float) term.weight())));
      }

      Set<Output<?>> reached = upstream(objective.asOutput());
      update = update(training, blueprint, objective, reached, learner.statisticUpdates());
      List<Operand<TFloat32>> figures = new ArrayList<>(losses);
      figures.add(objective);
      // A hint phase cuts the student at its guided layer; an accuracy would compute the rest.
      figures.add(
          reached.contains(logits.asOutput())
              ? accuracy(training, logits)
              : training.constant(Float.NaN));
      report = training.withName("report").stack(figures);

      graph.initialize(
          Stream.of(student, auxiliary, slots).flatMap(set -> set.all().stream()).toList());
      mounted.values().forEach(MountedTeacher::load);
    } catch (RuntimeException | Error e) {
      graph.close();
      throw e;
    }
  }

  private Operand<TFloat32> built(Layers nn, Network network, Normalization normalization) {
    Operand<TFloat32> images = graph.normalised(nn.tf(), normalization);
    return nn.tap(Taps.LOGITS, network.build(nn, images));
  }

  /** Those that some term still has to ask; what was computed before needs nobody. */
  private void mountTeachers(Blueprint blueprint) {
    Map<String, Set<String>> read = new LinkedHashMap<>();
    for (Term term : blueprint.terms()) {
      for (Lesson lesson : term.lessons()) {
        Teacher teacher = blueprint.teachers().get(lesson.teacher());
        if (teacher != null && lesson.stored() == null) {
          read.computeIfAbsent(lesson.teacher(), name -> new TreeSet<>())
              .addAll(lesson.method().taps(teacher.taps(), studentShapes).teacher());
        }
      }
    }
    read.forEach(
        (name, taps) -> {
          Teacher teacher = blueprint.teachers().get(name);
          if (teacher != null && !taps.isEmpty()) {
            String scope =
                name.equals(Lesson.ONLY_TEACHER) ? name : Lesson.ONLY_TEACHER + "-" + name;
            mounted.put(name, teacher.mount(graph, scope, taps));
          }
        });
  }

  private Operand<TFloat32> loss(
      Ops training, Blueprint blueprint, Term term, Map<String, Operand<TFloat32>> learner) {
    Operand<TFloat32> sum = null;
    for (Lesson lesson : term.lessons()) {
      String label = term.label(lesson);
      Ops scope = training.withSubScope(label);
      Teacher teacher = blueprint.teachers().get(lesson.teacher());
      TapShapes teacherShapes = teacher == null ? TapShapes.none() : teacher.taps();
      TermScope sees = new TermScope(label, teacherShapes, studentShapes, auxiliary, labels, step);
      Taps taps = lesson.method().taps(teacherShapes, studentShapes);
      Operand<TFloat32> loss =
          lesson
              .method()
              .loss(
                  scope,
                  sees.studentSide(taps.student(), learner),
                  knowledge(scope, sees, lesson, taps));
      if (term.lessons().size() > 1) {
        loss = scope.math.mul(loss, scope.constant((float) lesson.share()));
      }
      sum = sum == null ? loss : training.math.add(sum, loss);
    }
    if (sum == null) {
      throw new IllegalArgumentException("the term '" + term.label() + "' has no lesson");
    }
    return sum;
  }

  private Knowledge knowledge(Ops scope, TermScope sees, Lesson lesson, Taps taps) {
    KnowledgeFile file = lesson.stored();
    if (file == null) {
      MountedTeacher teacher = mounted.get(lesson.teacher());
      return lesson
          .method()
          .teach(
              scope, sees.teacherSide(taps.teacher(), teacher == null ? Map.of() : teacher.taps()));
    }
    Placeholder<TFloat32> rows =
        scope
            .withName("stored-knowledge")
            .placeholder(
                TFloat32.class, Placeholder.shape(Shape.of(-1, file.layout().valuesPerPicture())));
    stored.add(new Stored(file, rows));
    return file.layout().unpacked(scope, rows);
  }

  /** Knowledge that is fed. */
  private record Stored(KnowledgeFile file, Placeholder<TFloat32> rows) {}

  private NoOp update(
      Ops tf,
      Blueprint blueprint,
      Operand<TFloat32> objective,
      Set<Output<?>> reached,
      List<Op> statistics) {
    List<Variable> learning =
        Stream.of(student, auxiliary)
            .flatMap(set -> set.trainable().stream())
            .filter(variable -> reached.contains(variable.value()))
            .toList();
    if (learning.isEmpty()) {
      throw new IllegalArgumentException("the objective depends on no variable of the student");
    }
    Output<?>[] values = learning.stream().map(Variable::value).toArray(Output<?>[]::new);
    Output<?>[] gradients = graph.graph().addGradients(objective.asOutput(), values);
    List<Operand<TFloat32>> slopes = new ArrayList<>();
    for (Output<?> gradient : gradients) {
      slopes.add(gradient.expect(TFloat32.class));
    }
    List<Op> effects = new ArrayList<>();
    effects.addAll(
        new OptimizerUpdates(
                blueprint.optimizer(),
                tf.withSubScope("update"),
                slots,
                learningRate,
                tf.math.sub(step, tf.constant(blueprint.firstStep())))
            .of(learning, slopes));
    // A phase that stops at an early tap has no business with the statistics of later layers.
    for (Op statistic : statistics) {
      boolean used = upstreamOf(statistic.op()).stream().allMatch(op -> used(op, reached));
      if (used) {
        effects.add(statistic);
      }
    }
    return tf.withName("step-done").withControlDependencies(effects).noOp();
  }

  /** Whether a batch normalisation feeds the objective; other operations do not matter. */
  private static boolean used(Operation op, Set<Output<?>> reached) {
    return !op.type().startsWith("FusedBatchNorm") || reached.contains(op.output(0));
  }

  /** Every output that a value is computed from. */
  private static Set<Output<?>> upstream(Output<?> value) {
    Set<Output<?>> seen = new HashSet<>();
    Deque<Output<?>> open = new ArrayDeque<>(List.of(value));
    while (!open.isEmpty()) {
      Output<?> next = open.pop();
      if (seen.add(next)) {
        ((GraphOperation) next.op()).inputs().forEach(input -> open.push(input.asOutput()));
      }
    }
    return seen;
  }

  private static Collection<Operation> upstreamOf(Operation operation) {
    Set<Operation> seen = new HashSet<>();
    Deque<Operation> open = new ArrayDeque<>(List.of(operation));
    while (!open.isEmpty()) {
      Operation next = open.pop();
      boolean first = seen.add(next);
      // The nearest normalisation decides; what lies behind it is upstream of it anyway.
      if (first && !next.type().startsWith("FusedBatchNorm")) {
        ((GraphOperation) next).inputs().forEach(input -> open.push(input.op()));
      }
    }
    return seen;
  }

  private Operand<TFloat32> accuracy(Ops tf, Operand<TFloat32> logits) {
    Operand<TInt32> best = tf.math.argMax(logits, tf.constant(1), TInt32.class);
    return tf.math.mean(tf.dtypes.cast(tf.math.equal(best, labels), TFloat32.class), tf.array(0));
  }

  /**
   * One training step: a single run of the session.
   *
   * @param batch pictures and labels
   * @param rate the learning rate
   * @param done the number of steps before this one
   */
  public StepReport step(Batch batch, double rate, long done) {
    List<Tensor> opened = new ArrayList<>();
    try (TInt32 classes =
            TInt32.tensorOf(Shape.of(batch.size()), DataBuffers.of(batch.labels(), true, false));
        TUint8 pixels = graph.tensor(batch.images(), batch.size());
        TFloat32 rateNow = TFloat32.scalarOf((float) rate);
        TInt64 stepNow = TInt64.scalarOf(done)) {
      Session.Runner runner =
          graph
              .session()
              .runner()
              .feed(graph.images(), pixels)
              .feed(labels, classes)
              .feed(learningRate, rateNow)
              .feed(step, stepNow)
              .fetch(report)
              .addTarget((Op) update);
      for (MountedTeacher teacher : mounted.values()) {
        opened.addAll(teacher.feed(runner, pixels));
      }
      for (Stored knowledge : stored) {
        TFloat32 rows = knowledge.file().rows(batch.view(), batch.indices());
        opened.add(rows);
        runner.feed(knowledge.rows(), rows);
      }
      try (Result result = timed(runner)) {
        float[] figures = ImageGraph.floats((TFloat32) result.get(0));
        float[] terms = Arrays.copyOf(figures, termCount);
        return new StepReport(terms, figures[termCount], figures[termCount + 1]);
      }
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  private Result timed(Session.Runner runner) {
    long began = System.nanoTime();
    Result result = runner.run();
    nanosInSession += System.nanoTime() - began;
    return result;
  }

  /** Nanoseconds that the steps so far have spent inside {@code Session.run}. */
  public long nanosInSession() {
    return nanosInSession;
  }

  /** The student's logits in evaluation mode, row by row. */
  public float[] studentLogits(byte[] pixels, int size) {
    return graph.run(pixels, size, ImageGraph.Feed.NOTHING, List.of(studentLogits)).get(0);
  }

  /** The graph underneath. */
  public ImageGraph graph() {
    return graph;
  }

  /** The student's variables. */
  public Variables student() {
    return student;
  }

  /** The terms' own variables. */
  public Variables auxiliary() {
    return auxiliary;
  }

  /** The variables of teachers that are networks of ours. */
  public List<Variable> frozen() {
    return mounted.values().stream().flatMap(teacher -> teacher.variables().stream()).toList();
  }

  /** What the optimizer remembers. */
  public Variables slots() {
    return slots;
  }

  /** The student's taps. */
  public TapShapes studentShapes() {
    return studentShapes;
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
