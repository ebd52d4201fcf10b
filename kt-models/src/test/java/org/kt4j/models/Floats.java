package org.kt4j.models;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers as models take and give them. */
final class Floats {

  private Floats() {}

  static ByteBuffer direct(float... values) {
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
    buffer.asFloatBuffer().put(values);
    return buffer;
  }

  static float[] of(DjlModel.Output output) {
    float[] values = new float[output.values().remaining() / Float.BYTES];
    output.values().asFloatBuffer().get(values);
    return values;
  }
}
