package org.kt4j.engine.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kt4j.config.NearestName;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A SavedModel, run by TensorFlow. */
final class SavedModelRunner implements ExportRunner {

  private final SavedModelBundle model;
  private final ServingModel.Port input;
  private final Map<String, String> outputs = new TreeMap<>();

  private SavedModelRunner(SavedModelBundle model, ModelPorts ports) {
    this.model = model;
    this.input = ports.inputs().get(0);
    ports.outputs().forEach(port -> outputs.put(port.key(), port.operation()));
  }

  /**
   * Loads a model.
   *
   * @throws ModelException when TensorFlow cannot load it
   */
  static SavedModelRunner open(Path folder, ModelPorts ports) {
    NativeRuntime.start();
    try {
      return new SavedModelRunner(
          SavedModelBundle.loader(folder.toString())
              .withTags(SavedModelFile.TAG)
              .withConfigProto(NativeRuntime.sessionConfig())
              .load(),
          ports);
    } catch (RuntimeException e) {
      throw new ModelException(
          folder,
          "TensorFlow cannot load it (" + TensorFlowFailure.reason(e) + "); fix: export it anew",
          e);
    }
  }

  @Override
  public List<Output> run(byte[] pixels, long[] sizes, List<String> wanted) {
    Session.Runner runner = model.session().runner();
    for (String key : wanted) {
      String tensor = outputs.get(key);
      if (tensor == null) {
        throw new IllegalArgumentException(NearestName.unknown("output", key, outputs.keySet()));
      }
      runner.fetch(tensor);
    }
    try (Tensor images = tensor(pixels, Shape.of(sizes));
        Result result = runner.feed(input.operation(), images).run()) {
      List<Output> found = new ArrayList<>();
      for (int i = 0; i < wanted.size(); i++) {
        found.add(new Output(result.get(i).shape().asArray(), numbers(result.get(i))));
      }
      return found;
    }
  }

  private static float[] numbers(Tensor tensor) {
    if (tensor instanceof TFloat32 floats) {
      return ImageGraph.floats(floats);
    }
    int[] whole = new int[Math.toIntExact(tensor.size())];
    ((TInt32) tensor).asRawTensor().data().asInts().read(whole);
    float[] numbers = new float[whole.length];
    for (int i = 0; i < whole.length; i++) {
      numbers[i] = whole[i];
    }
    return numbers;
  }

  private Tensor tensor(byte[] pixels, Shape shape) {
    if (input.type() == DataType.DT_UINT8) {
      return TUint8.tensorOf(shape, DataBuffers.of(pixels, true, false));
    }
    return TFloat32.tensorOf(shape, DataBuffers.of(UnitNumbers.of(pixels), true, false));
  }

  @Override
  public void close() {
    model.close();
  }
}
