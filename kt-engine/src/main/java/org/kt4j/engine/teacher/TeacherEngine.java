package org.kt4j.engine.teacher;

/** What computes a model of another tool. */
public enum TeacherEngine {
  /** TensorFlow, inside the training graph. */
  IN_GRAPH,
  /** ONNX Runtime, through DJL. */
  ONNX_RUNTIME,
  /** PyTorch, through DJL. */
  PYTORCH,
  /** TensorFlow beside the training graph, through DJL. */
  TENSORFLOW
}
