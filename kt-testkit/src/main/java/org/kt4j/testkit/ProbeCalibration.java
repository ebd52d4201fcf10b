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
    HeapTensor activation = teacher.get(tap);
    if (activation == null) {
      throw new IllegalArgumentException("the probe's teacher has no tap '" + tap + "'");
    }
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
}
