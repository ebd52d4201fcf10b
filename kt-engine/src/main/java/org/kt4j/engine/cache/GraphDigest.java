package org.kt4j.engine.cache;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.engine.teacher.Fingerprint;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.proto.NodeDef;

/**
 * A hash of the computation of a value in a graph: over its operation, that operation's attributes,
 * and, in the same way, all that it is computed from. Names do not count, except those of what
 * comes from outside: variables by their shared name, placeholders by their own.
 *
 * <p>So the options of a method, its choices by calibration, and the code of the method are all
 * part of the hash, without a list of them.
 */
public final class GraphDigest {

  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Map<String, String> digests = new HashMap<>();

  /** Of the values of a graph as it is now. */
  public GraphDigest(Graph graph) {
    graph.toGraphDef().getNodeList().forEach(node -> nodes.put(node.getName(), node));
  }

  /** The hash of a value, hexadecimal. */
  public String of(Output<?> value) {
    String target = value.op().name();
    Deque<String> open = new ArrayDeque<>();
    open.push(target);
    while (!open.isEmpty()) {
      NodeDef node = node(open.element());
      boolean ready = true;
      for (String input : node.getInputList()) {
        String name = TensorName.parse(input).operation();
        if (!digests.containsKey(name)) {
          open.push(name);
          ready = false;
        }
      }
      if (ready) {
        open.pop();
        digests.computeIfAbsent(node.getName(), name -> digest(node));
      }
    }
    return new Fingerprint().add(digest(target)).add(value.index()).hex();
  }

  private String digest(NodeDef node) {
    Fingerprint fingerprint = new Fingerprint().add(node.getOp());
    if (node.getOp().equals("Placeholder")) {
      fingerprint.add(node.getName());
    }
    new TreeMap<>(node.getAttrMap())
        .forEach((key, attribute) -> fingerprint.add(key).add(attribute.toByteArray()));
    for (String input : node.getInputList()) {
      // The output's index, ":1", or the mark of a control input, "^", stays beside the hash.
      String operation = TensorName.parse(input).operation();
      fingerprint.add(input.replace(operation, "")).add(digest(operation));
    }
    return fingerprint.hex();
  }

  private String digest(String operation) {
    String known = digests.get(operation);
    if (known == null) {
      throw new IllegalStateException("the graph is not free of cycles at " + operation);
    }
    return known;
  }

  private NodeDef node(String name) {
    NodeDef node = nodes.get(name);
    if (node == null) {
      throw new IllegalArgumentException("no operation '" + name + "' in the graph");
    }
    return node;
  }
}
