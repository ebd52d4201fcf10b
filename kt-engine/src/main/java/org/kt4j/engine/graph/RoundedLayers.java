package org.kt4j.engine.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * What {@link Layers} has to know of its activations to round them: their names, whether they are
 * on levels already, and which are made by a convolution.
 */
final class RoundedLayers implements Arithmetic {

  /**
   * What is known of an activation.
   *
   * @param name by which its range is kept
   * @param nonNegative whether it is never below 0
   * @param onLevels whether it is rounded
   */
  private record Trace(String name, boolean nonNegative, boolean onLevels) {}

  private final Quantization quantization;
  private final Variables variables;
  private final Rounding rounding;
  private final @Nullable Operand<TInt64> step;
  private final Map<Output<?>, Trace> traces = new HashMap<>();
  private final Map<Output<?>, Operand<TFloat32>> rounded = new HashMap<>();
  private final Map<Output<?>, Convolved> convolutions = new HashMap<>();
  private final Set<String> names = new HashSet<>();
  private final List<StatisticUpdate> updates;
  private final Ops tf;
  private @Nullable Operand<TBool> frozen;
  private int weights;

  /**
   * Nothing is known yet.
   *
   * @param step the number of steps done, while the network is trained; null in evaluation
   * @param updates where those of the ranges are added
   */
  RoundedLayers(
      Ops tf,
      Variables variables,
      Quantization quantization,
      @Nullable Operand<TInt64> step,
      List<StatisticUpdate> updates) {
    this.tf = tf;
    this.variables = variables;
    this.quantization = quantization;
    this.step = step;
    this.updates = updates;
    this.rounding = new Rounding(tf, step != null);
  }

  @Override
  public int roundedWeights() {
    return weights;
  }

  /** A layer's weights on the levels of their channels. */
  @Override
  public Operand<TFloat32> weight(String layer, Variable weight) {
    return weight(weight, weight.name(), weight.value());
  }

  @Override
  public Operand<TFloat32> folded(Variable weight, Operand<TFloat32> value) {
    return weight(weight, weight.name() + ".folded", value);
  }

  private Operand<TFloat32> weight(Variable weight, String name, Operand<TFloat32> value) {
    weights++;
    List<Integer> axes =
        switch (weight.kind()) {
          case DEPTHWISE -> List.of(0, 1);
          case DENSE -> List.of(0);
          default -> List.of(0, 1, 2);
        };
    return rounding.weights(operation(name), value, axes, quantization.weightLevels());
  }

  /** Variables may be called what operations may not. */
  private static String operation(String name) {
    return name.replace('/', '.');
  }

  /**
   * An activation on its levels.
   *
   * @param reader names it where no name is known of it
   */
  @Override
  public Operand<TFloat32> read(Operand<TFloat32> x, String reader) {
    return activation(x, reader + ".input");
  }

  private Operand<TFloat32> activation(Operand<TFloat32> x, String otherwise) {
    Trace trace = traces.computeIfAbsent(x.asOutput(), made -> trace(otherwise, false, false));
    if (trace.onLevels()) {
      return x;
    }
    return rounded.computeIfAbsent(x.asOutput(), made -> onLevels(x, trace));
  }

  private Operand<TFloat32> onLevels(Operand<TFloat32> x, Trace trace) {
    Variable range =
        variables.filled(
            trace.name() + Quantization.RANGE, Shape.of(2), Variable.Kind.RUNNING_STATISTIC, 0f);
    Operand<TFloat32> ends = range.value();
    if (step != null) {
      ends = rounding.moved(ends, x, trace.nonNegative(), frozen(step));
    }
    Operand<TFloat32> y =
        rounding.activation(
            operation(trace.name()), x, ends, trace.nonNegative(), quantization.activationLevels());
    if (step != null) {
      updates.add(
          new StatisticUpdate(
              y.asOutput(),
              ends,
              value ->
                  tf.withName(operation(trace.name() + Quantization.RANGE) + ".moved")
                      .assignVariableOp(range.handle(), value)));
    }
    traces.put(y.asOutput(), new Trace(trace.name(), trace.nonNegative(), true));
    return y;
  }

  private Operand<TBool> frozen(Operand<TInt64> now) {
    Operand<TBool> known = frozen;
    if (known == null) {
      known = tf.math.greaterEqual(now, tf.constant(quantization.frozenFrom()));
      frozen = known;
    }
    return known;
  }

  private Trace trace(String name, boolean nonNegative, boolean onLevels) {
    String own = name;
    for (int i = 2; !names.add(own); i++) {
      own = name + "-" + i;
    }
    return new Trace(own, nonNegative, onLevels);
  }

  @Override
  public void made(String name, Operand<TFloat32> y) {
    traces.put(y.asOutput(), trace(name, false, false));
  }

  @Override
  public void made(Convolved convolution, Operand<TFloat32> y) {
    made(convolution.name(), y);
    convolutions.put(y.asOutput(), convolution);
  }

  @Override
  public @Nullable Convolved below(Operand<TFloat32> x) {
    return convolutions.get(x.asOutput());
  }

  @Override
  public void derived(List<Operand<TFloat32>> sources, String how, Operand<TFloat32> y) {
    List<Trace> known = new ArrayList<>();
    for (Operand<TFloat32> source : sources) {
      Trace trace = traces.get(source.asOutput());
      if (trace != null) {
        known.add(trace);
      }
    }
    boolean nonNegative =
        known.size() == sources.size() && known.stream().allMatch(Trace::nonNegative);
    String of = known.isEmpty() ? "map" : known.get(0).name();
    traces.put(y.asOutput(), trace(of + "." + how, nonNegative, false));
  }

  /** The output of a ReLU on its levels; it is never below 0. */
  @Override
  public Operand<TFloat32> activated(Operand<TFloat32> x, UnaryOperator<Operand<TFloat32>> relu) {
    Operand<TFloat32> y = relu.apply(x);
    Trace trace = traces.get(x.asOutput());
    traces.put(y.asOutput(), trace((trace == null ? "map" : trace.name()) + ".relu", true, false));
    return activation(y, "map");
  }

  @Override
  public void same(Operand<TFloat32> x, Operand<TFloat32> y) {
    Trace trace = traces.get(x.asOutput());
    if (trace != null && !x.asOutput().equals(y.asOutput())) {
      traces.put(
          y.asOutput(), trace.onLevels() ? trace : trace(trace.name(), trace.nonNegative(), false));
    }
  }
}
