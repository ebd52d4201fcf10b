package org.kt4j.detection.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.training.DetectorFactory;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.MedianTime;
import org.kt4j.engine.export.ModelCard;
import org.kt4j.engine.export.NoisePictures;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.text.NumberFormats;

/**
 * Takes the detector out of a run: {@link DetectorExport}, loaded back, held against the run on
 * held-out pictures, with a card. Nothing is left where they differ.
 */
public final class DetectorRunExport {

  /** Pictures that an export is tried on at most. */
  private static final int TRIED = 20;

  private final DetectorFactory detectors;
  private final ExperimentReader reader;

  /** Exports runs of what these know. */
  public DetectorRunExport(DetectorFactory detectors, ExperimentReader reader) {
    this.detectors = detectors;
    this.reader = reader;
  }

  /**
   * The result of an export.
   *
   * @param classes of the detector
   * @param agreement of the export and the run's detector
   * @param pictures what they were tried on
   * @param unchecked why these are not held-out pictures; null where they are
   * @param bytes the size of the file with the model
   * @param singleBytes the same as a SavedModel in single precision
   * @param milliseconds of a picture, the median
   */
  public record Outcome(
      List<String> classes,
      DetectionAgreement agreement,
      String pictures,
      @Nullable String unchecked,
      long bytes,
      long singleBytes,
      double milliseconds) {

    /** The comparison in words. */
    public String verified() {
      return agreement.pictures()
          + " pictures of "
          + pictures
          + ", "
          + agreement.detections()
          + " detections: "
          + agreement;
    }

    /** The outcome in words. */
    public List<Fact> facts() {
      List<Fact> facts = new ArrayList<>();
      facts.add(new Fact("classes", String.join(", ", classes)));
      if (bytes != singleBytes) {
        facts.add(
            new Fact(
                "half",
                NumberFormats.size(bytes) + " instead of " + NumberFormats.size(singleBytes)));
      }
      facts.add(new Fact("verified", verified()));
      if (unchecked != null) {
        facts.add(new Fact("", unchecked));
      }
      facts.add(
          new Fact("speed", String.format(Locale.ROOT, "%.1f ms for one picture", milliseconds)));
      return facts;
    }
  }

  /**
   * Exports.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   * @throws org.kt4j.engine.export.ExportException when the folder is there and is not to be
   *     replaced, or the backbone has no such tap
   * @throws org.kt4j.engine.export.ExportMismatchException when what was written does not find what
   *     the run's detector finds; nothing is left of it
   */
  public Outcome write(TrainedRun run, ExportRequest request) {
    ExportFolder target =
        new ExportFolder(
            request.folder(), DetectorExport.files(request.options()), request.overwrite());
    ExportOptions options = request.options();
    List<String> classes = detectors.classes(run);
    FasterRcnn detector = detectors.detector(run.config(), classes.size());
    Normalization normalization = detectors.normalization(run.config());
    Weights weights = detectors.weights(run);
    DetectorExport.Built built =
        DetectorExport.built(detector, normalization, weights, classes, options);
    ServingModel model = built.model();
    List<Picture> pictures = new ArrayList<>();
    String source = "noise";
    String unchecked = null;
    try {
      DetectionDataset heldOut = detectors.data(run.config().data()).heldOut();
      source = heldOut.name();
      IntStream.range(0, Math.min(TRIED, heldOut.size()))
          .forEach(i -> pictures.add(heldOut.pixels(i)));
    } catch (DataException e) {
      unchecked = "the data is not there: " + e.getMessage();
      ImageShape shape = detector.picture();
      pictures.add(new Picture(shape.height(), shape.width(), NoisePictures.of(shape, 1)));
    }
    String of = source;
    String why = unchecked;
    return target.write(
        beside -> {
          DetectorExport.into(
              beside,
              model,
              options,
              ExportDetails.of(
                  ModelCard.properties(run.folder(), run.which(), reader.write(run.config()))),
              classes);
          DetectionAgreement agreement =
              DetectorExport.verify(
                  detector, normalization, weights, beside, pictures, options.precision());
          Outcome outcome =
              new Outcome(
                  classes,
                  agreement,
                  of,
                  why,
                  modelBytes(options, beside),
                  model.size(),
                  milliseconds(beside, pictures));
          Files.writeString(
              beside.resolve(ModelCard.FILE),
              card(run, options, detector, ExportFolder.sizes(beside), outcome).text());
          return outcome;
        });
  }

  /** The size of the file with the model. */
  private static long modelBytes(ExportOptions options, Path folder) throws IOException {
    long bytes = 0;
    for (String name : ExportFormats.of(options.format()).files()) {
      bytes += Files.size(folder.resolve(name));
    }
    return bytes;
  }

  private static double milliseconds(Path export, List<Picture> pictures) throws IOException {
    try (ExportedDetector exported = ExportedDetector.open(export)) {
      return MedianTime.milliseconds(call -> exported.detect(pictures.get(call % pictures.size())));
    }
  }

  private ModelCard card(
      TrainedRun run,
      ExportOptions options,
      FasterRcnn detector,
      Map<String, Long> sizes,
      Outcome outcome) {
    ImageShape shape = detector.picture();
    ModelCard card =
        new ModelCard(run.folder(), run.which(), run.config(), reader.write(run.config()))
            .fact(
                "input",
                String.format(
                    Locale.ROOT,
                    "`%s`, %s `[h, w, 3]`; any size, scaled to fit %dx%d",
                    DetectorExport.IMAGE,
                    options.input() == ExportOptions.Input.UINT8 ? "uint8" : "float32, 0 to 1,",
                    shape.height(),
                    shape.width()))
            .fact(
                "outputs",
                "`%s` `[N, 4]`: yMin, xMin, yMax, xMax in pixels of the picture; `%s` `[N]`; `%s`"
                        .formatted(
                            DetectorExport.BOXES, DetectorExport.SCORES, DetectorExport.LABELS)
                    + " `[N]`"
                    + options.taps().stream()
                        .map(tap -> "; `" + tap + "`")
                        .distinct()
                        .collect(Collectors.joining()))
            .fact(
                "weights",
                options.precision() == Precision.SINGLE
                    ? "single precision"
                    : "stored in half precision; computed in single")
            .fact("classes", String.join(", ", outcome.classes()))
            .check("Checked after it was written, against the run: " + outcome.verified() + ".");
    String unchecked = outcome.unchecked();
    if (unchecked != null) {
      card.check("Not on held-out pictures: " + unchecked + ".");
    }
    return card.files(sizes)
        .use(
            "A SavedModel: tag `serve`, signature `serving_default`. With DJL,"
                + " `org.kt4j.detection.export.DetectorTranslator` makes its outputs"
                + " `DetectedObjects`.");
  }
}
