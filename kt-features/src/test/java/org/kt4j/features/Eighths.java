package org.kt4j.features;

import org.kt4j.testkit.HeapTensor;
import org.tensorflow.ndarray.Shape;

/**
 * Numbers that another program can make too: the n-th of a tensor is {@code ((n factor + offset)
 * mod 17 - 8) / 8}, exact in float32.
 */
final class Eighths {

  private Eighths() {}

  static HeapTensor of(int factor, int offset, long... axes) {
    Shape shape = Shape.of(axes);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int n = 0; n < values.length; n++) {
      values[n] = ((n * factor + offset) % 17 - 8) / 8f;
    }
    return HeapTensor.of(shape, values);
  }
}
