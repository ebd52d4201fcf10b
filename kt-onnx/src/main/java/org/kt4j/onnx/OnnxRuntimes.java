package org.kt4j.onnx;

import java.nio.file.Path;
import org.kt4j.engine.model.ModelException;

/** Whether ONNX Runtime is there. No class of it is touched before that is known. */
final class OnnxRuntimes {

  private OnnxRuntimes() {}

  /**
   * Makes ONNX Runtime ready.
   *
   * @param model that needs it, for the message
   * @throws ModelException when it is not on the class path, or its libraries cannot be unpacked
   */
  static void require(Path model) {
    require(model.toString());
  }

  /**
   * Makes ONNX Runtime ready.
   *
   * @param model that needs it, for the message
   * @throws ModelException when it is not on the class path, or its libraries cannot be unpacked
   */
  static void require(String model) {
    try {
      Class.forName("ai.onnxruntime.OrtEnvironment", false, OnnxRuntimes.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new ModelException(
          model,
          "needs ONNX Runtime, which is not on the class path; fix: add the artifact"
              + " com.microsoft.onnxruntime:onnxruntime, or com.microsoft.onnxruntime:onnxruntime_gpu",
          e);
    }
    OnnxLibraries.unpack(model);
  }
}
