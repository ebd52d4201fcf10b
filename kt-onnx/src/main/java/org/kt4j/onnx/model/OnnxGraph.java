package org.kt4j.onnx.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A graph that is being written: operations in an order in which they can be computed. */
public final class OnnxGraph {

  private final String name;
  private final List<OnnxPort> inputs = new ArrayList<>();
  private final List<OnnxPort> outputs = new ArrayList<>();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();

  /** An empty graph. */
  public OnnxGraph(String name) {
    this.name = name;
  }

  /** Its name, which viewers show. */
  public String name() {
    return name;
  }

  /** What has to be fed; may be changed. */
  public List<OnnxPort> inputs() {
    return inputs;
  }

  /** What is computed; may be changed. */
  public List<OnnxPort> outputs() {
    return outputs;
  }

  /** The operations, each after those that it reads; may be changed. */
  public List<OnnxNode> nodes() {
    return nodes;
  }

  /** Constants by name; may be changed. */
  public Map<String, OnnxTensor> initializers() {
    return initializers;
  }

  /** The names of all tensors that operations read or graphs give, subgraphs included. */
  public Set<String> read() {
    Set<String> read = new HashSet<>();
    outputs.forEach(port -> read.add(port.name()));
    for (OnnxNode node : nodes) {
      read.addAll(node.inputs());
      for (Object attribute : node.attributes().values()) {
        if (attribute instanceof OnnxGraph graph) {
          read.addAll(graph.read());
        }
      }
    }
    return read;
  }

  /** Removes constants that nothing reads. */
  public void removeUnread() {
    initializers.keySet().retainAll(read());
  }
}
