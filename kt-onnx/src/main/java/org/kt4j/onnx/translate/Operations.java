package org.kt4j.onnx.translate;

import java.util.Map;
import java.util.TreeMap;
import org.kt4j.engine.export.QuantizedTensor;
import org.tensorflow.proto.NodeDef;

/** The operations of TensorFlow that have a translation. */
final class Operations {

  private static final Map<String, Rule> RULES = new TreeMap<>();

  static {
    ImageOperations.addTo(RULES);
    NumberOperations.addTo(RULES);
    ShapeOperations.addTo(RULES);
    RegionOperations.addTo(RULES);
  }

  private Operations() {}

  /**
   * Translates one.
   *
   * @throws org.kt4j.engine.export.ExportException when it has no translation
   */
  static void translate(Translation to, NodeDef node) {
    QuantizedTensor levels = to.rounded(node);
    if (levels != null) {
      RoundedOperations.rounded(to, node, levels);
      return;
    }
    Rule rule = RULES.get(node.getOp());
    if (rule == null) {
      throw Untranslatable.because(node.getOp(), node.getName(), "has no translation");
    }
    rule.translate(to, node);
  }
}
