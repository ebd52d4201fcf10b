package org.kt4j.engine.teacher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.ndarray.Shape;

/**
 * Trained weights by name, each with the shape and order that PyTorch uses: convolutions {@code
 * [out, in, kH, kW]}, dense layers {@code [out, in]}.
 *
 * @param source where they come from, for messages
 * @param arrays by parameter name
 */
public record Weights(String source, Map<String, Array> arrays) {

  /**
   * One array, row-major.
   *
   * @param shape its axes
   * @param values as many numbers as the shape has
   */
  public record Array(Shape shape, float[] values) {}

  /** Names that PyTorch stores beside the parameters and that carry no weight. */
  private static final String BATCH_COUNTER = ".num_batches_tracked";

  /**
   * The value of each variable in TensorFlow's order.
   *
   * @throws WeightsException when a variable has no array, an array has no variable, or a shape
   *     differs: these are the weights of another network
   */
  public Map<Variable, float[]> of(Variables variables) {
    Map<Variable, float[]> values = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();
    Set<String> unused = new TreeSet<>(arrays.keySet());
    unused.removeIf(name -> name.endsWith(BATCH_COUNTER));
    for (Variable variable : variables.all()) {
      unused.remove(variable.name());
      Array array = arrays.get(variable.name());
      if (array == null) {
        problems.add(variable.name() + " is missing");
        continue;
      }
      Shape expected = torchShape(variable);
      if (!array.shape().equals(expected)) {
        problems.add(variable.name() + " is " + array.shape() + ", the network has " + expected);
        continue;
      }
      values.put(variable, tensorFlowOrder(variable, array.values()));
    }
    unused.forEach(name -> problems.add(name + " is in the file but not in the network"));
    if (!problems.isEmpty()) {
      throw new WeightsException(source, problems);
    }
    return values;
  }

  /** The arrays of variables whose values stand in TensorFlow's order. */
  public static Weights from(String source, Map<Variable, float[]> values) {
    Map<String, Array> arrays = new LinkedHashMap<>();
    values.forEach(
        (variable, numbers) ->
            arrays.put(
                variable.name(), new Array(torchShape(variable), torchOrder(variable, numbers))));
    return new Weights(source, arrays);
  }

  private static Shape torchShape(Variable variable) {
    Shape s = variable.shape();
    return switch (variable.kind()) {
      case CONVOLUTION -> Shape.of(s.get(3), s.get(2), s.get(0), s.get(1));
      case DEPTHWISE -> Shape.of(s.get(2), 1, s.get(0), s.get(1));
      case DENSE -> Shape.of(s.get(1), s.get(0));
      default -> s;
    };
  }

  private static float[] tensorFlowOrder(Variable variable, float[] torch) {
    return reordered(variable, torch, true);
  }

  private static float[] torchOrder(Variable variable, float[] tensorFlow) {
    return reordered(variable, tensorFlow, false);
  }

  /** Both orders walked in step: {@code [positions, in, out]} here, {@code [out, in, positions]} there. */
  private static float[] reordered(Variable variable, float[] given, boolean fromTorch) {
    Shape s = variable.shape();
    int positions;
    int in;
    int out;
    switch (variable.kind()) {
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
