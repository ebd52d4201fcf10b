/** Graphs of TensorFlow, operation by operation, as graphs of ONNX. */
@NullMarked
package org.kt4j.onnx.translate;

import org.jspecify.annotations.NullMarked;
