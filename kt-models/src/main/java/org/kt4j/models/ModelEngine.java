package org.kt4j.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.model.SavedModelFile;

/** Which engine runs a model. */
public enum ModelEngine {
  /** ONNX models, {@code .onnx}. */
  ONNX_RUNTIME("OnnxRuntime", "ai.djl.onnxruntime:onnxruntime-engine"),

  /** TorchScript models, {@code .pt}, {@code .pth} or {@code .torchscript}. */
  PYTORCH("PyTorch", "ai.djl.pytorch:pytorch-engine"),

  /** SavedModels, folders that hold a {@code saved_model.pb}. */
  TENSORFLOW("TensorFlow", "ai.djl.tensorflow:tensorflow-engine");

  private final String djlName;
  private final String artifact;

  ModelEngine(String djlName, String artifact) {
    this.djlName = djlName;
    this.artifact = artifact;
  }

  /** What DJL calls the engine. */
  public String djlName() {
    return djlName;
  }

  /**
   * Starts the engine with what it needs here, without its downloads and its maker's statistics;
   * harmless when called again. To be called before DJL is asked for a model of this engine.
   *
   * @param file that is to be run, for the message
   * @throws ModelException when the engine is not on the class path, or does not start
   */
  public void start(Path file) {
    EngineStart.start(this, file);
  }

  /** Group and name of the artifact that holds the engine. */
  String artifact() {
    return artifact;
  }

  /**
   * The engine for a kind of file; a file need not exist, the folder of a SavedModel must.
   *
   * @param file a model's file, or the folder of a SavedModel
   * @return empty when it is none of these kinds
   */
  public static Optional<ModelEngine> of(Path file) {
    Path last = file.getFileName();
    String name = last == null ? "" : last.toString().toLowerCase(Locale.ROOT);
    if (name.equals(SavedModelFile.FILE)
        || Files.isRegularFile(file.resolve(SavedModelFile.FILE))) {
      return Optional.of(TENSORFLOW);
    }
    if (name.endsWith(".onnx")) {
      return Optional.of(ONNX_RUNTIME);
    }
    boolean torch = name.endsWith(".pt") || name.endsWith(".pth") || name.endsWith(".torchscript");
    return torch ? Optional.of(PYTORCH) : Optional.empty();
  }
}
