package org.kt4j.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The tensors of a term that depend on the teacher alone, by name. Each has the batch as its first
 * axis, so that the part of one image can be stored and fed back by itself.
 */
public final class Knowledge {

  private static final Knowledge NONE = new Knowledge(Map.of());

  private final Map<String, Operand<TFloat32>> tensors;

  private Knowledge(Map<String, Operand<TFloat32>> tensors) {
    this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
  }

  /** The knowledge of a term without a teacher. */
  public static Knowledge none() {
    return NONE;
  }

  /** Knowledge of a single tensor. */
  public static Knowledge of(String name, Operand<TFloat32> tensor) {
    return new Knowledge(Map.of(name, tensor));
  }

  /** Knowledge of several tensors, kept in the given order. */
  public static Knowledge of(Map<String, ? extends Operand<TFloat32>> tensors) {
    return new Knowledge(new LinkedHashMap<>(tensors));
  }

  /** Collects knowledge of several tensors. */
  public static Builder builder() {
    return new Builder();
  }

  /** The tensors in the order in which they were added. */
  public Map<String, Operand<TFloat32>> tensors() {
    return tensors;
  }

  /**
   * One tensor.
   *
   * @throws IllegalArgumentException when there is none of that name
   */
  public Operand<TFloat32> get(String name) {
    Operand<TFloat32> tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no knowledge '" + name + "'; known: " + tensors.keySet());
    }
    return tensor;
  }

  /** Collects the tensors of a term. */
  public static final class Builder {

    private final Map<String, Operand<TFloat32>> tensors = new LinkedHashMap<>();

    private Builder() {}

    /**
     * Adds a tensor whose first axis is the batch.
     *
     * @throws IllegalArgumentException when the name is taken
     */
    public Builder put(String name, Operand<TFloat32> tensor) {
      if (tensors.putIfAbsent(name, tensor) != null) {
        throw new IllegalArgumentException("knowledge '" + name + "' was put twice");
      }
      return this;
    }

    /** The knowledge collected so far. */
    public Knowledge build() {
      return new Knowledge(tensors);
    }
  }
}
