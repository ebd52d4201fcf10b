package org.kt4j.engine.export;

import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;

/**
 * A tensor that a graph rounds to levels: {@code (level - zeroPoint) * scale}.
 *
 * @param input what is rounded, as a node names its input: {@code network/Relu_3} or {@code NAME:1}
 * @param output the node whose first output is the rounded tensor, such as {@code
 *     network/layer1.0.bn1.relu.quantized}
 * @param scales the distance of two levels: one, or one for each channel; exactly the floats that
 *     the graph computes with
 * @param axis of the channels; -1 with a single scale
 * @param zeroPoint the level of 0
 * @param bits of a level
 * @param signed whether levels are from {@code -2^(bits-1) + 1} to {@code 2^(bits-1) - 1};
 *     otherwise from 0 to {@code 2^bits - 1}
 * @param constant the levels themselves, of weights; null of an activation
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record QuantizedTensor(
    String input,
    String output,
    float[] scales,
    int axis,
    int zeroPoint,
    int bits,
    boolean signed,
    @Nullable Levels constant) {

  /**
   * Levels of a constant tensor.
   *
   * @param shape its axes, as the graph has them
   * @param values row-major
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
  public record Levels(Shape shape, byte[] values) {}
}
