package org.kt4j.models;

import java.util.Locale;
import java.util.Optional;
import org.kt4j.engine.experiment.ModelOutput;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The tokens of a transformer as a tap, {@code [B, N, C]} as a map or as a vector. */
final class TokenTap {

  /** Batch, tokens, channels. */
  private static final int AXES = 3;

  private TokenTap() {}

  /** What is wrong with an output of this shape, and what would be right; empty if nothing is. */
  static Optional<String> problem(ModelOutput output, Shape shape) {
    if (output.plain()) {
      return Optional.empty();
    }
    if (shape.numDimensions() != AXES) {
      return Optional.of("no tokens [B, N, C]; fix: leave out tokens, skip and token");
    }
    long count = shape.get(1);
    Integer token = output.token();
    if (token != null) {
      return token < count
          ? Optional.empty()
          : Optional.of(count + " tokens; allowed: token: 0 to " + (count - 1));
    }
    long map = (long) output.height() * output.width();
    return output.skip() + map == count
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%d tokens, and tokens: %s with skip: %d are %d; fix: %s",
                count,
                output.tokens(),
                output.skip(),
                output.skip() + map,
                advice(output, shape)));
  }

  /** What makes a tap of tokens; empty of an output that has none. */
  static Optional<String> advice(Shape shape, ModelOutput output) {
    return shape.numDimensions() == AXES
        ? Optional.of("tokens of a transformer become one by " + advice(output, shape))
        : Optional.empty();
  }

  /** The smallest number of tokens in front, up to 16, that leaves a square. */
  private static String advice(ModelOutput output, Shape shape) {
    long count = shape.get(1);
    for (int skip = 0; skip <= Math.min(16, count - 1); skip++) {
      long side = Math.round(Math.sqrt((double) count - skip));
      if (side * side == count - skip) {
        return String.format(
            Locale.ROOT,
            "{output: %s, tokens: %dx%d, skip: %d}, or one of them: {output: %1$s, token: 0}",
            output.output(),
            side,
            side,
            skip);
      }
    }
    return String.format(
        Locale.ROOT,
        "tokens: HEIGHTxWIDTH and skip with height x width + skip = %d, or one of them: {output: %s,"
            + " token: 0}",
        count,
        output.output());
  }

  /** The shape of the tap. */
  static Shape shape(ModelOutput output, Shape raw) {
    if (output.plain() || problem(output, raw).isPresent()) {
      return raw;
    }
    return output.token() != null
        ? Shape.of(raw.get(0), raw.get(2))
        : Shape.of(raw.get(0), output.height(), output.width(), raw.get(2));
  }

  /**
   * The tap.
   *
   * @param activation {@code [B, N, C]}
   * @return {@code [B, H, W, C]} or {@code [B, C]}
   */
  static Operand<TFloat32> of(Ops tf, ModelOutput output, Operand<TFloat32> activation) {
    int channels = Math.toIntExact(activation.shape().get(2));
    Integer token = output.token();
    if (token != null) {
      return tf.reshape(
          tf.slice(activation, tf.array(0, token, 0), tf.array(-1, 1, channels)),
          tf.array(-1, channels)); // [B, 1, C] -> [B, C]
    }
    Operand<TFloat32> behind =
        output.skip() == 0
            ? activation
            : tf.slice(activation, tf.array(0, output.skip(), 0), tf.array(-1, -1, channels));
    return tf.reshape(
        behind,
        tf.array(-1, output.height(), output.width(), channels)); // [B, HW, C] -> [B, H, W, C]
  }
}
