package org.kt4j.engine.graph;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The numbers that {@link Layers} compute with: what layers read, which weights they have and what
 * a ReLU is. Everything is as it stands where nothing else is said: {@link #FLOATS}.
 */
interface Arithmetic {

  /** Computes in floats. */
  Arithmetic FLOATS = new Arithmetic() {};

  /**
   * A convolution whose output may be normalised.
   *
   * @param name of the layer
   * @param input as it is read
   * @param weight of the layer
   * @param bias null without one
   * @param conv its geometry
   */
  record Convolved(
      String name, Operand<TFloat32> input, Variable weight, @Nullable Variable bias, Conv conv) {}

  /**
   * An activation as a layer with weights reads it.
   *
   * @param layer its name
   */
  default Operand<TFloat32> input(Operand<TFloat32> x, String layer) {
    return read(x, layer);
  }

  /**
   * An activation as anything else reads it.
   *
   * @param reader a name for it
   */
  default Operand<TFloat32> read(Operand<TFloat32> x, String reader) {
    return x;
  }

  /**
   * The weights of a layer.
   *
   * @param layer its name
   */
  default Operand<TFloat32> weight(String layer, Variable weight) {
    return weight.value();
  }

  /**
   * What a layer goes on with.
   *
   * @param layer its name
   * @param y the product of its input and its weights, channels last
   */
  default Operand<TFloat32> product(String layer, Operand<TFloat32> y) {
    return y;
  }

  /** Says that the layer of a name leads around others, to an addition. */
  default void shortcut(String layer) {}

  /** Whether each convolution of a block of two has a shortcut of its own. */
  default boolean hasShortcutOfEachConvolution() {
    return false;
  }

  /** The output of a ReLU. */
  default Operand<TFloat32> activated(Operand<TFloat32> x, UnaryOperator<Operand<TFloat32>> relu) {
    return relu.apply(x);
  }

  /** Names what a layer has made. */
  default void made(String name, Operand<TFloat32> y) {}

  /** Remembers a convolution, and names what it has made. */
  default void made(Convolved convolution, Operand<TFloat32> y) {}

  /**
   * Names what was made of other activations.
   *
   * @param how behind the name of the first
   */
  default void derived(List<Operand<TFloat32>> sources, String how, Operand<TFloat32> y) {}

  /** Says that an activation has the values of another, in other places, or zeros. */
  default void same(Operand<TFloat32> x, Operand<TFloat32> y) {}

  /**
   * Says that dropout has made one activation of another.
   *
   * @param factor by which it is multiplied
   */
  default void dropped(Operand<TFloat32> x, Operand<TFloat32> factor, Operand<TFloat32> y) {
    same(x, y);
  }

  /**
   * The convolution whose output an activation is, if a normalisation behind it is multiplied into
   * its weights; null where it stays a normalisation.
   */
  default @Nullable Convolved below(Operand<TFloat32> x) {
    return null;
  }

  /** Weights of a convolution {@link #below} that a normalisation was multiplied into. */
  default Operand<TFloat32> folded(Variable weight, Operand<TFloat32> value) {
    return value;
  }

  /** How many weights have been rounded to levels. */
  default int roundedWeights() {
    return 0;
  }

  /** The weights that are signs. */
  default List<BinaryWeight> binaryWeights() {
    return List.of();
  }
}
