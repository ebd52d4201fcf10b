package org.kt4j.imagelevel;

import org.kt4j.data.ImageShape;
import org.kt4j.engine.export.MedianTime;
import org.kt4j.engine.task.AnsweringModel;

/**
 * How long an exported network takes on this machine, from bytes to logits: an estimate for its
 * model card. {@code benchmarks/run export} measures it in comparison.
 *
 * @param one median milliseconds for one picture
 * @param many median milliseconds for {@value #BATCH}
 */
public record Latency(double one, double many) {

  /** Pictures in the larger batch. */
  static final int BATCH = 64;

  /** Measures for about two seconds. */
  public static Latency of(LogitFunction network, ImageShape shape) {
    return new Latency(median(network, shape, 1), median(network, shape, BATCH));
  }

  /** The same, as all tasks tell it. */
  public AnsweringModel.Speed speed() {
    return new AnsweringModel.Speed(one, 1000 * BATCH / many, BATCH);
  }

  private static double median(LogitFunction network, ImageShape shape, int size) {
    byte[] pixels = new byte[size * shape.bytes()];
    return MedianTime.milliseconds(call -> network.logits(pixels, size));
  }
}
