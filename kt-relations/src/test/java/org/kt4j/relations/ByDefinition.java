package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.ToDoubleFunction;
import org.kt4j.testkit.HeapTensor;

/** A loss worked out as its formula says, in double precision and without TensorFlow. */
final class ByDefinition {

  private static final double STEP = 1e-6;

  private ByDefinition() {}

  /** The rows of a picture's map, {@code [HW][C]}. */
  static double[][] rows(double[] maps, int picture, int positions, int channels) {
    double[][] rows = new double[positions][channels];
    for (int n = 0; n < positions; n++) {
      for (int c = 0; c < channels; c++) {
        rows[n][c] = maps[(picture * positions + n) * channels + c];
      }
    }
    return rows;
  }

  /** {@code X' Y} of {@code [HW][C]} and {@code [HW][D]}. */
  static double[][] product(double[][] x, double[][] y) {
    double[][] product = new double[x[0].length][y[0].length];
    for (int c = 0; c < product.length; c++) {
      for (int d = 0; d < product[c].length; d++) {
        for (int n = 0; n < x.length; n++) {
          product[c][d] += x[n][c] * y[n][d];
        }
      }
    }
    return product;
  }

  static double squaredDistance(double[][] one, double[][] other) {
    double sum = 0;
    for (int c = 0; c < one.length; c++) {
      for (int d = 0; d < one[c].length; d++) {
        sum += (one[c][d] - other[c][d]) * (one[c][d] - other[c][d]);
      }
    }
    return sum;
  }

  static double[] doubles(HeapTensor tensor) {
    double[] values = new double[tensor.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.values()[i];
    }
    return values;
  }

  /** Compares a gradient with central differences, to 1e-5 of its largest entry. */
  static void assertGradient(HeapTensor gradient, HeapTensor at, ToDoubleFunction<double[]> loss) {
    double[] values = doubles(at);
    double[] expected = new double[values.length];
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      double before = values[i];
      values[i] = before + STEP;
      double above = loss.applyAsDouble(values);
      values[i] = before - STEP;
      double below = loss.applyAsDouble(values);
      values[i] = before;
      expected[i] = (above - below) / (2 * STEP);
      largest = Math.max(largest, Math.abs(expected[i]));
    }
    assertThat(largest).isPositive();
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(gradient.values()[i] - expected[i]))
          .as("entry %d, expected %s", i, expected[i])
          .isLessThanOrEqualTo(1e-5 * largest);
    }
  }
}
