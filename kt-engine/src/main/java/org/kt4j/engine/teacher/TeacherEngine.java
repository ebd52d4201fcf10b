package org.kt4j.engine.teacher;

/** What computes a teacher. */
public enum TeacherEngine {
  /** TensorFlow, inside the training graph. */
  IN_GRAPH,
  /** ONNX Runtime; models of other tools through DJL. */
  ONNX,
  /** PyTorch, through DJL. */
  PYTORCH,
  /** TensorFlow beside the training graph, through DJL. */
  TENSORFLOW
}
