package org.kt4j.engine.export;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.cache.Precision;

/**
 * The options of an export.
 *
 * @param format the name of its {@link ExportFormat}
 * @param input the type of the pictures that it takes
 * @param precision of its stored weights; the computation is in single precision in any case
 * @param taps names of inner activations that are outputs beside logits and probabilities
 * @param folded whether batch normalisation is multiplied into convolutions; off only to measure
 *     the effect
 * @param fixedSize whether it takes pictures of the network's size only, without resizing
 * @param int8 how it is computed in whole numbers of 8 bits; null where it is not
 */
public record ExportOptions(
    String format,
    Input input,
    Precision precision,
    List<String> taps,
    boolean folded,
    boolean fixedSize,
    @Nullable Int8Options int8) {

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

  /** A SavedModel, bytes go in, single precision, no taps, folded, any size. */
  public static ExportOptions defaults() {
    return new ExportOptions(
        SavedModelFormat.NAME, Input.UINT8, Precision.SINGLE, List.of(), true, false, null);
  }

  /** Format and precision in words: {@code saved-model}, {@code onnx, int8}. */
  public String form() {
    String computed = precision == Precision.HALF ? format + ", half" : format;
    return int8 == null ? computed : computed + ", int8";
  }

  /** In another format. */
  public ExportOptions format(String other) {
    return new ExportOptions(other, input, precision, taps, folded, fixedSize, int8);
  }

  /** With another type of pictures. */
  public ExportOptions input(Input other) {
    return new ExportOptions(format, other, precision, taps, folded, fixedSize, int8);
  }

  /** With another precision. */
  public ExportOptions precision(Precision other) {
    return new ExportOptions(format, input, other, taps, folded, fixedSize, int8);
  }

  /** With these taps. */
  public ExportOptions taps(List<String> others) {
    return new ExportOptions(format, input, precision, others, folded, fixedSize, int8);
  }

  /** With the normalisations left as they are. */
  public ExportOptions unfolded() {
    return new ExportOptions(format, input, precision, taps, false, fixedSize, int8);
  }

  /** For pictures of the network's size only, or of any. */
  public ExportOptions fixedSize(boolean fixed) {
    return new ExportOptions(format, input, precision, taps, folded, fixed, int8);
  }

  /** In whole numbers of 8 bits. */
  public ExportOptions int8(@Nullable Int8Options how) {
    return new ExportOptions(format, input, precision, taps, folded, fixedSize, how);
  }
}
