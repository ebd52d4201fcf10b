package org.kt4j.onnx.translate;

import org.tensorflow.proto.NodeDef;

/** How one kind of operation is translated. */
@FunctionalInterface
interface Rule {

  /** Adds what computes the same, and says what the operation's outputs are called. */
  void translate(Translation to, NodeDef node);
}
