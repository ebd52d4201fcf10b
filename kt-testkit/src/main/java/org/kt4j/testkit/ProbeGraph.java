package org.kt4j.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.graph.Upstream;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.objective.StepInputs;
import org.kt4j.engine.objective.TermScope;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** One method built once, to be run on the activations it was built for or on others like them. */
final class ProbeGraph implements AutoCloseable {

  private static final long SEED = 1;

  /** As many as no batch of a probe has. */
  private static final int PICTURES = 64;

  private final Graph graph = NativeRuntime.newGraph();
  private final Session session = new Session(graph, NativeRuntime.sessionConfig());
  private final Ops tf = Ops.create(graph);

  private final Map<String, HeapTensor> teacherValues;
  private final Map<String, HeapTensor> studentValues;
  private final int[] labelValues;
  private final int[] pictureValues;
  private final Map<String, HeapTensor> auxiliaryValues;

  private final Map<String, Operand<TFloat32>> teacher = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> student = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> taught = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> cached = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> auxiliaries = new LinkedHashMap<>();
  private final Operand<TInt32> labels;
  private final StepInputs stepInputs = StepInputs.of(tf, PICTURES);
  private final Operand<TFloat32> loss;
  private final Map<String, Output<?>> gradients = new LinkedHashMap<>();
  private final Map<String, Output<?>> auxiliaryGradients = new LinkedHashMap<>();

  ProbeGraph(
      KnowledgeTransfer method,
      Map<String, HeapTensor> teacherValues,
      Map<String, HeapTensor> studentValues,
      int[] labelValues,
      int[] pictureValues,
      Map<String, HeapTensor> auxiliaryValues) {
    this.teacherValues = teacherValues;
    this.studentValues = studentValues;
    this.labelValues = labelValues;
    this.pictureValues = pictureValues;
    this.auxiliaryValues = auxiliaryValues;
    try {
      TapShapes teacherShapes = shapes(teacherValues);
      TapShapes studentShapes = shapes(studentValues);
      KnowledgeTransfer seen =
          method.calibrationTaps(teacherShapes, studentShapes).isEmpty()
              ? method
              : method.calibrated(
                  new ProbeCalibration(teacherValues, labelValues), teacherShapes, studentShapes);
      Taps taps = seen.taps(teacherShapes, studentShapes);
      taps.teacher().forEach(tap -> teacher.put(tap, placeholder(teacherShapes.shape(tap))));
      taps.student().forEach(tap -> student.put(tap, placeholder(studentShapes.shape(tap))));
      labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));

      Variables variables = new Variables(tf, "auxiliary", SEED);
      TermScope sees =
          new TermScope("term", teacherShapes, studentShapes, variables, labels, stepInputs);
      Knowledge knowledge =
          seen.teach(tf.withSubScope("teach"), sees.teacherSide(taps.teacher(), teacher));
      knowledge
          .tensors()
          .forEach(
              (name, tensor) -> {
                // A copy, because what is fed cannot be fetched: knowledge may be the activation.
                taught.put(name, tf.identity(tensor));
                cached.put(name, placeholder(anyBatch(tensor.shape())));
              });
      StudentSide side = sees.studentSide(taps.student(), student);
      loss = seen.loss(tf.withSubScope("loss"), side, Knowledge.of(cached));
      for (Variable variable : variables.all()) {
        session.runner().addTarget(variable.initializer()).run().close();
        if (variable.kind().trainable()) {
          auxiliaries.put(variable.name().substring("term/".length()), variable.value());
        }
      }
      auxiliaryValues.forEach(this::requireAuxiliary);
      addGradients(student, gradients::put);
      addGradients(trained(), auxiliaryGradients::put);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The auxiliary variables that the loss trains; a method may also take some as they are. */
  private Map<String, Operand<TFloat32>> trained() {
    Set<Output<?>> slopes = Upstream.slopes(loss);
    Map<String, Operand<TFloat32>> trained = new LinkedHashMap<>(auxiliaries);
    trained.values().removeIf(value -> !slopes.contains(value.asOutput()));
    return trained;
  }

  private void requireAuxiliary(String name, HeapTensor value) {
    Operand<TFloat32> variable = auxiliaries.get(name);
    if (variable == null || !variable.shape().equals(value.shape())) {
      throw new IllegalArgumentException(
          "the method has no auxiliary variable '"
              + name
              + "' "
              + value.shape()
              + "; it has "
              + auxiliaries.entrySet().stream()
                  .map(known -> known.getKey() + " " + known.getValue().shape())
                  .toList());
    }
  }

  private static TapShapes shapes(Map<String, HeapTensor> activations) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    activations.forEach((tap, activation) -> shapes.put(tap, anyBatch(activation.shape())));
    return TapShapes.of(shapes);
  }

  private static Shape anyBatch(Shape shape) {
    long[] axes = shape.asArray();
    axes[0] = Shape.UNKNOWN_SIZE;
    return Shape.of(axes);
  }

  private Operand<TFloat32> placeholder(Shape shape) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(shape));
  }

  private void addGradients(
      Map<String, Operand<TFloat32>> inputs, BiConsumer<String, Output<?>> add) {
    if (inputs.isEmpty()) {
      return;
    }
    Output<?>[] values = inputs.values().stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    Output<?>[] slopes;
    try {
      slopes = graph.addGradients(loss.asOutput(), values);
    } catch (RuntimeException e) {
      if (!TensorFlowFailure.is(e)) {
        throw e;
      }
      throw new IllegalArgumentException(
          "the loss does not depend on all of " + inputs.keySet() + "; it should", e);
    }
    int i = 0;
    for (String name : inputs.keySet()) {
      add.accept(name, slopes[i++]);
    }
  }

  ProbeResult run() {
    Map<String, HeapTensor> knowledge = teach();
    List<Operand<?>> fetched = new ArrayList<>(gradients.values());
    fetched.addAll(auxiliaryGradients.values());
    fetched.add(loss);
    List<HeapTensor> numbers =
        fetch(fetched, feeds(studentValues, auxiliaryValues, knowledge), true);
    return new ProbeResult(
        scalar(numbers.get(numbers.size() - 1)),
        named(gradients.keySet(), numbers),
        named(auxiliaryGradients.keySet(), numbers.subList(gradients.size(), numbers.size())),
        knowledge,
        stepInputs.draws());
  }

  /** The knowledge, from the teacher's activations alone. */
  Map<String, HeapTensor> teach() {
    Map<Operand<?>, HeapTensor> fed = new LinkedHashMap<>();
    teacher.forEach((tap, operand) -> fed.put(operand, teacherValues.get(tap)));
    return named(taught.keySet(), fetch(taught.values(), fed, false));
  }

  /** The values of the auxiliary variables: those given, else their first ones. */
  Map<String, HeapTensor> auxiliaries() {
    Map<String, HeapTensor> values =
        named(auxiliaries.keySet(), fetch(auxiliaries.values(), Map.of(), false));
    values.putAll(auxiliaryValues);
    return values;
  }

  /** The loss of other student activations or auxiliary values of the same shapes. */
  float loss(
      Map<String, HeapTensor> activations,
      Map<String, HeapTensor> auxiliaryNumbers,
      Map<String, HeapTensor> knowledge) {
    return scalar(
        fetch(List.of(loss), feeds(activations, auxiliaryNumbers, knowledge), true).get(0));
  }

  private static float scalar(HeapTensor loss) {
    if (!loss.shape().isScalar()) {
      throw new IllegalArgumentException("the loss has the shape " + loss.shape() + ", not []");
    }
    return loss.values()[0];
  }

  private static Map<String, HeapTensor> named(Set<String> names, List<HeapTensor> numbers) {
    Map<String, HeapTensor> named = new LinkedHashMap<>();
    for (String name : names) {
      named.put(name, numbers.get(named.size()));
    }
    return named;
  }

  private Map<Operand<?>, HeapTensor> feeds(
      Map<String, HeapTensor> activations,
      Map<String, HeapTensor> auxiliaryNumbers,
      Map<String, HeapTensor> knowledge) {
    Map<Operand<?>, HeapTensor> fed = new LinkedHashMap<>();
    student.forEach((tap, operand) -> fed.put(operand, activations.get(tap)));
    cached.forEach((name, operand) -> fed.put(operand, knowledge.get(name)));
    auxiliaryNumbers.forEach((name, value) -> fed.put(auxiliaries.get(name), value));
    return fed;
  }

  private List<HeapTensor> fetch(
      Collection<? extends Operand<?>> fetched,
      Map<Operand<?>, HeapTensor> fed,
      boolean withLabels) {
    List<HeapTensor> numbers = new ArrayList<>();
    if (fetched.isEmpty()) {
      return numbers;
    }
    List<Tensor> inputs = new ArrayList<>();
    try {
      Session.Runner runner = session.runner();
      fed.forEach(
          (operand, values) -> {
            Tensor input = values.toNative();
            inputs.add(input);
            runner.feed(operand, input);
          });
      if (withLabels) {
        Tensor input = TInt32.vectorOf(labelValues);
        inputs.add(input);
        runner.feed(labels, input);
        stepInputs.feed(runner, pictureValues, inputs::add);
      }
      fetched.forEach(runner::fetch);
      try (Result result = runner.run()) {
        for (int i = 0; i < fetched.size(); i++) {
          numbers.add(HeapTensor.copyOf((TFloat32) result.get(i)));
        }
      }
    } finally {
      inputs.forEach(Tensor::close);
    }
    return numbers;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
