package org.kt4j.testkit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a method did with the activations of a {@link MethodProbe}.
 *
 * @param loss the scalar
 * @param gradients of the loss, by the student's tap
 * @param auxiliaryGradients of the loss, by the name of each auxiliary variable that it trains
 * @param knowledge what the method keeps of the teacher, by name
 * @param draws whether the loss draws random numbers, by {@link org.kt4j.api.StudentSide#seed}
 */
public record ProbeResult(
    float loss,
    Map<String, HeapTensor> gradients,
    Map<String, HeapTensor> auxiliaryGradients,
    Map<String, HeapTensor> knowledge,
    boolean draws) {

  /** Copies the maps and keeps their order. */
  public ProbeResult {
    gradients = Collections.unmodifiableMap(new LinkedHashMap<>(gradients));
    auxiliaryGradients = Collections.unmodifiableMap(new LinkedHashMap<>(auxiliaryGradients));
    knowledge = Collections.unmodifiableMap(new LinkedHashMap<>(knowledge));
  }

  /**
   * The gradient at one of the student's taps.
   *
   * @throws IllegalArgumentException when the method did not ask for it
   */
  public HeapTensor gradient(String tap) {
    return of(gradients, tap);
  }

  /**
   * The gradient of an auxiliary variable.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public HeapTensor auxiliaryGradient(String name) {
    return of(auxiliaryGradients, name);
  }

  /**
   * One tensor of the knowledge.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public HeapTensor knowledge(String name) {
    return of(knowledge, name);
  }

  private static HeapTensor of(Map<String, HeapTensor> tensors, String name) {
    HeapTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("there is no '" + name + "'; known: " + tensors.keySet());
    }
    return tensor;
  }

  /** Neither the loss nor a gradient is NaN or infinite. */
  public boolean isFinite() {
    return Float.isFinite(loss)
        && Stream.of(gradients, auxiliaryGradients)
            .flatMap(map -> map.values().stream())
            .allMatch(HeapTensor::isFinite);
  }
}
