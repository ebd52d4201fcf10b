package org.kt4j.engine.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Layers that compute with signs; see {@link Binarization}. */
final class BinaryLayers implements Arithmetic {

  /** What dropout has made: its argument, and what that was multiplied by. */
  private record Dropped(Operand<TFloat32> x, Operand<TFloat32> factor) {}

  private final Ops tf;
  private final Variables variables;
  private final Binarization how;
  private final Set<String> inFloats;
  private final boolean learning;
  private final Map<Output<?>, Operand<TFloat32>> signs = new HashMap<>();
  private final Map<Output<?>, Dropped> dropped = new HashMap<>();
  private final Map<String, BinaryWeight> weights = new HashMap<>();
  private final List<BinaryWeight> inOrder = new ArrayList<>();

  /**
   * Nothing is built yet.
   *
   * @param inFloats names of layers that compute in floats
   * @param learning whether gradients flow
   */
  BinaryLayers(
      Ops tf, Variables variables, Binarization how, Set<String> inFloats, boolean learning) {
    this.tf = tf;
    this.variables = variables;
    this.how = how;
    this.inFloats = new HashSet<>(inFloats);
    this.learning = learning;
  }

  @Override
  public Operand<TFloat32> input(Operand<TFloat32> x, String layer) {
    if (inFloats.contains(layer)) {
      return x;
    }
    Operand<TFloat32> known = signs.get(x.asOutput());
    if (known == null) {
      known = signed(x, layer);
      signs.put(x.asOutput(), known);
    }
    return known;
  }

  private Operand<TFloat32> signed(Operand<TFloat32> x, String layer) {
    Dropped from = dropped.get(x.asOutput());
    // A value that was set to 0 is to stay without influence, and 0 has no sign.
    return from == null
        ? sign(layer + ".input", x)
        : tf.math.mul(input(from.x(), layer), from.factor());
  }

  @Override
  public Operand<TFloat32> weight(String layer, Variable weight) {
    if (inFloats.contains(layer)) {
      return weight.value();
    }
    variables.limit(weight, Binarization.LIMIT);
    Operand<TFloat32> sign = sign(weight.name(), weight.value());
    BinaryWeight binary =
        new BinaryWeight(
            weight,
            sign.asOutput(),
            how.scheme() == Binarization.Scheme.XNOR ? scale(weight).asOutput() : null);
    weights.put(layer, binary);
    inOrder.add(binary);
    return sign;
  }

  /** The mean of the sizes for each output channel, {@code [C]}. */
  private Operand<TFloat32> scale(Variable weight) {
    int[] axes =
        switch (weight.kind()) {
          case DEPTHWISE -> new int[] {0, 1, 3}; // [kH, kW, C, 1]
          case DENSE -> new int[] {0}; // [in, C]
          default -> new int[] {0, 1, 2}; // [kH, kW, in, C]
        };
    return tf.withName(weight.name().replace('/', '.') + ".scale")
        .math
        .mean(tf.math.abs(weight.value()), tf.constant(axes));
  }

  @Override
  public Operand<TFloat32> product(String layer, Operand<TFloat32> y) {
    BinaryWeight weight = weights.get(layer);
    Output<TFloat32> scale = weight == null ? null : weight.scale();
    return scale == null ? y : tf.withName(layer + ".scaled").math.mul(y, scale);
  }

  /** Where gradients flow, the value of one and the slope of the other: what is added is 0. */
  private Operand<TFloat32> sign(String name, Operand<TFloat32> x) {
    Ops named = tf.withName(name.replace('/', '.') + ".sign");
    if (!learning) {
      return oneOrMinusOne(named, x);
    }
    Operand<TFloat32> clipped =
        tf.clipByValue(x, tf.constant(-Binarization.LIMIT), tf.constant(Binarization.LIMIT));
    Operand<TFloat32> sign = tf.stopGradient(oneOrMinusOne(tf, x));
    return named.math.add(sign, tf.math.sub(clipped, tf.stopGradient(clipped)));
  }

  /** TensorFlow's own sign of 0 is 0. */
  private Operand<TFloat32> oneOrMinusOne(Ops named, Operand<TFloat32> x) {
    return named.select(
        tf.math.greaterEqual(x, tf.constant(0f)), tf.constant(1f), tf.constant(-1f));
  }

  @Override
  public void shortcut(String layer) {
    inFloats.add(layer);
  }

  @Override
  public boolean hasShortcutOfEachConvolution() {
    return how.shortcuts() == Binarization.Shortcuts.CONVOLUTION;
  }

  @Override
  public Operand<TFloat32> activated(Operand<TFloat32> x, UnaryOperator<Operand<TFloat32>> relu) {
    return switch (how.scheme()) {
      case XNOR -> x;
      case BNN ->
          tf.clipByValue(x, tf.constant(-Binarization.LIMIT), tf.constant(Binarization.LIMIT));
    };
  }

  @Override
  public void dropped(Operand<TFloat32> x, Operand<TFloat32> factor, Operand<TFloat32> y) {
    dropped.put(y.asOutput(), new Dropped(x, factor));
  }

  @Override
  public List<BinaryWeight> binaryWeights() {
    return List.copyOf(inOrder);
  }
}
