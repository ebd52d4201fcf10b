package org.kt4j.speed;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.modality.cv.Image;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.nio.file.Path;
import java.util.List;

/** An exported classifier in DJL, pictures in and classes out, as its folder says. */
final class PredictedPictures implements AutoCloseable {

  private final ZooModel<Image, Classifications> model;
  private final Predictor<Image, Classifications> predictor;

  PredictedPictures(Path folder) {
    model = DjlLoading.of(folder, Image.class, Classifications.class, null);
    predictor = model.newPredictor();
  }

  /** One call of the model for all of them. */
  List<Classifications> classified(List<Image> pictures) {
    try {
      return pictures.size() == 1
          ? List.of(predictor.predict(pictures.get(0)))
          : predictor.batchPredict(pictures);
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
