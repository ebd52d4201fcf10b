package org.kt4j.engine.export;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A graph with its signatures. Its weights are constants, so that {@code saved_model.pb} alone is
 * the model.
 */
public final class ServingModel {

  /**
   * An input or an output of a signature: the first output of an operation.
   *
   * @param key what callers name it by
   * @param operation its name in the graph
   * @param type of its numbers
   * @param sizes its axes, -1 where any size goes
   */
  public record Port(String key, String operation, DataType type, List<Long> sizes) {}

  private final GraphDef graph;
  private final MetaGraphDef.Builder model;
  private final Map<String, Signature> signatures = new LinkedHashMap<>();

  /** What goes in and what comes out. */
  private record Signature(List<Port> inputs, List<Port> outputs) {}

  /**
   * A model without signatures.
   *
   * @param graph without variables
   */
  public ServingModel(GraphDef graph) {
    this.graph = graph;
    model =
        MetaGraphDef.newBuilder()
            .setMetaInfoDef(
                MetaGraphDef.MetaInfoDef.newBuilder()
                    .addTags(SavedModelFile.TAG)
                    .setTensorflowVersion(TensorFlow.version())
                    .setStrippedDefaultAttrs(true))
            .setGraphDef(DefaultAttributes.stripped(graph));
  }

  /**
   * Adds a signature.
   *
   * @param key its name
   * @return this
   */
  public ServingModel signature(String key, List<Port> inputs, List<Port> outputs) {
    SignatureDef.Builder signature =
        SignatureDef.newBuilder().setMethodName("tensorflow/serving/predict");
    inputs.forEach(port -> signature.putInputs(port.key(), info(port)));
    outputs.forEach(port -> signature.putOutputs(port.key(), info(port)));
    model.putSignatureDef(key, signature.build());
    signatures.put(key, new Signature(List.copyOf(inputs), List.copyOf(outputs)));
    return this;
  }

  /** The graph, as far as the outputs of {@value SavedModelFile#SIGNATURE} need it. */
  public GraphDef reduced() {
    return ConstantGraph.reduced(
        graph, Stream.concat(inputs().stream(), outputs().stream()).map(Port::operation).toList());
  }

  /** The inputs of {@value SavedModelFile#SIGNATURE}. */
  public List<Port> inputs() {
    return usual().inputs();
  }

  /** The outputs of {@value SavedModelFile#SIGNATURE}. */
  public List<Port> outputs() {
    return usual().outputs();
  }

  /**
   * The outputs that a signature of their own has beside {@value SavedModelFile#SIGNATURE}, for
   * callers that can do with one only.
   */
  public List<String> singleOutputs() {
    return signatures.entrySet().stream()
        .filter(signature -> !signature.getKey().equals(SavedModelFile.SIGNATURE))
        .map(signature -> signature.getValue().outputs().get(0).key())
        .toList();
  }

  private Signature usual() {
    return Objects.requireNonNull(
        signatures.get(SavedModelFile.SIGNATURE), SavedModelFile.SIGNATURE);
  }

  /**
   * The same with its weights in half precision.
   *
   * @throws ExportException when one is too large for it
   */
  ServingModel half() {
    ServingModel half = new ServingModel(HalfPrecision.of(graph));
    signatures.forEach((key, ports) -> half.signature(key, ports.inputs(), ports.outputs()));
    return half;
  }

  private static TensorInfo info(Port port) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : port.sizes()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(new TensorName(port.operation(), 0).toString())
        .setDtype(port.type())
        .setTensorShape(shape)
        .build();
  }

  /** The bytes that the file will have. */
  public long size() {
    return file().getSerializedSize();
  }

  /** Writes {@code saved_model.pb}; the same model is the same bytes. */
  public void write(Path folder) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve(SavedModelFile.FILE))) {
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      // Attributes and signatures are maps, whose order is otherwise that of TensorFlow's hashes.
      coded.useDeterministicSerialization();
      file().writeTo(coded);
      coded.flush();
    }
  }

  private SavedModel file() {
    return SavedModel.newBuilder().setSavedModelSchemaVersion(1).addMetaGraphs(model).build();
  }
}
