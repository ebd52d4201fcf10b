package org.kt4j.detection.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.Picture;
import org.kt4j.data.ReadFault;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionEvaluator;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.engine.export.Checksums;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportFormat;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportRunner;
import org.kt4j.engine.export.MedianTime;
import org.kt4j.engine.export.ModelPorts;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.task.AnsweringModel;

/**
 * A detector that was written by {@link DetectorExport}, run by what runs its format. Not safe for
 * several threads.
 */
public final class ExportedDetector implements AutoCloseable {

  private static final List<String> OUTPUTS =
      List.of(DetectorExport.BOXES, DetectorExport.SCORES, DetectorExport.LABELS);

  private final ExportRunner model;

  private ExportedDetector(ExportRunner model) {
    this.model = model;
  }

  /**
   * Whether a folder holds an export of this kind.
   *
   * @throws ModelException when it holds no model, or a damaged one
   */
  public static boolean isOne(Path folder) {
    return isOurs(ExportFormats.in(folder).ports(folder));
  }

  private static boolean isOurs(ModelPorts ports) {
    return ports.input(DetectorExport.IMAGE).isPresent()
        && OUTPUTS.stream().allMatch(output -> ports.output(output).isPresent());
  }

  /**
   * The names of an export's classes.
   *
   * @throws ExportException when they cannot be read
   */
  public static List<String> classes(Path folder) {
    try {
      return Files.readAllLines(folder.resolve(ExportFolder.CLASSES));
    } catch (IOException e) {
      throw new ExportException(
          folder.resolve(ExportFolder.CLASSES)
              + ": cannot be read ("
              + ReadFault.reason(e)
              + "); fix: copy the whole folder of the export",
          e);
    }
  }

  /**
   * Loads a detector.
   *
   * @param folder of an export
   * @throws ModelException when it holds no exported detector
   */
  public static ExportedDetector open(Path folder) {
    ExportFormat format = ExportFormats.in(folder);
    ModelPorts ports = format.ports(folder);
    if (!isOurs(ports)) {
      throw new ModelException(
          folder,
          "is no detector that kt4j has exported, from "
              + DetectorExport.IMAGE
              + " [any, any, 3] to "
              + String.join(", ", OUTPUTS)
              + ": "
              + ports.others()
              + "; fix: kt export a run");
    }
    Checksums.require(folder);
    return new ExportedDetector(format.open(folder));
  }

  /**
   * Finds objects in a picture of any size; one call of the model.
   *
   * @return what was found, the surest first, in pixels of the picture
   */
  public List<Detection> detect(Picture picture) {
    List<ExportRunner.Output> found =
        model.run(picture.pixels(), new long[] {picture.height(), picture.width(), 3}, OUTPUTS);
    float[] boxes = found.get(0).values();
    float[] scores = found.get(1).values();
    float[] labels = found.get(2).values();
    List<Detection> detections = new ArrayList<>();
    for (int d = 0; d < scores.length; d++) {
      detections.add(
          new Detection(
              new Box(boxes[4 * d + 1], boxes[4 * d], boxes[4 * d + 3], boxes[4 * d + 2]),
              Math.round(labels[d]),
              scores[d]));
    }
    return detections;
  }

  /** Measures it for about a second, on pictures in turn. */
  AnsweringModel.Speed speed(List<Picture> pictures) {
    double milliseconds =
        MedianTime.milliseconds(call -> detect(pictures.get(call % pictures.size())));
    return new AnsweringModel.Speed(milliseconds, 1000 / milliseconds, 1);
  }

  /** Evaluates the export on pictures. */
  public DetectionScores evaluate(DetectionDataset pictures) {
    DetectionEvaluator evaluator = new DetectionEvaluator(pictures.classes());
    for (int i = 0; i < pictures.size(); i++) {
      evaluator.add(pictures.objects(i), detect(pictures.pixels(i)));
    }
    return evaluator.scores();
  }

  @Override
  public void close() {
    model.close();
  }
}
