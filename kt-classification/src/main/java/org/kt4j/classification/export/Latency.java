package org.kt4j.classification.export;

import org.kt4j.engine.export.MedianTime;

import java.util.Arrays;
import org.kt4j.data.ImageShape;
/**
 * How long an exported classifier takes on this machine, from bytes to logits through TensorFlow's
 * session: an impression for its card. {@code benchmarks/run export} compares.
 *
 * @param one median milliseconds for one picture
 * @param many median milliseconds for {@value #BATCH}
 */
public record Latency(double one, double many) {

  /** Pictures in the larger batch. */
  public static final int BATCH = 64;

  static Latency of(ExportedClassifier classifier) {
    return new Latency(median(classifier, 1), median(classifier, BATCH));
  }

  /** Pictures in a second, in batches of {@value #BATCH}. */
  public double throughput() {
    return 1000 * BATCH / many;
  }

  private static double median(ExportedClassifier classifier, int size) {
    byte[] pixels = new byte[size * classifier.shape().bytes()];
    return MedianTime.milliseconds(call -> classifier.logits(pixels, size));
  }
}
