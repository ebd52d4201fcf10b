package org.kt4j.detection.export;

import org.kt4j.data.Picture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.data.DataException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.MedianTime;
import org.kt4j.engine.export.ModelCard;
import org.kt4j.engine.export.NoisePictures;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.teacher.Weights;

/**
 * Takes the detector out of a run: {@link DetectorExport}, loaded back, held against the run on
 * held-out pictures, with a card. Nothing is left where they differ.
 */
public final class DetectorRunExport {

  /** Pictures that an export is tried on at most. */
  private static final int TRIED = 20;

  /**
   * What came of it.
   *
   * @param agreement of the export and the run's detector
   * @param pictures what they were tried on
   * @param unchecked why these are not held-out pictures; null where they are
   * @param milliseconds of a picture, the median
   */
  public record Outcome(
      DetectionAgreement agreement, String pictures, @Nullable String unchecked, double milliseconds) {

    /** How they compare, in words. */
    public String verified() {
      return agreement.pictures()
          + " pictures of "
          + pictures
          + ", "
          + agreement.detections()
          + " detections: "
          + agreement;
    }
  }

  private DetectorRunExport() {}

  /**
   * Exports.
   *
   * @param which of its checkpoints
   * @param folder where to
   * @param overwrite whether an export that is there is replaced
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   * @throws org.kt4j.engine.export.ExportException when the folder is there and is not to be
   *     replaced
   * @throws org.kt4j.engine.export.ExportMismatchException when what was written does not find what
   *     the run's detector finds; nothing is left of it
   */
  public static Outcome write(
      DetectionRun run, Checkpoints.Which which, Path folder, boolean overwrite) {
    ExportFolder target = new ExportFolder(folder, DetectorExport.FILES, overwrite);
    FasterRcnn detector = run.architecture();
    Normalization normalization = run.normalization();
    Weights weights = run.weights(which);
    List<String> classes = run.classes();
    ServingModel model = DetectorExport.model(detector, normalization, weights, classes);
    List<Picture> pictures = new ArrayList<>();
    String source = "noise";
    String unchecked = null;
    try {
      DetectionDataset heldOut = run.data().heldOut();
      source = heldOut.name();
      IntStream.range(0, Math.min(TRIED, heldOut.size()))
          .forEach(i -> pictures.add(heldOut.pixels(i)));
    } catch (DataException e) {
      unchecked = "the data is not there: " + e.getMessage();
      ImageShape shape = detector.picture();
      pictures.add(new Pixels(shape.height(), shape.width(), NoisePictures.of(shape, 1)));
    }
    String of = source;
    String why = unchecked;
    return target.write(
        beside -> {
          DetectorExport.into(beside, model, classes);
          DetectionAgreement agreement =
              DetectorExport.verify(detector, normalization, weights, beside, pictures);
          Outcome outcome = new Outcome(agreement, of, why, milliseconds(beside, pictures));
          Files.writeString(
              beside.resolve(ModelCard.FILE),
              card(run, which, detector, ExportFolder.sizes(beside), outcome).text());
          return outcome;
        });
  }

  private static double milliseconds(Path export, List<Picture> pictures) throws IOException {
    try (ExportedDetector exported = ExportedDetector.open(export)) {
      return MedianTime.milliseconds(call -> exported.detect(pictures.get(call % pictures.size())));
    }
  }

  private static ModelCard card(
      DetectionRun run,
      Checkpoints.Which which,
      FasterRcnn detector,
      Map<String, Long> sizes,
      Outcome outcome) {
    ImageShape shape = detector.picture();
    ModelCard card =
        new ModelCard(run.folder(), which, run.config(), run.known().reader().write(run.config()))
            .fact(
                "input",
                "`%s`, uint8 `[h, w, 3]`; any size, scaled to fit %dx%d"
                    .formatted(DetectorExport.IMAGE, shape.height(), shape.width()))
            .fact(
                "outputs",
                "`%s` `[N, 4]`: yMin, xMin, yMax, xMax in pixels of the picture; `%s` `[N]`; `%s`"
                        .formatted(
                            DetectorExport.BOXES, DetectorExport.SCORES, DetectorExport.LABELS)
                    + " `[N]`")
            .fact("classes", String.join(", ", run.classes()))
            .check("Checked after it was written, against the run: " + outcome.verified() + ".");
    String unchecked = outcome.unchecked();
    if (unchecked != null) {
      card.check("Not on held-out pictures: " + unchecked + ".");
    }
    return card.files(sizes)
        .cost(
            "one picture, bytes to boxes",
            String.format(Locale.ROOT, "%.1f ms", outcome.milliseconds()))
        .use(
            "A SavedModel: tag `serve`, signature `serving_default`. With DJL,"
                + " `org.kt4j.detection.export.DetectorTranslator` makes its outputs"
                + " `DetectedObjects`.");
  }
}
