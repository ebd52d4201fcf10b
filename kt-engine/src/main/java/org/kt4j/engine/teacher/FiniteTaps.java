package org.kt4j.engine.teacher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.graph.ImageGraph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Looks for what is no number in what a teacher gives, before and while something learns from it.
 */
public final class FiniteTaps {

  /** Enough to find weights that are no numbers; a moment of a large teacher's time. */
  private static final int PICTURES = 32;

  private static final int BATCH_SIZE = 16;

  private FiniteTaps() {}

  /**
   * Runs the first {@value #PICTURES} pictures, or all if there are fewer, through a teacher.
   *
   * @param place where the teacher stands in the configuration, for the message
   * @param taps those to look at, which depend on the picture alone
   * @throws ConfigurationException when a tap gives NaN or infinite values
   */
  public static void require(
      String place, Teacher teacher, List<String> taps, ImageDataset pictures) {
    int count = Math.min(PICTURES, pictures.size());
    if (taps.isEmpty() || count == 0) {
      return;
    }
    long[] odd = new long[taps.size()];
    int[] seen = new int[taps.size()];
    try (ImageGraph graph = new ImageGraph(pictures.shape())) {
      MountedTeacher mounted = teacher.mount(graph, "looked-at", taps);
      mounted.load();
      List<Operand<TFloat32>> counts =
          taps.stream().map(tap -> odd(graph.tf(), mounted.tap(tap))).toList();
      for (int first = 0; first < count; first += BATCH_SIZE) {
        int size = Math.min(BATCH_SIZE, count - first);
        List<float[]> found = graph.run(pictures.pixels(first, size), size, mounted::feed, counts);
        for (int t = 0; t < odd.length; t++) {
          for (float ofPicture : found.get(t)) {
            odd[t] += (long) ofPicture;
            seen[t] += ofPicture > 0 ? 1 : 0;
          }
        }
      }
    }
    List<String> problems = new ArrayList<>();
    for (int t = 0; t < odd.length; t++) {
      if (odd[t] > 0) {
        String tap = taps.get(t);
        long[] axes = teacher.taps().shape(tap).asArray();
        long values = count * Arrays.stream(axes).skip(1).reduce(1, (a, b) -> a * b);
        problems.add(
            String.format(
                Locale.ROOT,
                "%s: %s: its %s hold %,d values that are NaN or infinite, of %,d, in %,d of %,d"
                    + " pictures; allowed: finite numbers. %s",
                place,
                teacher.source(),
                tap.equals(Taps.LOGITS) ? tap : "activations at " + tap,
                odd[t],
                values,
                seen[t],
                count,
                teacher.advice(place)));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /**
   * Of each picture, how many values are NaN or infinite.
   *
   * @param activation {@code [B, ...]}
   * @return {@code [B]}
   */
  public static Operand<TFloat32> odd(Ops tf, Operand<TFloat32> activation) {
    int[] axes = IntStream.range(1, activation.shape().numDimensions()).toArray();
    return tf.reduceSum(
        tf.dtypes.cast(tf.math.logicalNot(tf.math.isFinite(activation)), TFloat32.class),
        tf.constant(axes)); // [B, ...] -> [B]
  }
}
