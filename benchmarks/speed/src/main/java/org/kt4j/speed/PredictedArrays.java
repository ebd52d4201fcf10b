package org.kt4j.speed;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.kt4j.data.ImageShape;

/** An exported classifier in DJL, arrays in and out: what DJL adds when it touches no picture. */
final class PredictedArrays implements AutoCloseable {

  private final ZooModel<NDList, NDList> model;
  private final Predictor<NDList, NDList> predictor;

  private PredictedArrays(ZooModel<NDList, NDList> model) {
    this.model = model;
    predictor = model.newPredictor();
  }

  /** Loads a SavedModel. */
  static PredictedArrays ofSavedModel(Path folder) {
    return new PredictedArrays(
        DjlLoading.of(folder, NDList.class, NDList.class, new NoopTranslator()));
  }

  /** Loads an ONNX export. */
  static PredictedArrays ofOnnx(Path folder) {
    return new PredictedArrays(DjlLoading.ofOnnx(folder));
  }

  float[] probabilities(byte[] pixels, int size, ImageShape shape) {
    Shape axes = new Shape(size, shape.height(), shape.width(), shape.channels());
    try (NDManager scope = model.getNDManager().newSubManager();
        NDList answer =
            predictor.predict(
                new NDList(scope.create(ByteBuffer.wrap(pixels), axes, DataType.UINT8)))) {
      // An ONNX model gives the logits as well.
      return (answer.size() == 1 ? answer.get(0) : answer.get("probabilities")).toFloatArray();
    } catch (TranslateException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    predictor.close();
    model.close();
  }
}
