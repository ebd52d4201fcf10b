package org.kt4j.detection.training;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.drawing.DrawnDetections;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;

/** Predicts the objects in pictures. */
final class DetectorPredictor implements Predictor {

  private static final double USUAL_THRESHOLD = 0.5;

  /** A detector, of a run or of an export. */
  interface Source extends AutoCloseable {

    /** What is found in a picture, the surest first. */
    List<Detection> detect(Picture picture);

    @Override
    void close();
  }

  private final Source source;
  private final List<String> classes;
  private final PredictionOptions options;

  /**
   * Answers with a detector, which is closed with this.
   *
   * @param options by default all objects with a score of 0.5 or more are returned
   */
  DetectorPredictor(Source source, List<String> classes, PredictionOptions options) {
    this.source = source;
    this.classes = classes;
    this.options = options;
  }

  private record Whole(Picture picture) implements Prepared {}

  @Override
  public int batchSize() {
    return 1;
  }

  @Override
  public Prepared prepare(Picture picture) {
    return new Whole(picture);
  }

  @Override
  public List<Prediction> predict(List<Prepared> pictures) {
    List<Prediction> predictions = new ArrayList<>();
    for (Prepared prepared : pictures) {
      Picture picture = ((Whole) prepared).picture();
      double threshold = options.threshold().orElse(USUAL_THRESHOLD);
      List<Detection> found =
          source.detect(picture).stream()
              .filter(each -> each.score() >= threshold)
              .limit(options.top().orElse(Integer.MAX_VALUE))
              .toList();
      predictions.add(new Objects(picture, found, classes));
    }
    return predictions;
  }

  /** The objects of a picture, the surest first. */
  private record Objects(Picture picture, List<Detection> found, List<String> classes)
      implements Prediction {

    @Override
    public List<String> lines() {
      return found.stream().map(this::line).toList();
    }

    private String line(Detection each) {
      Box box = each.box();
      return String.format(
          Locale.ROOT,
          "%-20s %5.1f %%  x %.0f to %.0f, y %.0f to %.0f",
          classes.get(each.label()),
          100 * each.score(),
          box.xMin(),
          box.xMax(),
          box.yMin(),
          box.yMax());
    }

    @Override
    public Map<String, Object> values() {
      Map<String, Object> values = new LinkedHashMap<>();
      values.put("width", picture.width());
      values.put("height", picture.height());
      List<Map<String, Object>> objects = new ArrayList<>();
      for (Detection each : found) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("class", classes.get(each.label()));
        object.put("score", each.score());
        object.put("x-min", each.box().xMin());
        object.put("y-min", each.box().yMin());
        object.put("x-max", each.box().xMax());
        object.put("y-max", each.box().yMax());
        objects.add(object);
      }
      values.put("objects", objects);
      return values;
    }

    @Override
    public BufferedImage drawn() {
      return new DrawnDetections(picture, found, classes).drawn();
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
