package org.kt4j.testkit;

import java.util.Map;
import org.kt4j.api.CalibrationStatistics;
import org.tensorflow.ndarray.Shape;

/** The calibration statistics of a probe's own batch. */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record ProbeCalibration(Map<String, HeapTensor> teacher, int[] labels)
    implements CalibrationStatistics {

  @Override
  public float[][] channelMeans(String tap) {
    HeapTensor activation = activation(tap);
    Shape shape = activation.shape();
    int images = Math.toIntExact(shape.get(0));
    int channels = Math.toIntExact(shape.get(-1));
    float[] values = activation.values();
    int positions = values.length / images / channels;
    float[][] means = new float[images][channels];
    for (int i = 0; i < values.length; i++) {
      means[i / channels / positions][i % channels] += values[i] / positions;
    }
    return means;
  }

  @Override
  public float[] negativeMeans(String tap) {
    HeapTensor activation = activation(tap);
    int channels = Math.toIntExact(activation.shape().get(-1));
    float[] values = activation.values();
    double[] sums = new double[channels];
    int[] counts = new int[channels];
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0) {
        sums[i % channels] += values[i];
        counts[i % channels]++;
      }
    }
    float[] means = new float[channels];
    for (int c = 0; c < channels; c++) {
      means[c] = counts[c] == 0 ? 0 : (float) (sums[c] / counts[c]);
    }
    return means;
  }

  private HeapTensor activation(String tap) {
    HeapTensor activation = teacher.get(tap);
    if (activation == null) {
      throw new IllegalArgumentException("the probe's teacher has no tap '" + tap + "'");
    }
    return activation;
  }
}
