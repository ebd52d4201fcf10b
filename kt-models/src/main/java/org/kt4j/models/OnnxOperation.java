package org.kt4j.models;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An operation of an ONNX graph.
 *
 * @param op what it does: {@code Conv}
 * @param domain whose operation that is; {@code com.microsoft} for those of ONNX Runtime
 * @param inputs names of tensors; empty where an optional one is left out
 * @param outputs names of tensors
 * @param numbers its attributes that are whole numbers
 */
record OnnxOperation(
    String op,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, List<Long>> numbers) {

  /** Keeps copies. */
  OnnxOperation {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    numbers = Map.copyOf(numbers);
  }

  /** Whether a domain is that of ONNX itself. */
  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  boolean is(String other) {
    return op.equals(other);
  }

  /** The name of an input; null when it is left out. */
  @Nullable String input(int index) {
    return index < inputs.size() && !inputs.get(index).isEmpty() ? inputs.get(index) : null;
  }

  /** An attribute that is one whole number. */
  long number(String name, long otherwise) {
    List<Long> given = numbers.get(name);
    return given == null ? otherwise : given.get(0);
  }
}
