package org.kt4j.comparison.figures;

/**
 * What one neuron does on one picture.
 *
 * @param height rows of positions
 * @param width columns of positions
 * @param activations {@code [height, width]} row by row
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record HeatMap(int height, int width, float[] activations) {

  /**
   * One channel of one picture out of a feature map.
   *
   * @param map {@code [N, height, width, channels]} row by row
   */
  static HeatMap of(float[] map, int height, int width, int channels, int picture, int channel) {
    float[] activations = new float[height * width];
    for (int p = 0; p < activations.length; p++) {
      activations[p] = map[(picture * activations.length + p) * channels + channel];
    }
    return new HeatMap(height, width, activations);
  }

  /** The largest activation; 0 when none is above. */
  float largest() {
    float largest = 0;
    for (float activation : activations) {
      largest = Math.max(largest, activation);
    }
    return largest;
  }

  /**
   * The activation somewhere on the picture, bilinear between the middles of the positions.
   *
   * @param down from 0 at the picture's upper edge to 1 at its lower
   * @param along from 0 at its left edge to 1 at its right
   */
  double at(double down, double along) {
    double y = Math.max(0, Math.min(height - 1, down * height - 0.5));
    double x = Math.max(0, Math.min(width - 1, along * width - 0.5));
    int top = (int) y;
    int left = (int) x;
    int bottom = Math.min(top + 1, height - 1);
    int right = Math.min(left + 1, width - 1);
    double upper =
        mixed(activations[top * width + left], activations[top * width + right], x - left);
    double lower =
        mixed(activations[bottom * width + left], activations[bottom * width + right], x - left);
    return mixed(upper, lower, y - top);
  }

  private static double mixed(double one, double other, double share) {
    return one + share * (other - one);
  }
}
