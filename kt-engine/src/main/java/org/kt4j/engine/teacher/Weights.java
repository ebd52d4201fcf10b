package org.kt4j.engine.teacher;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.ndarray.Shape;

/**
 * Trained weights by name, each with the shape and order that PyTorch uses: convolutions {@code
 * [out, in, kH, kW]}, dense layers {@code [out, in]}.
 *
 * @param source where they come from, for messages
 * @param arrays by parameter name
 * @param others what stands beside them and is no array of numbers: NumPy's type by name
 */
public record Weights(String source, Map<String, Array> arrays, Map<String, String> others) {

  /** Weights with nothing beside them. */
  public Weights(String source, Map<String, Array> arrays) {
    this(source, arrays, Map.of());
  }

  /** One array, row-major: in memory, or in a file from which it is read when it is asked for. */
  public static final class Array {

    private final Shape shape;
    private final String type;
    private final Supplier<float[]> values;

    private Array(Shape shape, String type, Supplier<float[]> values) {
      this.shape = shape;
      this.type = type;
      this.values = values;
    }

    /** An array of 32-bit floats. */
    public Array(Shape shape, float[] values) {
      this(shape, values, "float32");
    }

    /**
     * An array in memory.
     *
     * @param shape its axes
     * @param values as many numbers as the shape has
     * @param type in which they were stored, as NumPy calls it: {@code float32}
     */
    public Array(Shape shape, float[] values, String type) {
      this(shape, type, () -> values);
    }

    /**
     * An array in a file.
     *
     * @param shape its axes
     * @param type in which its numbers are stored, as NumPy calls it: {@code float32}
     * @param values reads as many numbers as the shape has, each time that it is asked
     */
    public static Array stored(Shape shape, String type, Supplier<float[]> values) {
      return new Array(shape, type, values);
    }

    /** An array in PyTorch's order, of values that stand in TensorFlow's. */
    public static Array ofTensorFlow(Variable.Kind kind, Shape shape, float[] values) {
      return new Array(torchShape(kind, shape), reordered(kind, shape, values, false));
    }

    /** Its axes. */
    public Shape shape() {
      return shape;
    }

    /** The type in which its numbers are stored, as NumPy calls it. */
    public String type() {
      return type;
    }

    /**
     * Its numbers, which may come from a file: who needs them twice keeps them.
     *
     * @throws WeightsException when they cannot be read
     */
    public float[] values() {
      return values.get();
    }
  }

  /** Names that PyTorch stores beside the parameters and that carry no weight. */
  private static final String BATCH_COUNTER = ".num_batches_tracked";

  /**
   * The value of each variable in TensorFlow's order. Where all names stand under one prefix, such
   * as {@code module.}, it is left out, and names of another library that the network knows are
   * taken for its own; single numbers, such as a count of epochs, are passed over.
   *
   * @throws WeightsException when a variable has no array, an array has no variable, or a shape
   *     differs: these are the weights of another network; or when an array holds what is no number
   */
  public Map<Variable, float[]> of(Variables variables) {
    WeightChecks checks = fit(variables);
    checks.requireValues();
    return values(variables, checks);
  }

  private Map<Variable, float[]> values(Variables variables, WeightChecks checks) {
    Map<Variable, float[]> values = new LinkedHashMap<>();
    for (Variable variable : variables.all()) {
      Array array = checks.array(variable);
      if (array != null && checks.names().fits(array.shape(), variable)) {
        values.put(variable, reordered(variable.kind(), variable.shape(), array.values(), true));
      }
    }
    return values;
  }

  private boolean isSingle(String name) {
    Array array = arrays.get(name);
    return array != null && array.shape().numDimensions() == 0;
  }

  /**
   * The values, in TensorFlow's order, of those variables that have an array of their name here;
   * that there are other arrays and other variables does not matter.
   *
   * @param without variables that are passed over
   * @throws WeightsException when an array of a variable's name has another shape, is of a type
   *     that is none of weights, or holds what is no number
   */
  public Map<Variable, float[]> fitting(Variables variables, Set<Variable> without) {
    WeightChecks checks = new WeightChecks(this, variables, NamesInFile.of(this, variables));
    checks.requireTypes();
    checks.requireShapes(without);
    checks.requireValues();
    Map<Variable, float[]> values = new LinkedHashMap<>(values(variables, checks));
    values.keySet().removeAll(without);
    return values;
  }

  /**
   * The shapes, in TensorFlow's order of axes, of the arrays that variables have here.
   *
   * @return the axes by variable; none for one that has no array, or one of another number of axes
   */
  public Map<Variable, Shape> shapes(Variables variables) {
    WeightChecks checks = new WeightChecks(this, variables, NamesInFile.of(this, variables));
    Map<Variable, Shape> shapes = new LinkedHashMap<>();
    for (Variable variable : variables.all()) {
      Array array = checks.array(variable);
      if (array != null && array.shape().numDimensions() == variable.shape().numDimensions()) {
        shapes.put(variable, tensorFlowShape(variable.kind(), array.shape()));
      }
    }
    return shapes;
  }

  /**
   * The value of each variable, in TensorFlow's order; that there are other arrays does not matter.
   *
   * @throws WeightsException when a variable has no array of its name and shape here, or an array
   *     holds what is no number
   */
  public Map<Variable, float[]> complete(Variables variables) {
    WeightChecks checks = new WeightChecks(this, variables, NamesInFile.of(this, variables));
    checks.requireTypes();
    checks.requireFit(Set.of());
    checks.requireValues();
    return values(variables, checks);
  }

  /** How many of the variables have an array of their name and shape here. */
  public int matching(Variables variables) {
    WeightChecks checks = new WeightChecks(this, variables, NamesInFile.of(this, variables));
    int count = 0;
    for (Variable variable : variables.all()) {
      Array array = checks.array(variable);
      count += array != null && checks.names().fits(array.shape(), variable) ? 1 : 0;
    }
    return count;
  }

  /** The shape of the array that is called as a variable is; empty where there is none. */
  public Optional<Shape> shape(Variable variable, Variables variables) {
    Array array =
        new WeightChecks(this, variables, NamesInFile.of(this, variables)).array(variable);
    return array == null ? Optional.empty() : Optional.of(array.shape());
  }

  /**
   * Requires the names and shapes of a network, as {@link #of} does, without reading a number.
   *
   * @throws WeightsException when a variable has no array, an array has no variable, or a shape
   *     differs
   */
  public void requireFit(Variables variables) {
    fit(variables);
  }

  private WeightChecks fit(Variables variables) {
    WeightChecks checks = new WeightChecks(this, variables, NamesInFile.of(this, variables));
    checks.requireTypes();
    Set<String> unused = new TreeSet<>(arrays.keySet());
    unused.removeIf(name -> name.endsWith(BATCH_COUNTER) || isSingle(name));
    checks.requireFit(unused);
    return checks;
  }

  /** Values in TensorFlow's order. */
  public static Weights of(String source, Map<Variable, float[]> values) {
    Map<String, Array> arrays = new LinkedHashMap<>();
    values.forEach(
        (variable, numbers) ->
            arrays.put(
                variable.name(), Array.ofTensorFlow(variable.kind(), variable.shape(), numbers)));
    return new Weights(source, arrays);
  }

  /** The values that variables have in a graph. */
  public static Weights read(String source, ImageGraph graph, Variables variables) {
    Map<String, Array> arrays = new LinkedHashMap<>();
    for (Variable variable : variables.all()) {
      arrays.put(
          variable.name(),
          Array.ofTensorFlow(variable.kind(), variable.shape(), graph.read(variable)));
    }
    return new Weights(source, arrays);
  }

  /** The shape in PyTorch's order of axes of a variable's shape in TensorFlow's. */
  static Shape torchShape(Variable.Kind kind, Shape s) {
    return switch (kind) {
      case CONVOLUTION -> Shape.of(s.get(3), s.get(2), s.get(0), s.get(1));
      case DEPTHWISE -> Shape.of(s.get(2), 1, s.get(0), s.get(1));
      case DENSE -> Shape.of(s.get(1), s.get(0));
      default -> s;
    };
  }

  /** The shape in TensorFlow's order of axes of an array in PyTorch's. */
  private static Shape tensorFlowShape(Variable.Kind kind, Shape s) {
    return switch (kind) {
      case CONVOLUTION -> Shape.of(s.get(2), s.get(3), s.get(1), s.get(0));
      case DEPTHWISE -> Shape.of(s.get(2), s.get(3), s.get(0), s.get(1));
      case DENSE -> Shape.of(s.get(1), s.get(0));
      default -> s;
    };
  }

  /**
   * Both orders walked in step: {@code [positions, in, out]} here, {@code [out, in, positions]}
   * there.
   */
  private static float[] reordered(Variable.Kind kind, Shape s, float[] given, boolean fromTorch) {
    int positions;
    int in;
    int out;
    switch (kind) {
      case CONVOLUTION -> {
        positions = Math.toIntExact(s.get(0) * s.get(1));
        in = Math.toIntExact(s.get(2));
        out = Math.toIntExact(s.get(3));
      }
      case DEPTHWISE -> {
        positions = Math.toIntExact(s.get(0) * s.get(1));
        in = 1;
        out = Math.toIntExact(s.get(2));
      }
      case DENSE -> {
        positions = 1;
        in = Math.toIntExact(s.get(0));
        out = Math.toIntExact(s.get(1));
      }
      default -> {
        return given;
      }
    }
    float[] result = new float[given.length];
    int here = 0;
    for (int p = 0; p < positions; p++) {
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++, here++) {
          int there = (o * in + i) * positions + p;
          if (fromTorch) {
            result[here] = given[there];
          } else {
            result[there] = given[here];
          }
        }
      }
    }
    return result;
  }
}
