package org.kt4j.engine.graph;

/**
 * How a network is rounded while it is trained, so that it computes in whole numbers afterwards
 * (Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
 * Inference, 2018, section 3; Krishnamoorthi, Quantizing deep convolutional networks for efficient
 * inference, 2018, section 3).
 *
 * <pre>
 * q(x) = (clip(round(x / s) + z, lowest, highest) - z) s
 * </pre>
 *
 * where {@code s}, the scale, is the distance of two levels, {@code z}, the zero point, is a whole
 * number, and {@code round} goes to the nearest, halves to the even one, as ONNX's QuantizeLinear
 * does.
 *
 * <p><b>Weights</b> of convolutions and dense layers: signed, {@code z = 0}, levels {@code -n} to
 * {@code n} with {@code n = 2^(b-1) - 1}. Each output channel (each channel of a depthwise
 * convolution) has a scale of its own, {@code s = max|w| / n}, computed anew from the weights in
 * each step, so that no weight is ever clipped.
 *
 * <p><b>Activations</b>: levels 0 to {@code n = 2^b - 1}, one scale for a tensor. The variable
 * {@code NAME.range}, {@code [2]}, holds the least and the largest value, as a moving average over
 * the batches of which the newest counts {@value #RANGE_MOMENTUM}; the first batch counts whole.
 * From the step {@code frozenFrom} on it stays as it is, so that the last part of the training sees
 * the numbers that the trained network computes with. Behind a ReLU {@code z = 0} and {@code s =
 * max / n}. Elsewhere {@code z = round(-min n / (max - min))} and {@code s = max(max / (n - z),
 * -min / z)}, the least with which both ends have a level; 0 always lies within the range.
 *
 * <p>Rounded is what a convolution, a dense layer, an addition or a concatenation reads, what a
 * ReLU gives, and what a batch normalisation reads that is behind no convolution. A tensor is
 * rounded once, whoever reads it; a maximum, the picking of pixels and zeros beside it leave it on
 * its levels. What is only read by a ReLU is not rounded before it. The network's output is not
 * rounded.
 *
 * <p><b>Gradients</b> go through the rounding as if it were not there, and are 0 where a value is
 * outside of its range: {@code h + stopGradient(q(x) - h)} with {@code h} the clipped {@code x}
 * (the straight-through estimator). Ranges and scales are not differentiated.
 *
 * <p><b>Batch normalisation</b> behind a convolution is part of it in the trained network: each
 * channel's weights are multiplied by {@code f = gamma / sqrt(variance + epsilon)}, and the folded
 * weights are what has to be on the levels. In evaluation the graph is built so, with the running
 * statistics, and has no normalisation there. In training {@code w} is rounded, and the
 * normalisation with the statistics of the batch follows. Both round to the same levels, because
 * the rounding has a scale for each channel and is symmetric: {@code q(f w) = f q(w)} for every
 * number {@code f}, with the scale {@code |f| s} (up to the rounding of 32-bit floats). So training
 * needs neither a second convolution, for the statistics, nor a correction from the batch's to the
 * running statistics, which the cited papers need for scales that all channels share. Batch
 * normalisations that follow no convolution, as in pre-activation networks, compute in floats.
 *
 * <p><b>In the graph of evaluation</b>, and so of an export, every rounding is these operations.
 * {@code NAME} is the name of what is rounded, and {@code T} is {@code NAME.quantized}:
 *
 * <pre>
 * T.divided   RealDiv(x, T.scale)
 * T.rounded   Round(T.divided)
 * T.shifted   Add(T.rounded, T.zero-point)
 * T.level     ClipByValue(T.shifted, T.lowest, T.highest)
 * T.centred   Sub(T.level, T.zero-point)
 * T           Mul(T.centred, T.scale)
 * </pre>
 *
 * {@code T.lowest} and {@code T.highest} are constants: {@code -n} and {@code n} of weights, 0 and
 * {@code n} of activations. {@code T.scale} and {@code T.zero-point} depend on variables alone, so
 * they are known in an export; of activations they are scalars. {@code T.scale} of weights is
 * {@code [C]} (of {@code [kH, kW, in, C]} and {@code [in, C]}), or {@code [C, 1]} of depthwise
 * {@code [kH, kW, C, 1]}; {@code T.zero-point} is the constant 0. {@code NAME} of weights is {@code
 * LAYER.weight}, or {@code LAYER.weight.folded} where a normalisation is multiplied in, and then
 * the convolution is {@code LAYER.folded} and the normalisation's name is that of the BiasAdd
 * behind it. {@code NAME} of activations is the layer that made it, followed by {@code .relu},
 * {@code .sum}, {@code .joined}, {@code .mean} or {@code .pooled} for what happened to it since, or
 * {@code LAYER.input} where no layer made it. A scale is at least 2^-20, so that whole numbers of
 * 32 bits count a bias in the product of two scales. {@code
 * org.kt4j.engine.export.QuantizedTensors} finds all of them.
 *
 * @param weightBits bits of a weight, 2 to 8
 * @param activationBits bits of an activation, 2 to 8
 * @param frozenFrom the number of steps done from which the ranges stay as they are
 */
public record Quantization(int weightBits, int activationBits, long frozenFrom) {

  /** What the name of a variable with a range ends with. */
  static final String RANGE = ".range";

  /** The fewest bits. */
  public static final int FEWEST_BITS = 2;

  /** The most bits. */
  public static final int MOST_BITS = 8;

  /** The share of the newest batch in a range. */
  static final float RANGE_MOMENTUM = 0.1f;

  /** The smallest distance of two levels in evaluation. */
  static final float SMALLEST_SCALE = 0x1p-20f;

  /** The share of a run's steps after which ranges stay as they are: nine tenths. */
  private static final int FROZEN_TENTHS = 9;

  /** Checks the bits. */
  public Quantization {
    if (outside(weightBits) || outside(activationBits)) {
      throw new IllegalArgumentException(
          "bits: " + weightBits + " and " + activationBits + "; allowed: 2 to 8");
    }
  }

  private static boolean outside(int bits) {
    return bits < FEWEST_BITS || bits > MOST_BITS;
  }

  /**
   * Rounding whose ranges stay as they are in the last tenth of a training.
   *
   * @param steps of the whole training
   */
  public static Quantization of(int weightBits, int activationBits, long steps) {
    return new Quantization(weightBits, activationBits, steps * FROZEN_TENTHS / 10);
  }

  /** Whether the name of a variable is that of the range of an activation. */
  public static boolean isRange(String name) {
    return name.endsWith(RANGE);
  }

  /** The largest level of a weight. */
  int weightLevels() {
    return (1 << (weightBits - 1)) - 1;
  }

  /** The largest level of an activation. */
  int activationLevels() {
    return (1 << activationBits) - 1;
  }
}
