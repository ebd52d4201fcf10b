package org.kt4j.detection.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.Picture;
import org.kt4j.data.ReadFault;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.engine.export.Checksums;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/** A detector that was written by {@link DetectorExport}, run by TensorFlow itself. */
public final class ExportedDetector implements AutoCloseable {

  private final SavedModelBundle model;
  private final boolean bytes;

  private ExportedDetector(SavedModelBundle model) {
    this.model = model;
    this.bytes =
        TUint8.class.equals(model.graph().operation(DetectorExport.IMAGE).output(0).type());
  }

  /**
   * Whether a folder holds an export of this kind.
   *
   * @throws org.kt4j.engine.model.ModelException when it holds no SavedModel, or a damaged one
   */
  public static boolean isOne(Path folder) {
    SignatureDef signature =
        SavedModelFile.graph(folder).getSignatureDefMap().get(SavedModelFile.SIGNATURE);
    return signature != null
        && signature.containsInputs(DetectorExport.IMAGE)
        && signature.containsOutputs(DetectorExport.BOXES)
        && signature.containsOutputs(DetectorExport.SCORES)
        && signature.containsOutputs(DetectorExport.LABELS);
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
   * @param folder with {@code saved_model.pb}
   * @throws ExportException when it holds no exported detector
   */
  public static ExportedDetector open(Path folder) {
    if (!Files.isRegularFile(folder.resolve(SavedModelFile.FILE))) {
      throw new ExportException(
          folder + ": holds no " + SavedModelFile.FILE + "; fix: name an exported detector");
    }
    Checksums.require(folder);
    NativeRuntime.start();
    SavedModelBundle model;
    try {
      model = SavedModelBundle.load(folder.toString(), SavedModelFile.TAG);
    } catch (RuntimeException e) {
      throw new ExportException(
          folder
              + ": TensorFlow cannot load it ("
              + TensorFlowFailure.reason(e)
              + "); fix: export it anew",
          e);
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
    try (Tensor image = image(picture);
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

  private Tensor image(Picture picture) {
    Shape shape = Shape.of(picture.height(), picture.width(), 3);
    if (bytes) {
      return TUint8.tensorOf(shape, DataBuffers.of(picture.pixels(), true, false));
    }
    float[] unit = new float[picture.pixels().length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (picture.pixels()[i] & 0xFF) / 255f;
    }
    return TFloat32.tensorOf(shape, DataBuffers.of(unit, true, false));
  }

  @Override
  public void close() {
    model.close();
  }
}
