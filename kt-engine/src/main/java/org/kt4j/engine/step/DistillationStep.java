package org.kt4j.engine.step;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Knowledge;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.experiment.MaskConfig;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.StatisticUpdate;
import org.kt4j.engine.graph.Upstream;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.mask.Masks;
import org.kt4j.engine.objective.RowMemory;
import org.kt4j.engine.objective.StepInputs;
import org.kt4j.engine.objective.StudentGraph;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.objective.TermScope;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.teacher.FiniteTaps;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.NoOp;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * One training step of a student, whatever its task: frozen teachers, the objective's terms, their
 * gradients and the update, all run by one call of the session.
 *
 * <p>Only the student's and the auxiliary variables are differentiated, and of those only the ones
 * that the objective depends on: a phase that reads an early tap leaves the later layers alone.
 */
public final class DistillationStep {

  /**
   * The parts of a step beside the student.
   *
   * @param teachers by name; may be empty
   * @param terms the objective
   * @param optimizer of the update
   * @param firstStep steps that earlier phases have done
   * @param pictures the number of training pictures
   * @param stepsPerEpoch of the run
   * @param mask which weights of the student are held at zero; null where none are
   * @param tuning which variables of the student stay as they are, and how fast the others learn
   * @param replication the workers that train; the graph must have been made for them
   */
  public record Blueprint(
      Map<String, Teacher> teachers,
      List<Term> terms,
      OptimizerConfig optimizer,
      long firstStep,
      int pictures,
      int stepsPerEpoch,
      @Nullable MaskConfig mask,
      Tuning tuning,
      Replication replication) {

    /** Of the first phase without a mask, by one worker, in one step an epoch. */
    public Blueprint(
        Map<String, Teacher> teachers, List<Term> terms, OptimizerConfig optimizer, int pictures) {
      this(teachers, terms, optimizer, 0, pictures, 1, null, Tuning.ALL, Replication.ALONE);
    }

    /** Copies the collections. */
    public Blueprint {
      teachers = Collections.unmodifiableMap(new LinkedHashMap<>(teachers));
      terms = List.copyOf(terms);
    }
  }

  /**
   * What one step reads.
   *
   * @param images uint8, {@code size * H * W * C} values
   * @param size the number of pictures
   * @param indices of the pictures in the data set
   * @param view of the pictures, see {@link org.kt4j.data.Augmentation#view}
   * @param others adds the student's other inputs, such as labels, to the run, and returns what has
   *     to be closed after it
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
  public record Input(
      byte[] images,
      int size,
      int[] indices,
      int view,
      Function<Session.Runner, List<Tensor>> others) {}

  /**
   * What the workers of a step tell each other; a worker that is alone would, if there were others.
   *
   * @param sizes the numbers of each value that {@link
   *     org.kt4j.engine.replica.Replicas#means(org.tensorflow.op.Ops, List)} gets: gradients,
   *     statistics of batch normalisation, what terms remember, and the losses
   * @param further exchanges that a step waits for one after another where batch normalisation is
   *     synchronised, forward and backward
   */
  public record Exchanged(List<Long> sizes, int further) {

    /** Copies the list. */
    public Exchanged {
      sizes = List.copyOf(sizes);
    }

    /** The numbers of all values. */
    public long numbers() {
      return sizes.stream().mapToLong(Long::longValue).sum();
    }
  }

  private final ImageGraph graph;
  private final Ops training;
  private final Placeholder<TFloat32> learningRate;
  private final Placeholder<TInt64> step;
  private final StepInputs inputs;
  private final Blueprint blueprint;

  /** The weights that change from step to step. */
  private final Map<Placeholder<TFloat32>, TermWeight> changing = new LinkedHashMap<>();

  /** The weights that are measured before the first step, by the labels of their terms. */
  private final Map<String, Variable> measured = new LinkedHashMap<>();

  private final List<Operand<TFloat32>> weightedLosses = new ArrayList<>();
  private final List<Variable> learntOfStudent;
  private @Nullable Operand<TFloat32> gradientProducts;

  private final Variables student;
  private final Variables auxiliary;
  private final Variables slots;
  private final Masks masks;
  private final StudentGraph studentGraph;
  private final Map<String, MountedTeacher> mounted = new LinkedHashMap<>();

  /** The taps of each teacher that depend on the picture alone. */
  private final Map<String, Set<String>> watched = new LinkedHashMap<>();

  private final List<Stored> stored = new ArrayList<>();
  private final Operand<TFloat32> report;
  private final NoOp update;
  private final Exchanged exchanged;
  private long nanosInSession;

  /**
   * Adds the student, its teachers and its objective to a graph; the variables have no values yet.
   *
   * @param seed of the first values and of dropout
   */
  public DistillationStep(
      ImageGraph graph, StudentGraph.Source source, Blueprint blueprint, long seed) {
    this.graph = graph;
    Ops tf = graph.tf();
    learningRate =
        tf.withName("learning-rate").placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    step = tf.withName("step").placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));
    student = new Variables(tf, "student", seed);
    student.freeze(blueprint.tuning().frozen());
    auxiliary = new Variables(tf, "auxiliary", seed);
    slots = new Variables(tf, "optimizer", 0);
    this.blueprint = blueprint;
    inputs = new StepInputs(tf, step, blueprint.pictures(), seed, graph.replication());
    training = tf.withSubScope("training");
    studentGraph = source.build(graph, student, step);
    masks = new Masks(graph, blueprint.mask(), student, studentGraph.fixed());

    mountTeachers(blueprint);
    List<Operand<TFloat32>> losses = new ArrayList<>();
    Operand<TFloat32> objective = training.constant(0f);
    for (Term term : blueprint.terms()) {
      Operand<TFloat32> loss = loss(blueprint, term);
      losses.add(loss);
      Operand<TFloat32> weighted = training.math.mul(loss, weight(term));
      weightedLosses.add(weighted);
      objective = training.math.add(objective, weighted);
    }

    Set<Output<?>> reached = Upstream.of(objective);
    List<Operand<TFloat32>> figures = new ArrayList<>(losses);
    figures.add(objective);
    // A hint phase cuts the student at its guided layer; a score would compute the rest.
    figures.add(score(reached));
    List<Variable> learning = learning(Upstream.slopes(objective));
    learntOfStudent = learning.stream().filter(student.all()::contains).toList();
    // A phase that stops at an early tap has no business with the statistics of later layers.
    List<StatisticUpdate> statistics =
        studentGraph.statisticUpdates().stream()
            .filter(statistic -> reached.contains(statistic.observed()))
            .toList();
    List<Operand<TFloat32>> own = new ArrayList<>(gradients(objective, learning));
    statistics.forEach(statistic -> own.add(statistic.value()));
    List<RowMemory> memories = inputs.written();
    memories.forEach(memory -> own.add(memory.own()));
    own.add(training.withName("report").stack(figures));
    // A layer needs one in each direction; a term, which knows no mean before, two and one.
    exchanged = exchanged(own, learning, statistics.size() + 3 * inputs.norms());
    // Before the optimizer, so that it sees what one worker with all rows would see.
    List<Operand<TFloat32>> means = graph.replication().replicas().means(training, own);
    report = means.get(means.size() - 1);
    List<Op> effects =
        new ArrayList<>(updates(blueprint, learning, means.subList(0, learning.size())));
    for (int s = 0; s < statistics.size(); s++) {
      effects.add(statistics.get(s).rule().apply(means.get(learning.size() + s)));
    }
    for (int m = 0; m < memories.size(); m++) {
      effects.add(memories.get(m).written(means.get(learning.size() + statistics.size() + m)));
    }
    update = training.withName("step-done").withControlDependencies(effects).noOp();
  }

  /**
   * What is exchanged.
   *
   * @param own values, gradients first
   */
  private static Exchanged exchanged(
      List<Operand<TFloat32>> own, List<Variable> learning, int further) {
    List<Long> sizes = new ArrayList<>();
    // TensorFlow does not find the shape of every gradient.
    learning.forEach(each -> sizes.add(each.shape().size()));
    own.subList(learning.size(), own.size()).forEach(each -> sizes.add(each.shape().size()));
    return new Exchanged(sizes, further);
  }

  /** Gives every variable its initial value; the teachers' variables get their weights. */
  public void initialize() {
    graph.initialize(
        Stream.of(student, auxiliary, slots, masks.variables())
            .flatMap(set -> set.all().stream())
            .toList());
    mounted.values().forEach(MountedTeacher::load);
  }

  /** Mounts the teachers that a term reads; terms with cached knowledge need no teacher. */
  private void mountTeachers(Blueprint blueprint) {
    Map<String, Set<String>> read = new LinkedHashMap<>();
    for (Term term : blueprint.terms()) {
      for (TeacherTerm teacherTerm : term.teacherTerms()) {
        Teacher teacher = blueprint.teachers().get(teacherTerm.teacher());
        if (teacher != null && teacherTerm.stored() == null) {
          read.computeIfAbsent(teacherTerm.teacher(), name -> new TreeSet<>())
              .addAll(teacherTerm.method().taps(teacher.taps(), studentGraph.shapes()).teacher());
        }
      }
    }
    read.forEach(
        (name, taps) -> {
          Teacher teacher = blueprint.teachers().get(name);
          if (teacher != null && !taps.isEmpty()) {
            String scope =
                name.equals(TeacherTerm.ONLY_TEACHER)
                    ? name
                    : TeacherTerm.ONLY_TEACHER + "-" + name;
            mounted.put(name, teacher.mount(graph, scope, taps));
            Set<String> ofPictures = new TreeSet<>(taps);
            ofPictures.removeAll(teacher.stepTaps());
            watched.put(name, ofPictures);
          }
        });
  }

  private Operand<TFloat32> weight(Term term) {
    if (term.weight() instanceof TermWeight.Constant constant) {
      return training.constant((float) constant.value());
    }
    if (term.weight() instanceof TermWeight.Share) {
      Variable variable =
          auxiliary.filled(
              term.label() + "/measured-weight", Shape.scalar(), Variable.Kind.MEMORY, 1f);
      measured.put(term.label(), variable);
      return variable.value();
    }
    Placeholder<TFloat32> weight =
        training
            .withName("weight-of-" + term.label())
            .placeholder(TFloat32.class, Placeholder.shape(Shape.scalar()));
    changing.put(weight, term.weight());
    return weight;
  }

  private Operand<TFloat32> loss(Blueprint blueprint, Term term) {
    Operand<TFloat32> sum = null;
    for (TeacherTerm teacherTerm : term.teacherTerms()) {
      String label = term.label(teacherTerm);
      Ops scope = training.withSubScope(label);
      Teacher teacher = blueprint.teachers().get(teacherTerm.teacher());
      TapShapes teacherShapes = teacher == null ? TapShapes.none() : teacher.taps();
      TermScope sees =
          new TermScope(
              label,
              teacherShapes,
              studentGraph.shapes(),
              auxiliary,
              studentGraph.labels(),
              inputs);
      Taps taps = teacherTerm.method().taps(teacherShapes, studentGraph.shapes());
      Operand<TFloat32> loss =
          teacherTerm
              .method()
              .loss(
                  scope,
                  sees.studentSide(taps.student(), studentGraph.taps()),
                  knowledge(scope, sees, teacherTerm, taps));
      if (term.teacherTerms().size() > 1) {
        loss = scope.math.mul(loss, scope.constant((float) teacherTerm.share()));
      }
      sum = sum == null ? loss : training.math.add(sum, loss);
    }
    if (sum == null) {
      throw new IllegalArgumentException(
          "the term '" + term.label() + "' learns from nobody, not even labels");
    }
    return sum;
  }

  private Knowledge knowledge(Ops scope, TermScope sees, TeacherTerm teacherTerm, Taps taps) {
    KnowledgeFile file = teacherTerm.stored();
    if (file == null) {
      MountedTeacher teacher = mounted.get(teacherTerm.teacher());
      return teacherTerm
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

  /** Cached knowledge that is fed in each step. */
  private record Stored(KnowledgeFile file, Placeholder<TFloat32> rows) {}

  /** The variables that the objective has a slope in. */
  private List<Variable> learning(Set<Output<?>> sloping) {
    List<Variable> learning =
        Stream.concat(
                student.trainable().stream().filter(each -> !student.isFrozen(each.name())),
                auxiliary.trainable().stream())
            .filter(variable -> sloping.contains(variable.value()))
            .filter(variable -> !studentGraph.fixed().contains(variable))
            .toList();
    if (learning.isEmpty()) {
      throw new IllegalArgumentException("the objective depends on no variable of the student");
    }
    return learning;
  }

  private Map<Variable, Double> factors() {
    Map<Variable, Double> factors = new LinkedHashMap<>();
    for (Variable variable : student.trainable()) {
      Double factor = blueprint.tuning().factors().get(variable.name());
      if (factor != null) {
        factors.put(variable, factor);
      }
    }
    return factors;
  }

  private List<Operand<TFloat32>> gradients(Operand<TFloat32> objective, List<Variable> learning) {
    Output<?>[] values = learning.stream().map(Variable::value).toArray(Output<?>[]::new);
    Output<?>[] given = graph.graph().addGradients(objective.asOutput(), values);
    List<Operand<TFloat32>> gradients = new ArrayList<>();
    for (int i = 0; i < given.length; i++) {
      Output<TFloat32> gradient = given[i].expect(TFloat32.class);
      // What is exchanged has a static shape, which TensorFlow does not find for every gradient.
      gradients.add(
          graph.replication().replicas().alone()
              ? gradient
              : training.ensureShape(gradient, learning.get(i).shape()));
    }
    return gradients;
  }

  private List<Op> updates(
      Blueprint blueprint, List<Variable> learning, List<Operand<TFloat32>> gradients) {
    Ops tf = training;
    List<Op> updates =
        new OptimizerUpdates(
                blueprint.optimizer(),
                tf.withSubScope("update"),
                slots,
                learningRate,
                factors(),
                tf.math.sub(step, tf.constant(blueprint.firstStep())))
            .of(learning, masks.masked(tf, learning, gradients));
    masks.remember(slots.all());
    List<Op> limited = new ArrayList<>();
    for (int i = 0; i < updates.size(); i++) {
      limited.add(limited(tf, learning.get(i), updates.get(i)));
    }
    return limited;
  }

  /** An update that ends within the limit of its variable. */
  private Op limited(Ops tf, Variable variable, Op update) {
    Float limit = student.limits().get(variable);
    if (limit == null) {
      return update;
    }
    Ops behind =
        tf.withName(variable.path().replace('/', '.') + ".limited").withControlDependencies(update);
    return behind.assignVariableOp(
        variable.handle(),
        tf.clipByValue(
            behind.readVariableOp(variable.handle(), TFloat32.class),
            tf.constant(-limit),
            tf.constant(limit)));
  }

  private Operand<TFloat32> score(Set<Output<?>> reached) {
    StudentGraph.Score score = studentGraph.trainingScore();
    Operand<TFloat32> tap = score == null ? null : studentGraph.taps().get(score.tap());
    return score != null && tap != null && reached.contains(tap.asOutput())
        ? score.value()
        : training.constant(Float.NaN);
  }

  /**
   * One training step: a single run of the session.
   *
   * @param rate the learning rate
   * @param done the number of steps before this one
   */
  public StepReport step(Input input, double rate, long done) {
    NativeRuntime.training();
    List<Tensor> opened = new ArrayList<>();
    try (TUint8 pixels = graph.tensor(input.images(), input.size());
        TFloat32 rateNow = TFloat32.scalarOf((float) rate)) {
      Session.Runner runner =
          fed(input, pixels, done, opened)
              .feed(learningRate, rateNow)
              .fetch(report)
              .addTarget((Op) update);
      try (Result result = timed(runner)) {
        float[] figures = ImageGraph.floats((TFloat32) result.get(0));
        int count = blueprint.terms().size();
        float[] terms = Arrays.copyOf(figures, count);
        return new StepReport(
            terms,
            figures[count],
            figures[count + 1],
            isFinite(terms) ? null : fault(input, pixels));
      }
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  /**
   * The gradients of the weighted terms with respect to the student's variables; nothing is
   * updated. It costs a forward pass and a backward pass for each term; the first call adds them to
   * the graph.
   *
   * @param done the number of steps before this one
   */
  public TermGradients gradients(Input input, long done) {
    Operand<TFloat32> products = gradientProducts;
    if (products == null) {
      products = GradientProducts.of(graph, weightedLosses, learntOfStudent);
      gradientProducts = products;
    }
    List<Tensor> opened = new ArrayList<>();
    try (TUint8 pixels = graph.tensor(input.images(), input.size());
        Result result = fed(input, pixels, done, opened).fetch(products).run()) {
      return TermGradients.of(
          blueprint.terms().stream().map(Term::label).toList(),
          blueprint.terms().stream().mapToDouble(term -> weight(term, done)).toArray(),
          ImageGraph.floats((TFloat32) result.get(0)));
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  private double weight(Term term, long done) {
    Variable variable = measured.get(term.label());
    return variable == null
        ? term.weight().at(done - blueprint.firstStep(), blueprint.stepsPerEpoch())
        : graph.read(variable)[0];
  }

  /**
   * The weights that are not the same number in every run and step: those that change, and those
   * that were measured.
   *
   * @param done the number of steps before
   * @return by the labels of their terms
   */
  public Map<String, Double> weights(long done) {
    Map<String, Double> weights = new LinkedHashMap<>();
    for (Term term : blueprint.terms()) {
      if (!(term.weight() instanceof TermWeight.Constant)) {
        weights.put(term.label(), weight(term, done));
      }
    }
    return weights;
  }

  /** The weights that are measured before the first step, by the labels of their terms. */
  public Map<String, Variable> measured() {
    return Collections.unmodifiableMap(measured);
  }

  /** A call of the session with everything that the losses read. */
  private Session.Runner fed(Input input, TUint8 pixels, long done, List<Tensor> opened) {
    TInt64 stepNow = TInt64.scalarOf(done);
    opened.add(stepNow);
    Session.Runner runner = graph.sharedRunner().feed(graph.images(), pixels).feed(step, stepNow);
    opened.addAll(input.others().apply(runner));
    inputs.feed(runner, input.indices(), opened::add);
    changing.forEach(
        (placeholder, weight) -> {
          TFloat32 now =
              TFloat32.scalarOf(
                  (float) weight.at(done - blueprint.firstStep(), blueprint.stepsPerEpoch()));
          opened.add(now);
          runner.feed(placeholder, now);
        });
    for (MountedTeacher teacher : mounted.values()) {
      opened.addAll(teacher.feed(runner, pixels));
    }
    for (Stored knowledge : stored) {
      TFloat32 rows = knowledge.file().rows(input.view(), input.indices());
      opened.add(rows);
      runner.feed(knowledge.rows(), rows);
    }
    return runner;
  }

  private static boolean isFinite(float[] terms) {
    boolean finite = true;
    for (float term : terms) {
      finite &= Float.isFinite(term);
    }
    return finite;
  }

  /** What a teacher of any worker gives that is no number; all workers are here together. */
  private @Nullable String fault(Input input, TUint8 pixels) {
    String own = teachersFault(input, pixels);
    byte[] told = own == null ? new byte[0] : own.getBytes(StandardCharsets.UTF_8);
    return graph.replication().replicas().all(told).stream()
        .filter(each -> each.length > 0)
        .map(each -> new String(each, StandardCharsets.UTF_8))
        .findFirst()
        .orElse(null);
  }

  /**
   * What teachers give that is no number, for the pictures of a step that failed. Taps that depend
   * on the student's variables, which the step has changed, are left out.
   */
  private @Nullable String teachersFault(Input input, TUint8 pixels) {
    for (Stored knowledge : stored) {
      try (TFloat32 rows = knowledge.file().rows(input.view(), input.indices())) {
        if (!isFinite(ImageGraph.floats(rows))) {
          return "the stored knowledge holds values that are NaN or infinite";
        }
      }
    }
    for (Map.Entry<String, MountedTeacher> each : mounted.entrySet()) {
      MountedTeacher teacher = each.getValue();
      for (String tap : watched.getOrDefault(each.getKey(), Set.of())) {
        long odd = odd(teacher, FiniteTaps.odd(training, teacher.tap(tap)), pixels);
        if (odd > 0) {
          return String.format(
              Locale.ROOT,
              "the tap '%s' of the teacher '%s' holds %,d values that are NaN or infinite",
              tap,
              each.getKey(),
              odd);
        }
      }
    }
    return null;
  }

  private long odd(MountedTeacher teacher, Operand<TFloat32> counted, TUint8 pixels) {
    Session.Runner runner = graph.runner().feed(graph.images(), pixels).fetch(counted);
    List<Tensor> opened = teacher.feed(runner, pixels);
    try (Result result = runner.run()) {
      long odd = 0;
      for (float ofPicture : ImageGraph.floats((TFloat32) result.get(0))) {
        odd += (long) ofPicture;
      }
      return odd;
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

  /** The nanoseconds that all steps so far have spent inside {@code Session.run}. */
  public long nanosInSession() {
    return nanosInSession;
  }

  /** What the workers tell each other in each step. */
  public Exchanged exchanged() {
    return exchanged;
  }

  /** The student's side. */
  public StudentGraph studentGraph() {
    return studentGraph;
  }

  /** The student's variables. */
  public Variables student() {
    return student;
  }

  /** The terms' own variables. */
  public Variables auxiliary() {
    return auxiliary;
  }

  /** The variables of teachers that are networks of kt4j. */
  public List<Variable> frozen() {
    return mounted.values().stream().flatMap(teacher -> teacher.variables().stream()).toList();
  }

  /** Which of the student's weights are held at zero. */
  public Masks masks() {
    return masks;
  }

  /** The optimizer's slots. */
  public Variables slots() {
    return slots;
  }
}
