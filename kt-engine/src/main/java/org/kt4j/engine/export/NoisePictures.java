package org.kt4j.engine.export;

import java.util.Random;
import org.kt4j.data.ImageShape;

/** Pictures of noise, the same every time, for exports that are checked where there is no data. */
public final class NoisePictures {

  private NoisePictures() {}

  /**
   * Paints some.
   *
   * @return uint8, {@code [count, H, W, C]}
   */
  public static byte[] of(ImageShape shape, int count) {
    byte[] pixels = new byte[Math.multiplyExact(count, shape.bytes())];
    new Random(1).nextBytes(pixels);
    return pixels;
  }
}
