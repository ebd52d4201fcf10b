package org.kt4j.engine.cache;

import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TFloating;

/** How a number of knowledge is stored. */
public enum Precision {
  /** 32 bits: what the teacher computed. */
  SINGLE(Float.BYTES, TFloat32.class),
  /** 16 bits: half the room; three decimal digits, numbers up to 65504. */
  HALF(Short.BYTES, TFloat16.class);

  private final int bytes;
  private final Class<? extends TFloating> type;

  Precision(int bytes, Class<? extends TFloating> type) {
    this.bytes = bytes;
    this.type = type;
  }

  /** Bytes of a number. */
  public int bytes() {
    return bytes;
  }

  /** The type of the tensors. */
  public Class<? extends TFloating> type() {
    return type;
  }
}
