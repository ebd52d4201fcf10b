package org.kt4j.detection.export;

import org.kt4j.data.Picture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.models.ModelEngine;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A detector that was written by {@link DetectorExport}, run by TensorFlow itself. */
public final class ExportedDetector implements AutoCloseable {

  private final SavedModelBundle model;

  private ExportedDetector(SavedModelBundle model) {
    this.model = model;
  }

  /**
   * Loads a detector.
   *
   * @param folder with {@code saved_model.pb}
   * @throws ExportException when it holds no exported detector
   */
  public static ExportedDetector open(Path folder) {
    if (!Files.isRegularFile(folder.resolve(SavedModelFile.FILE))) {
      throw new ExportException(
          folder + ": holds no " + SavedModelFile.FILE + "; fix: name an exported detector");
    }
    NativeRuntime.start();
    SavedModelBundle model;
    try {
      model = SavedModelBundle.load(folder.toString(), SavedModelFile.TAG);
    } catch (TensorFlowException e) {
      throw new ExportException(
          folder + ": TensorFlow cannot load it (" + e.getMessage() + "); fix: export it anew", e);
    }
    for (String operation :
        List.of(
            DetectorExport.IMAGE,
            DetectorExport.BOXES,
            DetectorExport.SCORES,
            DetectorExport.LABELS)) {
      if (model.graph().operation(operation) == null) {
        model.close();
        throw new ExportException(
            folder + ": has no '" + operation + "'; fix: name a detector that kt4j has exported");
      }
    }
    return new ExportedDetector(model);
  }

  /**
   * Finds objects in a picture of any size; one call of {@code Session.run}.
   *
   * @return what was found, the surest first, in pixels of the picture
   */
  public List<Detection> detect(Picture picture) {
    try (TUint8 image =
            TUint8.tensorOf(
                Shape.of(picture.height(), picture.width(), 3),
                DataBuffers.of(picture.pixels(), true, false));
        Result result =
            model
                .session()
                .runner()
                .feed(DetectorExport.IMAGE, image)
                .fetch(DetectorExport.BOXES)
                .fetch(DetectorExport.SCORES)
                .fetch(DetectorExport.LABELS)
                .run()) {
      float[] boxes = ImageGraph.floats((TFloat32) result.get(0));
      float[] scores = ImageGraph.floats((TFloat32) result.get(1));
      TInt32 labels = (TInt32) result.get(2);
      List<Detection> found = new ArrayList<>();
      for (int d = 0; d < scores.length; d++) {
        found.add(
            new Detection(
                new Box(boxes[4 * d + 1], boxes[4 * d], boxes[4 * d + 3], boxes[4 * d + 2]),
                labels.getInt(d),
                scores[d]));
      }
      return found;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
