package org.kt4j.engine.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

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

  /** A version 1 .npy file of float32 in C order: the numbers are its last bytes. */
  static float[] npy(Path file, int count) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    float[] numbers = new float[count];
    ByteBuffer.wrap(bytes, bytes.length - 4 * count, 4 * count)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(numbers);
    return numbers;
  }
}
