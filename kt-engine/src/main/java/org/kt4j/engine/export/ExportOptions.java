package org.kt4j.engine.export;

import java.util.List;
import org.kt4j.engine.cache.Precision;

/**
 * The options of an export.
 *
 * @param input the type of the pictures that it takes
 * @param precision of its stored weights; the computation is in single precision in any case
 * @param taps names of inner activations that are outputs beside logits and probabilities
 * @param folded whether batch normalisation is multiplied into convolutions; off only to measure
 *     the effect
 */
public record ExportOptions(Input input, Precision precision, List<String> taps, boolean folded) {

  /** The type of pictures. */
  public enum Input {
    /** Bytes, 0 to 255, as decoders give them. */
    UINT8,
    /** Numbers from 0 to 1. */
    FLOAT32
  }

  /** Keeps a copy of the taps. */
  public ExportOptions {
    taps = List.copyOf(taps);
  }

  /** Bytes go in, single precision, no taps, folded. */
  public static ExportOptions defaults() {
    return new ExportOptions(Input.UINT8, Precision.SINGLE, List.of(), true);
  }

  /** With another type of pictures. */
  public ExportOptions input(Input other) {
    return new ExportOptions(other, precision, taps, folded);
  }

  /** With another precision. */
  public ExportOptions precision(Precision other) {
    return new ExportOptions(input, other, taps, folded);
  }

  /** With these taps. */
  public ExportOptions taps(List<String> others) {
    return new ExportOptions(input, precision, others, folded);
  }

  /** With the normalisations left as they are. */
  public ExportOptions unfolded() {
    return new ExportOptions(input, precision, taps, false);
  }
}
