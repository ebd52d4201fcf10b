package org.kt4j.classification.export;

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

  private static final int WARM_UP = 5;
  private static final int MOST_CALLS = 50;
  private static final double MOST_SECONDS = 1;

  static Latency of(ExportedClassifier classifier) {
    return new Latency(median(classifier, 1), median(classifier, BATCH));
  }

  /** Pictures in a second, in batches of {@value #BATCH}. */
  public double throughput() {
    return 1000 * BATCH / many;
  }

  private static double median(ExportedClassifier classifier, int size) {
    ImageShape shape = classifier.shape();
    byte[] pixels = new byte[size * shape.bytes()];
    for (int i = 0; i < WARM_UP; i++) {
      classifier.logits(pixels, size);
    }
    double[] milliseconds = new double[MOST_CALLS];
    double seconds = 0;
    int calls = 0;
    while (calls < MOST_CALLS && (calls == 0 || seconds < MOST_SECONDS)) {
      long began = System.nanoTime();
      classifier.logits(pixels, size);
      double took = (System.nanoTime() - began) / 1e9;
      milliseconds[calls++] = 1000 * took;
      seconds += took;
    }
    double[] sorted = Arrays.copyOf(milliseconds, calls);
    Arrays.sort(sorted);
    return sorted[calls / 2];
  }
}
