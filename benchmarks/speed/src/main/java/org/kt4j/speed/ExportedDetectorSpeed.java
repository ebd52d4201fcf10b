package org.kt4j.speed;

import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.drawing.DrawnDetections;
import org.kt4j.detection.export.DetectorTranslator;
import org.kt4j.detection.export.ExportedDetector;

/**
 * An exported detector, picture by picture: through DJL's predictor, from DJL's picture to its
 * objects, and through a session of TensorFlow, from bytes to boxes. It has learnt for a few steps
 * only, which changes how many objects it reports, not what it computes.
 */
final class ExportedDetectorSpeed implements Section {

  /** Pictures that take turns. */
  private static final int PICTURES = 8;

  /** A picture is a fraction of a batch. */
  private static final int CALLS_FOR_ONE = 4;

  @Override
  public String name() {
    return "export";
  }

  @Override
  public Outcome measure(Workbench bench) {
    List<Picture> pictures = new ArrayList<>();
    try (TemporaryFolder temporary = new TemporaryFolder()) {
      Path folder = temporary.path().resolve("detector");
      export(bench, folder, pictures);
      try (ExportedDetector alone = ExportedDetector.open(folder);
          ZooModel<Image, DetectedObjects> model =
              DjlLoading.of(folder, Image.class, DetectedObjects.class, new DetectorTranslator());
          Predictor<Image, DetectedObjects> predictor = model.newPredictor()) {
        List<Image> images =
            pictures.stream()
                .map(each -> new DrawnDetections(each, List.of(), List.of()).image())
                .toList();
        int found = alone.detect(pictures.get(0)).size();
        if (found != predicted(predictor, images.get(0)).getNumberOfObjects()) {
          throw new IllegalStateException("DJL and TensorFlow find different numbers of objects");
        }
        Turn ofSession = new Turn();
        Turn ofDjl = new Turn();
        Settings settings = bench.settings();
        List<Samples> seconds =
            new Rounds(settings.warmUp(), settings.rounds(), CALLS_FOR_ONE * settings.calls())
                .seconds(
                    () -> alone.detect(pictures.get(ofSession.next())),
                    () -> predicted(predictor, images.get(ofDjl.next())));
        Samples session = seconds.get(0);
        Samples djl = seconds.get(1);
        return Outcome.of(
            Figure.of(name(), "through TensorFlow's session", "pictures/s", session.map(s -> 1 / s))
                .noting(found + " objects found in the first picture"),
            Figure.of(name(), "through DJL's predictor", "pictures/s", djl.map(s -> 1 / s)),
            Figure.of(name(), "DJL's time over the session's", "", djl.over(session)));
      }
    }
  }

  /** Which picture is next. */
  private static final class Turn {
    private int at;

    int next() {
      return at++ % PICTURES;
    }
  }

  private static void export(Workbench bench, Path folder, List<Picture> pictures) {
    try (DetectorSubject steps = DetectorSubject.open(bench)) {
      for (int i = 0; i < bench.settings().warmUp(); i++) {
        steps.next();
      }
      DetectionDataset data = steps.pictures();
      for (int i = 0; i < PICTURES; i++) {
        pictures.add(data.pixels(i));
      }
      steps.export(folder);
    }
  }

  private static DetectedObjects predicted(
      Predictor<Image, DetectedObjects> predictor, Image picture) {
    try {
      return predictor.predict(picture);
    } catch (TranslateException e) {
      throw new IllegalStateException(e);
    }
  }
}
