package org.kt4j.models;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.kt4j.engine.cache.Precision;

/** Numbers in the type that a model's input takes; the memory is kept for the next. */
final class FedNumbers {

  private final DataType type;
  private ByteBuffer room = ByteBuffer.allocateDirect(0);

  /**
   * Converts to a type.
   *
   * @param type as {@link ModelInput} calls it; numbers become {@link ModelInput#UINT8} by rounding
   */
  FedNumbers(String type) {
    this.type =
        switch (type) {
          case ModelInput.FLOAT32 -> DataType.FLOAT32;
          case ModelInput.FLOAT16 -> DataType.FLOAT16;
          case ModelInput.FLOAT64 -> DataType.FLOAT64;
          case ModelInput.UINT8 -> DataType.UINT8;
          default -> throw new IllegalArgumentException("nothing is fed as " + type);
        };
  }

  DataType type() {
    return type;
  }

  /**
   * The same numbers.
   *
   * @param values float32, in native order
   * @return valid until the next call
   */
  ByteBuffer of(ByteBuffer values) {
    if (type == DataType.FLOAT32) {
      return values;
    }
    FloatBuffer numbers = values.asFloatBuffer();
    int count = numbers.remaining();
    int bytes = Math.multiplyExact(count, type.getNumOfBytes());
    if (room.capacity() != bytes) {
      room = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    room.clear();
    if (type == DataType.UINT8) {
      for (int i = 0; i < count; i++) {
        room.put(i, (byte) Math.max(0, Math.min(255, Math.round(numbers.get(i)))));
      }
    } else if (type == DataType.FLOAT64) {
      DoubleBuffer wider = room.asDoubleBuffer();
      for (int i = 0; i < count; i++) {
        wider.put(i, numbers.get(i));
      }
    } else {
      float[] all = new float[count];
      numbers.get(all);
      room.asShortBuffer().put(Precision.halves(all));
    }
    return room;
  }
}
