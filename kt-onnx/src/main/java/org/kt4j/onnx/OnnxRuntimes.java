package org.kt4j.onnx;

import ai.djl.engine.Engine;
import java.nio.file.Path;
import org.kt4j.engine.model.ModelException;

/** Whether ONNX Runtime is there. No class of it is touched before that is known. */
final class OnnxRuntimes {

  private static final String DJL_ENGINE = "OnnxRuntime";

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
    leaveTheEnvironmentToDjl();
  }

  /**
   * DJL's engine makes the environment of the process with options of its own, and does not start
   * where there is one already. So where that engine is on the class path, it comes first.
   */
  private static synchronized void leaveTheEnvironmentToDjl() {
    setUnlessGiven("OPT_OUT_TRACKING");
    // Or each of its arrays starts TensorFlow or PyTorch for the operations that it lacks itself.
    setUnlessGiven("ai.djl.onnx.disable_alternative");
    try {
      if (Engine.hasEngine(DJL_ENGINE)) {
        Engine.getEngine(DJL_ENGINE);
      }
    } catch (RuntimeException | LinkageError | AssertionError e) {
      // Told where that engine is needed; here ONNX Runtime is enough.
    }
  }

  private static void setUnlessGiven(String property) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, "true");
    }
  }
}
