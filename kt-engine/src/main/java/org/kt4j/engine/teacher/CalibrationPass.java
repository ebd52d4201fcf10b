package org.kt4j.engine.teacher;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.kt4j.api.CalibrationStatistics;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.replica.Replicas;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What a teacher did on training pictures as they are, not augmented.
 *
 * @param means {@code [N, C]} by tap
 * @param negatives the mean of each channel's negative activations, {@code [C]} by tap
 * @param labels {@code [N]}
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record CalibrationPass(
    Map<String, float[][]> means, Map<String, float[]> negatives, int[] labels)
    implements CalibrationStatistics {

  /** Enough to know a channel's means by class; a few seconds of a large teacher's time. */
  public static final int PICTURES = 2_000;

  private static final int BATCH_SIZE = 100;

  /** Of each tap and picture: the means, and the sums and counts of negative activations. */
  private static final int FETCHED = 3;

  /**
   * Runs the first {@value #PICTURES} pictures, or all if there are fewer, through a teacher.
   * Workers share the work, so all of them get the same numbers to the last bit, also where their
   * processors round in other ways.
   *
   * @param taps what is wanted; they exist
   * @param replicas the workers, which call this together
   */
  public static CalibrationPass of(
      Teacher teacher, ImageDataset pictures, List<String> taps, Replicas replicas) {
    int count = Math.min(PICTURES, pictures.size());
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = pictures.label(i);
    }
    List<List<float[]>> rows =
        IntStream.range(0, FETCHED * taps.size())
            .<List<float[]>>mapToObj(i -> new ArrayList<>())
            .toList();
    try (ImageGraph graph = new ImageGraph(pictures.shape())) {
      Ops tf = graph.tf();
      MountedTeacher mounted = teacher.mount(graph, "surveyed", taps);
      mounted.load();
      List<Operand<TFloat32>> fetched = new ArrayList<>();
      for (String tap : taps) {
        fetched.add(overPositions(tf, mounted.tap(tap)));
        fetched.addAll(NegativeMeans.parts(tf, mounted.tap(tap)));
      }
      replicas.inTurns(
          (count + BATCH_SIZE - 1) / BATCH_SIZE,
          batch -> {
            int first = batch * BATCH_SIZE;
            int size = Math.min(BATCH_SIZE, count - first);
            byte[] pixels = pictures.pixels(first, size);
            return packed(graph.run(pixels, size, mounted::feed, fetched), size);
          },
          batch -> unpack(batch, rows));
    }
    Map<String, float[][]> byTap = new LinkedHashMap<>();
    Map<String, float[]> below = new LinkedHashMap<>();
    for (int t = 0; t < taps.size(); t++) {
      byTap.put(taps.get(t), rows.get(FETCHED * t).toArray(float[][]::new));
      below.put(
          taps.get(t), NegativeMeans.of(rows.get(FETCHED * t + 1), rows.get(FETCHED * t + 2)));
    }
    return new CalibrationPass(byTap, below, labels);
  }

  /** The pictures of a batch and, for each that was fetched, the channels and all numbers. */
  private static byte[] packed(List<float[]> results, int size) {
    int numbers = results.stream().mapToInt(rows -> rows.length).sum();
    ByteBuffer bytes =
        ByteBuffer.allocate(Integer.BYTES * (1 + results.size()) + Float.BYTES * numbers);
    bytes.putInt(size);
    for (float[] rows : results) {
      bytes.putInt(rows.length / size);
      for (float number : rows) {
        bytes.putFloat(number);
      }
    }
    return bytes.array();
  }

  /** Adds a row for each picture. */
  private static void unpack(byte[] batch, List<List<float[]>> fetched) {
    ByteBuffer bytes = ByteBuffer.wrap(batch);
    int size = bytes.getInt();
    for (List<float[]> rows : fetched) {
      int channels = bytes.getInt();
      for (int i = 0; i < size; i++) {
        float[] row = new float[channels];
        for (int c = 0; c < channels; c++) {
          row[c] = bytes.getFloat();
        }
        rows.add(row);
      }
    }
  }

  private static Operand<TFloat32> overPositions(Ops tf, Operand<TFloat32> activation) {
    return activation.shape().numDimensions() == 4
        ? tf.math.mean(activation, tf.array(1, 2)) // [B, H, W, C] -> [B, C]
        : activation;
  }

  @Override
  public float[][] channelMeans(String tap) {
    return ofTap(means, tap);
  }

  @Override
  public float[] negativeMeans(String tap) {
    return ofTap(negatives, tap);
  }

  private static <T> T ofTap(Map<String, T> statistics, String tap) {
    T found = statistics.get(tap);
    if (found == null) {
      throw new IllegalArgumentException(
          "the tap '" + tap + "' was not surveyed; these were: " + statistics.keySet());
    }
    return found;
  }
}
