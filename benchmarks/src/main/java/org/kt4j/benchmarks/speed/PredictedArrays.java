package org.kt4j.benchmarks.speed;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.model.ModelEngine;

/** An exported classifier in DJL, arrays in and out: what DJL adds when it touches no picture. */
final class PredictedArrays implements AutoCloseable {

  private final ZooModel<NDList, NDList> model;
  private final Predictor<NDList, NDList> predictor;

  PredictedArrays(Path folder) {
    ModelEngine.TENSORFLOW.start(folder);
    try {
      model =
          Criteria.builder()
              .setTypes(NDList.class, NDList.class)
              .optModelPath(folder)
              .optTranslator(new NoopTranslator())
              .build()
              .loadModel();
    } catch (IOException | ModelNotFoundException | MalformedModelException e) {
      throw new IllegalStateException(e);
    }
    predictor = model.newPredictor();
  }

  float[] probabilities(byte[] pixels, int size, ImageShape shape) {
    Shape axes = new Shape(size, shape.height(), shape.width(), shape.channels());
    try (NDManager scope = model.getNDManager().newSubManager();
        NDList answer =
            predictor.predict(
                new NDList(scope.create(ByteBuffer.wrap(pixels), axes, DataType.UINT8)))) {
      return answer.singletonOrThrow().toFloatArray();
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
