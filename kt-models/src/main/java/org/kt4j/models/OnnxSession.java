package org.kt4j.models;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Loads ONNX models with the settings that suit a training step. A class of its own: no other names
 * ONNX Runtime's classes, and it is touched only when they are known to be there.
 */
final class OnnxSession {

  private static final String TENSOR_TYPE = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

  private OnnxSession() {}

  /**
   * Loads a model.
   *
   * @param added outputs beside those that the file lists
   * @param operations that are added, for these outputs
   */
  static Model load(Path file, OnnxFile onnx, List<String> added, List<ByteString> operations)
      throws IOException, MalformedModelException {
    Model model =
        Model.newInstance(file.toString(), Device.cpu(), ModelEngine.ONNX_RUNTIME.djlName());
    try (SessionOptions settings = new SessionOptions()) {
      // Worker threads wait for the next operation by spinning, and go on so after the last one:
      // 30 ms of a processor that the step of TensorFlow which follows each call should have.
      // Without it a call takes 77 instead of 75 ms (ResNet-56, 64 pictures, two processors).
      settings.addConfigEntry("session.intra_op.allow_spinning", "0");
      // As many as by default; but a number that is given leaves the threads free to move, and by
      // default each is tied to a processor, where another may be at work: 88 instead of 77 ms.
      settings.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
      settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      Map<String, Object> options = Map.of("sessionOptions", settings);
      if (added.isEmpty()) {
        model.load(file, null, options);
        return model;
      }
      weightsBeside(file, settings);
      try (InputStream in = onnx.withOutputs(added, operations)) {
        model.load(in, options);
      }
      return model;
    } catch (IOException | MalformedModelException | RuntimeException e) {
      model.close();
      throw e;
    } catch (OrtException e) {
      model.close();
      throw new MalformedModelException("a setting is refused", e);
    }
  }

  /** Weights that lie beside the model are looked for here, for a stream has no place. */
  private static void weightsBeside(Path file, SessionOptions settings) throws OrtException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      settings.addConfigEntry(
          "session.model_external_initializers_file_folder_path", folder.toString());
    }
  }

  /**
   * The types of tensors as ONNX Runtime infers them.
   *
   * @param wanted names of tensors, listed by the file or not; those that are no tensors are left
   *     out
   * @param added those that the file does not list
   */
  static Map<String, String> types(
      Path file, OnnxFile onnx, List<String> wanted, List<String> added)
      throws IOException, MalformedModelException {
    try (SessionOptions settings = new SessionOptions();
        InputStream in = onnx.withOutputs(added, List.of())) {
      settings.setOptimizationLevel(SessionOptions.OptLevel.NO_OPT);
      settings.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      weightsBeside(file, settings);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(in.readAllBytes(), settings)) {
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        Map<String, String> types = new LinkedHashMap<>();
        for (String name : wanted) {
          NodeInfo output = outputs.get(name);
          if (output != null && output.getInfo() instanceof TensorInfo tensor) {
            types.put(name, named(tensor));
          }
        }
        return types;
      }
    } catch (OrtException e) {
      throw new MalformedModelException(String.valueOf(e.getMessage()), e);
    }
  }

  private static String named(TensorInfo tensor) {
    String type = tensor.onnxType.name().replace(TENSOR_TYPE, "").toLowerCase(Locale.ROOT);
    return switch (type) {
      case "float" -> ModelInput.FLOAT32;
      case "double" -> ModelInput.FLOAT64;
      default -> type;
    };
  }
}
