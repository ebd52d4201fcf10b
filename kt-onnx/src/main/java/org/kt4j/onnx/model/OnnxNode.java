package org.kt4j.onnx.model;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An operation of a graph.
 *
 * @param op what it does: {@code Conv}
 * @param name its own
 * @param inputs names of tensors; an empty one where an optional input is left out
 * @param outputs names of tensors
 * @param attributes each a {@link Long}, {@link Float}, {@link String}, list of {@link Long}, or
 *     {@link OnnxGraph}
 */
public record OnnxNode(
    String op,
    String name,
    List<String> inputs,
    List<String> outputs,
    Map<String, Object> attributes) {

  /** Keeps copies. */
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
  }

  /** The first output. */
  public String output() {
    return outputs.get(0);
  }

  /** The same operation of other tensors. */
  public OnnxNode inputs(List<String> others) {
    return new OnnxNode(op, name, others, outputs, attributes);
  }

  /** The same operation with other results. */
  public OnnxNode outputs(List<String> others) {
    return new OnnxNode(op, name, inputs, others, attributes);
  }
}
