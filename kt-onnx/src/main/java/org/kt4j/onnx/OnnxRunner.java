package org.kt4j.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kt4j.config.NearestName;
import org.kt4j.engine.export.ExportRunner;
import org.kt4j.engine.export.ModelPorts;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.export.UnitNumbers;
import org.kt4j.engine.model.ModelException;
import org.tensorflow.proto.DataType;

/** An exported ONNX model, run by ONNX Runtime. */
final class OnnxRunner implements ExportRunner {

  private final String source;
  private final OrtSession session;
  private final ModelPorts ports;
  private ByteBuffer fed = ByteBuffer.allocateDirect(0);

  private OnnxRunner(String source, OrtSession session, ModelPorts ports) {
    this.source = source;
    this.session = session;
    this.ports = ports;
  }

  /**
   * Loads a model.
   *
   * @throws ModelException when ONNX Runtime cannot load it
   */
  static OnnxRunner open(Path file) {
    try (OrtSession.SessionOptions options = options()) {
      OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString(), options);
      return new OnnxRunner(file.toString(), session, ports(session));
    } catch (OrtException e) {
      throw failed(file.toString(), "load", e);
    }
  }

  /**
   * Loads a model that takes turns with TensorFlow.
   *
   * @param source where it comes from, for messages
   * @param content of its file
   * @throws ModelException when ONNX Runtime cannot load it
   */
  static OnnxRunner beside(String source, byte[] content) {
    try (OrtSession.SessionOptions options = options()) {
      // Threads that wait by spinning would take TensorFlow's processors after each call.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      OrtSession session = OrtEnvironment.getEnvironment().createSession(content, options);
      return new OnnxRunner(source, session, ports(session));
    } catch (OrtException e) {
      throw failed(source, "load", e);
    }
  }

  private static OrtSession.SessionOptions options() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    options.setIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
    return options;
  }

  private static ModelException failed(String source, String what, OrtException e) {
    return new ModelException(
        source,
        "ONNX Runtime cannot " + what + " it (" + e.getMessage() + "); fix: export it anew",
        e);
  }

  private static ModelPorts ports(OrtSession session) throws OrtException {
    List<ServingModel.Port> inputs = ports(session.getInputInfo().values());
    List<ServingModel.Port> outputs = ports(session.getOutputInfo().values());
    return new ModelPorts(
        inputs, outputs, "it goes from " + described(inputs) + " to " + described(outputs));
  }

  private static String described(List<ServingModel.Port> ports) {
    return ports.stream()
        .map(
            port ->
                port.key()
                    + port.sizes().stream()
                        .map(size -> size < 0 ? "any" : Long.toString(size))
                        .collect(Collectors.joining(", ", " [", "]")))
        .collect(Collectors.joining(", "));
  }

  private static List<ServingModel.Port> ports(Collection<NodeInfo> infos) {
    List<ServingModel.Port> ports = new ArrayList<>();
    for (NodeInfo info : infos) {
      if (info.getInfo() instanceof TensorInfo tensor) {
        ports.add(
            new ServingModel.Port(
                info.getName(),
                info.getName(),
                type(tensor.type),
                Arrays.stream(tensor.getShape()).boxed().toList()));
      }
    }
    return ports;
  }

  private static DataType type(OnnxJavaType type) {
    return switch (type) {
      case FLOAT -> DataType.DT_FLOAT;
      case UINT8 -> DataType.DT_UINT8;
      case INT32 -> DataType.DT_INT32;
      default -> DataType.DT_INVALID;
    };
  }

  /** What goes in and out. */
  ModelPorts ports() {
    return ports;
  }

  @Override
  public List<Output> run(byte[] pixels, long[] sizes, List<String> wanted) {
    for (String key : wanted) {
      if (ports.output(key).isEmpty()) {
        throw new IllegalArgumentException(
            NearestName.unknown(
                "output", key, ports.outputs().stream().map(ServingModel.Port::key).toList()));
      }
    }
    ServingModel.Port input = ports.inputs().get(0);
    try (OnnxTensor given = tensor(input, pixels, sizes);
        OrtSession.Result result =
            session.run(Map.of(input.key(), given), new LinkedHashSet<>(wanted))) {
      List<Output> found = new ArrayList<>();
      for (String key : wanted) {
        found.add(output((OnnxTensor) result.get(key).orElseThrow()));
      }
      return found;
    } catch (OrtException e) {
      throw failed(source, "run", e);
    }
  }

  private OnnxTensor tensor(ServingModel.Port input, byte[] pixels, long[] sizes)
      throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    if (input.type() == DataType.DT_UINT8) {
      room(pixels.length).put(pixels).flip();
      return OnnxTensor.createTensor(environment, fed, sizes, OnnxJavaType.UINT8);
    }
    FloatBuffer numbers =
        room(pixels.length * Float.BYTES).asFloatBuffer().put(UnitNumbers.of(pixels)).flip();
    return OnnxTensor.createTensor(environment, numbers, sizes);
  }

  /** Memory outside of the heap, which ONNX Runtime reads without copying it. */
  private ByteBuffer room(int bytes) {
    if (fed.capacity() < bytes) {
      fed = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    return fed.clear();
  }

  private static Output output(OnnxTensor tensor) throws OrtException {
    TensorInfo info = tensor.getInfo();
    float[] numbers;
    if (info.type == OnnxJavaType.FLOAT) {
      FloatBuffer values = tensor.getFloatBuffer();
      numbers = new float[values.remaining()];
      values.get(numbers);
    } else {
      IntBuffer values = tensor.getIntBuffer();
      numbers = new float[values.remaining()];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = values.get(i);
      }
    }
    return new Output(info.getShape(), numbers);
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw failed(source, "close", e);
    }
  }
}
