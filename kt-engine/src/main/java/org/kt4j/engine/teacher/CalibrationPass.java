package org.kt4j.engine.teacher;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.api.CalibrationStatistics;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.graph.ImageGraph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a teacher did on training pictures as they are, not augmented.
 *
 * @param means {@code [N, C]} by tap
 * @param labels {@code [N]}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record CalibrationPass(Map<String, float[][]> means, int[] labels)
    implements CalibrationStatistics {

  /** Enough to know a channel's means by class; a few seconds of a large teacher's time. */
  public static final int PICTURES = 2_000;

  private static final int BATCH_SIZE = 100;

  /**
   * Runs the first {@value #PICTURES} pictures, or all if there are fewer, through a teacher.
   *
   * @param taps what is wanted; they exist
   */
  public static CalibrationPass of(Teacher teacher, ImageDataset pictures, List<String> taps) {
    int count = Math.min(PICTURES, pictures.size());
    int[] labels = new int[count];
    List<float[][]> means = taps.stream().map(tap -> new float[count][]).toList();
    try (ImageGraph graph = new ImageGraph(pictures.shape())) {
      Ops tf = graph.tf();
      MountedTeacher mounted = teacher.mount(graph, "surveyed", taps);
      mounted.load();
      List<Operand<TFloat32>> fetched =
          taps.stream().map(tap -> overPositions(tf, mounted.tap(tap))).toList();
      int bytes = pictures.shape().bytes();
      for (int first = 0; first < count; first += BATCH_SIZE) {
        int size = Math.min(BATCH_SIZE, count - first);
        byte[] pixels = new byte[size * bytes];
        for (int i = 0; i < size; i++) {
          pictures.copyImage(first + i, pixels, i * bytes);
          labels[first + i] = pictures.label(first + i);
        }
        List<float[]> results = graph.run(pixels, size, mounted::feed, fetched);
        for (int t = 0; t < taps.size(); t++) {
          float[] rows = results.get(t);
          int channels = rows.length / size;
          for (int i = 0; i < size; i++) {
            float[] row = new float[channels];
            System.arraycopy(rows, i * channels, row, 0, channels);
            means.get(t)[first + i] = row;
          }
        }
      }
    }
    Map<String, float[][]> byTap = new LinkedHashMap<>();
    for (int t = 0; t < taps.size(); t++) {
      byTap.put(taps.get(t), means.get(t));
    }
    return new CalibrationPass(byTap, labels);
  }

  private static Operand<TFloat32> overPositions(Ops tf, Operand<TFloat32> activation) {
    return activation.shape().numDimensions() == 4
        ? tf.math.mean(activation, tf.array(1, 2)) // [B, H, W, C] -> [B, C]
        : activation;
  }

  @Override
  public float[][] channelMeans(String tap) {
    float[][] rows = means.get(tap);
    if (rows == null) {
      throw new IllegalArgumentException(
          "the tap '" + tap + "' was not surveyed; these were: " + means.keySet());
    }
    return rows;
  }
}
