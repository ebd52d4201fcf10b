package org.kt4j.testkit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a method did with the activations of a {@link MethodProbe}.
 *
 * @param loss the scalar
 * @param gradients of the loss, by the student's tap; only taps that the loss depends on
 * @param knowledge what the method keeps of the teacher, by name
 */
public record ProbeResult(
    float loss, Map<String, HeapTensor> gradients, Map<String, HeapTensor> knowledge) {

  /** Copies both maps and keeps their order. */
  public ProbeResult {
    gradients = Collections.unmodifiableMap(new LinkedHashMap<>(gradients));
    knowledge = Collections.unmodifiableMap(new LinkedHashMap<>(knowledge));
  }

  /**
   * The gradient at one of the student's taps.
   *
   * @throws IllegalArgumentException when the loss does not depend on it
   */
  public HeapTensor gradient(String tap) {
    HeapTensor gradient = gradients.get(tap);
    if (gradient == null) {
      throw new IllegalArgumentException(
          "the loss does not depend on '" + tap + "'; it does on: " + gradients.keySet());
    }
    return gradient;
  }

  /** Neither the loss nor a gradient is NaN or infinite. */
  public boolean isFinite() {
    return Float.isFinite(loss) && gradients.values().stream().allMatch(HeapTensor::isFinite);
  }
}
