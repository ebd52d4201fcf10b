package org.kt4j.engine.teacher;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.model.ModelEngine;

/** What computes a model that somebody else trained. */
public enum TeacherEngine {
  /** TensorFlow, inside the training graph. */
  IN_GRAPH(null, TeacherInput.Layout.NHWC),
  /** ONNX Runtime, through DJL. */
  ONNX_RUNTIME(ModelEngine.ONNX_RUNTIME, TeacherInput.Layout.NCHW),
  /** PyTorch, through DJL. */
  PYTORCH(ModelEngine.PYTORCH, TeacherInput.Layout.NCHW),
  /** TensorFlow beside the training graph, through DJL. */
  TENSORFLOW(ModelEngine.TENSORFLOW, TeacherInput.Layout.NHWC);

  private final @Nullable ModelEngine beside;
  private final TeacherInput.Layout usualLayout;

  TeacherEngine(@Nullable ModelEngine beside, TeacherInput.Layout usualLayout) {
    this.beside = beside;
    this.usualLayout = usualLayout;
  }

  /** The engine beside the training graph; empty when it is inside. */
  Optional<ModelEngine> beside() {
    return Optional.ofNullable(beside);
  }

  /** Of the models that it computes, unless they say otherwise. */
  TeacherInput.Layout usualLayout() {
    return usualLayout;
  }
}
