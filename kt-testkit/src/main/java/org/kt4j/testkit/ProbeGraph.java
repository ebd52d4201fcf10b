package org.kt4j.testkit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
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
import org.tensorflow.types.TInt64;

/** One method built once, to be run on the activations it was built for or on others like them. */
final class ProbeGraph implements AutoCloseable {

  private static final long SEED = 1;

  private final Graph graph = new Graph();
  private final Session session = new Session(graph);
  private final Ops tf = Ops.create(graph);

  private final Map<String, HeapTensor> teacherValues;
  private final Map<String, HeapTensor> studentValues;
  private final int[] labelValues;

  private final Map<String, Operand<TFloat32>> teacher = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> student = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> taught = new LinkedHashMap<>();
  private final Map<String, Operand<TFloat32>> cached = new LinkedHashMap<>();
  private final Operand<TInt32> labels;
  private final Operand<TFloat32> loss;
  private final Map<String, Output<?>> gradients = new LinkedHashMap<>();

  ProbeGraph(
      KnowledgeTransfer method,
      Map<String, HeapTensor> teacherValues,
      Map<String, HeapTensor> studentValues,
      int[] labelValues) {
    this.teacherValues = teacherValues;
    this.studentValues = studentValues;
    this.labelValues = labelValues;
    try {
      TapShapes teacherShapes = shapes(teacherValues);
      TapShapes studentShapes = shapes(studentValues);
      Taps taps = method.taps(teacherShapes, studentShapes);
      taps.teacher().forEach(tap -> teacher.put(tap, placeholder(teacherShapes.shape(tap))));
      taps.student().forEach(tap -> student.put(tap, placeholder(studentShapes.shape(tap))));
      labels = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE)));

      Side side = new Side(teacherShapes, studentShapes);
      Knowledge knowledge = method.teach(tf.withSubScope("teach"), side.ofTeacher());
      knowledge
          .tensors()
          .forEach(
              (name, tensor) -> {
                // A copy, because what is fed cannot be fetched: knowledge may be the activation.
                taught.put(name, tf.identity(tensor));
                cached.put(name, placeholder(anyBatch(tensor.shape())));
              });
      loss = method.loss(tf.withSubScope("loss"), side.ofStudent(), Knowledge.of(cached));
      addGradients(side.read);
    } catch (RuntimeException e) {
      close();
      throw e;
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

  private void addGradients(Map<String, Operand<TFloat32>> read) {
    if (read.isEmpty()) {
      return;
    }
    Output<?>[] inputs = read.values().stream().map(Operand::asOutput).toArray(Output<?>[]::new);
    Output<?>[] slopes = graph.addGradients(loss.asOutput(), inputs);
    int i = 0;
    for (String tap : read.keySet()) {
      gradients.put(tap, slopes[i++]);
    }
  }

  ProbeResult run() {
    Map<String, HeapTensor> knowledge = teach();
    List<Operand<?>> fetched = new ArrayList<>(gradients.values());
    fetched.add(loss);
    List<HeapTensor> numbers = fetch(fetched, feeds(studentValues, knowledge), true);
    return new ProbeResult(
        scalar(numbers.get(numbers.size() - 1)), named(gradients.keySet(), numbers), knowledge);
  }

  /** The knowledge, from the teacher's activations alone. */
  Map<String, HeapTensor> teach() {
    Map<Operand<?>, HeapTensor> fed = new LinkedHashMap<>();
    teacher.forEach((tap, operand) -> fed.put(operand, teacherValues.get(tap)));
    return named(taught.keySet(), fetch(taught.values(), fed, false));
  }

  /** The loss of other student activations of the same shapes. */
  float loss(Map<String, HeapTensor> activations, Map<String, HeapTensor> knowledge) {
    return scalar(fetch(List.of(loss), feeds(activations, knowledge), true).get(0));
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
      Map<String, HeapTensor> activations, Map<String, HeapTensor> knowledge) {
    Map<Operand<?>, HeapTensor> fed = new LinkedHashMap<>();
    student.forEach((tap, operand) -> fed.put(operand, activations.get(tap)));
    cached.forEach((name, operand) -> fed.put(operand, knowledge.get(name)));
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

  /** What the method sees of the graph. */
  private final class Side {

    private final TapShapes teacherShapes;
    private final TapShapes studentShapes;
    private final Map<String, Operand<TFloat32>> read = new LinkedHashMap<>();
    private final Set<String> auxiliaries = new LinkedHashSet<>();

    Side(TapShapes teacherShapes, TapShapes studentShapes) {
      this.teacherShapes = teacherShapes;
      this.studentShapes = studentShapes;
    }

    TeacherSide ofTeacher() {
      return new TeacherSide() {
        @Override
        public Operand<TFloat32> activation(String tap) {
          return requested("teacher", teacher, tap);
        }

        @Override
        public TapShapes teacherShapes() {
          return teacherShapes;
        }

        @Override
        public TapShapes studentShapes() {
          return studentShapes;
        }
      };
    }

    StudentSide ofStudent() {
      return new StudentSide() {
        @Override
        public Operand<TFloat32> activation(String tap) {
          Operand<TFloat32> activation = requested("student", student, tap);
          read.put(tap, activation);
          return activation;
        }

        @Override
        public Operand<TInt32> labels() {
          return labels;
        }

        @Override
        public Operand<TInt64> step() {
          return tf.constant(0L);
        }

        @Override
        public TapShapes teacherShapes() {
          return teacherShapes;
        }

        @Override
        public TapShapes studentShapes() {
          return studentShapes;
        }

        @Override
        public Operand<TFloat32> auxiliary(String name, Shape shape, Initial initial) {
          if (!auxiliaries.add(name)) {
            throw new IllegalArgumentException(
                "auxiliary variable '" + name + "' was asked for twice");
          }
          return first(shape, initial);
        }
      };
    }

    private Operand<TFloat32> first(Shape shape, StudentSide.Initial initial) {
      return switch (initial) {
        case ZEROS -> tf.zeros(tf.constant(shape), TFloat32.class);
        case ONES -> tf.ones(tf.constant(shape), TFloat32.class);
        case HE_NORMAL -> {
          double fanIn = (double) shape.size() / shape.get(-1);
          HeapTensor drawn = HeapTensor.normal(SEED + auxiliaries.size(), shape.asArray());
          try (TFloat32 value = drawn.times((float) Math.sqrt(2 / fanIn)).toNative()) {
            yield tf.constantOf(value);
          }
        }
      };
    }

    private static Operand<TFloat32> requested(
        String side, Map<String, Operand<TFloat32>> taps, String tap) {
      Operand<TFloat32> activation = taps.get(tap);
      if (activation == null) {
        throw new IllegalArgumentException(
            "the method reads the "
                + side
                + "'s tap '"
                + tap
                + "' but asked for "
                + taps.keySet()
                + " only");
      }
      return activation;
    }
  }
}
