package org.kt4j.onnx.quantize;

import java.util.List;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxTensor;

/**
 * Weights as whole numbers, with a scale for each output channel, the first axis: {@code w = scale
 * q}, {@code q} from {@code -most} to {@code most}.
 *
 * @param levels the numbers
 * @param scales one for each channel
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record Kernel(OnnxTensor levels, float[] scales) {

  /**
   * Rounds weights.
   *
   * @param weights {@code [out, ...]}
   * @param bias {@code [out]}, or empty; a channel's scale is large enough for it, too
   * @param inputScale of what the weights are multiplied with
   * @param bits 8 or fewer
   */
  static Kernel of(OnnxTensor weights, float[] bias, float inputScale, int bits) {
    int most = (1 << (bits - 1)) - 1;
    float[] numbers = weights.floats();
    int channels = Math.toIntExact(weights.sizes().get(0));
    int each = numbers.length / channels;
    float[] scales = new float[channels];
    byte[] levels = new byte[numbers.length];
    for (int c = 0; c < channels; c++) {
      float largest = 0;
      for (int i = c * each; i < (c + 1) * each; i++) {
        largest = Math.max(largest, Math.abs(numbers[i]));
      }
      float scale = largest > 0 ? largest / most : 1;
      // A bias is a whole number of products of both scales.
      float least = Math.abs(bias.length == 0 ? 0 : bias[c]) / inputScale / (1 << 30);
      scales[c] = Math.max(scale, least);
      for (int i = c * each; i < (c + 1) * each; i++) {
        double level = Math.rint(numbers[i] / (double) scales[c]);
        levels[i] = (byte) Math.max(-most, Math.min(most, level));
      }
    }
    return new Kernel(OnnxTensor.bytes(Element.INT8, weights.sizes(), levels), scales);
  }

  /** A bias as whole numbers of 32 bits; its scale is the product of both. */
  static int[] bias(float[] bias, float[] scales) {
    int[] levels = new int[bias.length];
    for (int c = 0; c < bias.length; c++) {
      levels[c] = (int) Math.rint(bias[c] / (double) scales[c]);
    }
    return levels;
  }

  /** A list of zeros, as many as there are channels. */
  OnnxTensor zeros() {
    return OnnxTensor.bytes(Element.INT8, List.of((long) scales.length), new byte[scales.length]);
  }
}
