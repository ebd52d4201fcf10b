package org.kt4j.engine.export;

/** Bytes as numbers from 0 to 1. */
public final class UnitNumbers {

  private UnitNumbers() {}

  /** Each divided by 255. */
  public static float[] of(byte[] pixels) {
    float[] unit = new float[pixels.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (pixels[i] & 0xFF) / 255f;
    }
    return unit;
  }
}
