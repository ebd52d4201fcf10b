package org.kt4j.engine.export;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Attributes that say what TensorFlow assumes anyway. Without them an older TensorFlow, which does
 * not know the newest attributes, takes the graph without complaint; the loader of a SavedModel
 * puts them back.
 */
final class DefaultAttributes {

  private DefaultAttributes() {}

  /** The same graph without them. */
  static GraphDef stripped(GraphDef graph) {
    Map<String, Map<String, AttrValue>> defaults = new HashMap<>();
    for (OpDef operation : TensorFlow.registeredOpList().getOpList()) {
      Map<String, AttrValue> own = new HashMap<>();
      operation.getAttrList().stream()
          .filter(OpDef.AttrDef::hasDefaultValue)
          .forEach(attribute -> own.put(attribute.getName(), attribute.getDefaultValue()));
      defaults.put(operation.getName(), own);
    }
    GraphDef.Builder result = graph.toBuilder().clearNode();
    for (NodeDef node : graph.getNodeList()) {
      NodeDef.Builder plain = node.toBuilder();
      Map<String, AttrValue> own = defaults.getOrDefault(node.getOp(), Map.of());
      node.getAttrMap()
          .forEach(
              (name, value) -> {
                if (value.equals(own.get(name))) {
                  plain.removeAttr(name);
                }
              });
      result.addNode(plain);
    }
    return result.build();
  }
}
