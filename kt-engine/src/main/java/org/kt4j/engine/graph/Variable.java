package org.kt4j.engine.graph;

import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * One variable of a graph. Resource variables are used, not reference variables: a reading is a
 * snapshot, so that an update in the same step can never reach a gradient that is still computed.
 *
 * @param name the name within its set, as PyTorch would call it, such as {@code
 *     layer1.0.conv1.weight}
 * @param path the name in checkpoints, with the set's prefix, such as {@code
 *     student/layer1.0.conv1.weight}
 * @param shape fully known
 * @param kind what it is for
 * @param handle the resource
 * @param value its value in this step
 * @param initializer assigns the first value
 */
public record Variable(
    String name,
    String path,
    Shape shape,
    Kind kind,
    Operand<? extends TType> handle,
    Output<TFloat32> value,
    Op initializer) {

  /** The name of its layer: its own without the last part, as in {@code layer1.0.conv1}. */
  public String layer() {
    int end = name.lastIndexOf('.');
    return end < 0 ? name : name.substring(0, end);
  }

  /** What a variable is for; decides about training, weight decay and PyTorch's layout. */
  public enum Kind {
    /** Convolution weights {@code [kH, kW, in, out]}; in PyTorch {@code [out, in, kH, kW]}. */
    CONVOLUTION(true, true),
    /** Depthwise weights {@code [kH, kW, in, 1]}; in PyTorch {@code [in, 1, kH, kW]}. */
    DEPTHWISE(true, true),
    /** Dense weights {@code [in, out]}; in PyTorch {@code [out, in]}. */
    DENSE(true, true),
    /** Weights of a term's own, such as a regressor. */
    AUXILIARY(true, true),
    /** A bias of a convolution or dense layer. */
    BIAS(true, false),
    /** Scale or offset of a batch normalisation. */
    NORMALISATION(true, false),
    /** Running mean or variance of a batch normalisation: kept, never differentiated. */
    RUNNING_STATISTIC(false, false),
    /** Something that a term keeps from step to step. */
    MEMORY(false, false),
    /** Something that an optimizer remembers. */
    SLOT(false, false),
    /** 1 for each weight that is learnt, 0 for each that is held at zero. */
    MASK(false, false);

    private final boolean trainable;
    private final boolean weight;

    Kind(boolean trainable, boolean weight) {
      this.trainable = trainable;
      this.weight = weight;
    }

    /** Whether an optimizer updates it. */
    public boolean trainable() {
      return trainable;
    }

    /** Whether it is a weight, neither bias nor normalisation: always subject to weight decay. */
    public boolean weight() {
      return weight;
    }
  }
}
