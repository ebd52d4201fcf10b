package org.kt4j.detection.export;

import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.BoundingBox;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.modality.cv.output.Rectangle;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import ai.djl.util.Utils;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.export.ExportFolder;

/**
 * Stands between DJL's pictures and an exported detector. For one predictor at a time.
 *
 * <pre>{@code
 * ModelEngine.TENSORFLOW.start(folder);
 * Criteria<Image, DetectedObjects> criteria =
 *     Criteria.builder()
 *         .setTypes(Image.class, DetectedObjects.class)
 *         .optModelPath(folder)
 *         .optTranslator(new DetectorTranslator())
 *         .build();
 * try (ZooModel<Image, DetectedObjects> model = criteria.loadModel();
 *     Predictor<Image, DetectedObjects> predictor = model.newPredictor()) {
 *   DetectedObjects found = predictor.predict(ImageFactory.getInstance().fromFile(picture));
 * }
 * }</pre>
 *
 * <p>Grey pictures become ones of three equal channels. Boxes are in shares of the picture's width
 * and height, as DJL has them.
 */
public final class DetectorTranslator implements Translator<Image, DetectedObjects> {

  private static final String WIDTH = "width";
  private static final String HEIGHT = "height";

  private List<String> classes = List.of();

  /** Takes the classes from the model's folder. */
  public DetectorTranslator() {}

  /** Pictures differ in size, so they are not put together. */
  @Override
  public @Nullable Batchifier getBatchifier() {
    return null;
  }

  @Override
  public void prepare(TranslatorContext context) throws IOException {
    classes = List.copyOf(context.getModel().getArtifact(ExportFolder.CLASSES, Utils::readLines));
  }

  @Override
  public NDList processInput(TranslatorContext context, Image picture) {
    context.setAttachment(WIDTH, picture.getWidth());
    context.setAttachment(HEIGHT, picture.getHeight());
    NDArray pixels = picture.toNDArray(context.getNDManager(), Image.Flag.COLOR); // [h, w, 3]
    pixels.setName(DetectorExport.IMAGE);
    return new NDList(pixels);
  }

  @Override
  public DetectedObjects processOutput(TranslatorContext context, NDList found) {
    double width = (Integer) context.getAttachment(WIDTH);
    double height = (Integer) context.getAttachment(HEIGHT);
    float[] boxes = found.get(DetectorExport.BOXES).toFloatArray(); // [N, 4]
    float[] scores = found.get(DetectorExport.SCORES).toFloatArray(); // [N]
    int[] labels = found.get(DetectorExport.LABELS).toIntArray(); // [N]
    List<String> names = new ArrayList<>();
    List<Double> probabilities = new ArrayList<>();
    List<BoundingBox> rectangles = new ArrayList<>();
    for (int d = 0; d < scores.length; d++) {
      double top = boxes[4 * d];
      double left = boxes[4 * d + 1];
      names.add(classes.get(labels[d]));
      probabilities.add((double) scores[d]);
      rectangles.add(
          new Rectangle(
              left / width,
              top / height,
              (boxes[4 * d + 3] - left) / width,
              (boxes[4 * d + 2] - top) / height));
    }
    return new DetectedObjects(names, probabilities, rectangles);
  }
}
