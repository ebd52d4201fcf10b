package org.kt4j.nst;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * The options of {@code nst}.
 *
 * @param kernel compares two selectivity patterns
 * @param layers which maps are compared: teacher's tap to student's tap, each pair counted once
 */
public record NstOptions(
    @Description("compares two selectivity patterns") Kernel kernel,
    @Description("teacher's tap: student's tap") Map<String, String> layers) {

  /** The kernels. */
  public enum Kernel {
    /** {@code k(x, y) = (x . y)^2}. */
    POLYNOMIAL
  }

  /** Keeps the order of the pairs; there must be one. */
  public NstOptions {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    if (layers.isEmpty()) {
      throw new InvalidOptionException("layers", "{}", "one pair of taps or more");
    }
  }

  /** The polynomial kernel on the last stage. */
  public static NstOptions defaults() {
    return new NstOptions(Kernel.POLYNOMIAL, Map.of("stage3", "stage3"));
  }
}
