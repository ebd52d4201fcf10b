package org.kt4j.engine.student;

/** A function from pictures to logits. */
@FunctionalInterface
public interface LogitFunction {

  /**
   * The logits of some pictures.
   *
   * @param pixels uint8, {@code [size, H, W, C]}
   * @param size the number of pictures
   * @return {@code size} rows of as many numbers as there are classes
   */
  float[] logits(byte[] pixels, int size);
}
