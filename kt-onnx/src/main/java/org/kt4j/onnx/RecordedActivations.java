package org.kt4j.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.UnitNumbers;
import org.kt4j.onnx.model.Element;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxModel;
import org.kt4j.onnx.model.OnnxPort;
import org.kt4j.onnx.quantize.Activations;

/** The activations of a graph on pictures, computed by ONNX Runtime, one picture at a time. */
final class RecordedActivations implements Activations {

  private final OnnxGraph graph;
  private final CalibrationPictures pictures;

  /**
   * Of a graph.
   *
   * @param pictures read when they are needed, for all at once may be large
   */
  RecordedActivations(OnnxGraph graph, CalibrationPictures pictures) {
    this.graph = graph;
    this.pictures = pictures;
  }

  @Override
  public void forEach(Collection<String> tensors, Visitor visitor) {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      try (OrtSession session = environment.createSession(model(tensors), options)) {
        OnnxPort input = graph.inputs().get(0);
        for (int index = 0; index < pictures.count(); index++) {
          try (OnnxTensor given = given(environment, input, pictures.picture().apply(index));
              OrtSession.Result result =
                  session.run(Map.of(input.name(), given), new LinkedHashSet<>(tensors))) {
            for (String tensor : tensors) {
              FloatBuffer values = ((OnnxTensor) result.get(tensor).orElseThrow()).getFloatBuffer();
              float[] numbers = new float[values.remaining()];
              values.get(numbers);
              visitor.visit(tensor, numbers);
            }
          }
        }
      }
    } catch (OrtException e) {
      throw new ExportException(
          "int8: ONNX Runtime cannot run the model on the calibration pictures ("
              + e.getMessage()
              + ")",
          e);
    }
  }

  private static OnnxTensor given(
      OrtEnvironment environment, OnnxPort input, ExportDetails.Input picture) throws OrtException {
    byte[] pixels = picture.pixels();
    return input.type() == Element.UINT8
        ? OnnxTensor.createTensor(
            environment,
            ByteBuffer.allocateDirect(pixels.length).put(pixels).flip(),
            picture.sizes(),
            OnnxJavaType.UINT8)
        : OnnxTensor.createTensor(
            environment, FloatBuffer.wrap(UnitNumbers.of(pixels)), picture.sizes());
  }

  /** The model with these tensors as outputs. */
  private byte[] model(Collection<String> tensors) {
    List<OnnxPort> outputs = List.copyOf(graph.outputs());
    List<OnnxPort> recorded = new ArrayList<>();
    tensors.forEach(tensor -> recorded.add(new OnnxPort(tensor, Element.FLOAT, null)));
    graph.outputs().clear();
    graph.outputs().addAll(recorded);
    try {
      return new OnnxModel(graph, OnnxFormat.OPSET, "kt4j", "", Map.of()).bytes().toByteArray();
    } finally {
      graph.outputs().clear();
      graph.outputs().addAll(outputs);
    }
  }
}
