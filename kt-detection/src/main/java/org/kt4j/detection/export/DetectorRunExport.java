package org.kt4j.detection.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.training.Detector;
import org.kt4j.detection.training.DetectorFactory;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Loss;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.ModelCard;
import org.kt4j.engine.export.NoisePictures;
import org.kt4j.engine.export.SparseWeights;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.task.ExportComparison;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.Task;
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
  private final Task task;

  /**
   * Exports runs of what these know.
   *
   * @param task of the runs
   */
  public DetectorRunExport(DetectorFactory detectors, ExperimentReader reader, Task task) {
    this.detectors = detectors;
    this.reader = reader;
    this.task = task;
  }

  /**
   * The result of an export.
   *
   * @param classes of the detector
   * @param folded normalisations that were multiplied into a convolution
   * @param normalisations how many there were
   * @param agreement of the export and the run's detector; null in 8 bits
   * @param loss by computing in 8 bits; null in single precision
   * @param pictures what they were tried on
   * @param unchecked why these are not held-out pictures; null where they are
   * @param half whether the weights are stored in half precision
   * @param bytes the size of the file with the model
   * @param singleBytes the same as a SavedModel in single precision
   * @param comparison with the run's other exports; null where the data is not there
   * @param speed on this machine, in words
   * @param sparse what is saved by leaving zeros out; null where there are few
   */
  public record Outcome(
      List<String> classes,
      int folded,
      int normalisations,
      @Nullable DetectionAgreement agreement,
      @Nullable Int8Loss loss,
      String pictures,
      @Nullable String unchecked,
      boolean half,
      long bytes,
      long singleBytes,
      @Nullable ExportComparison comparison,
      List<Fact> speed,
      @Nullable String sparse) {

    /** The comparison in words. */
    public String verified() {
      if (loss != null) {
        return String.format(
            Locale.ROOT,
            "%d pictures of %s: %s %.2f %% of the run and %.2f %% of the export",
            loss.count(),
            pictures,
            loss.score(),
            100 * loss.original(),
            100 * loss.exported());
      }
      return Objects.requireNonNull(agreement).pictures()
          + " pictures of "
          + pictures
          + ", "
          + agreement.detections()
          + " detections: "
          + agreement;
    }

    private String folds() {
      return folded + " of " + normalisations;
    }

    /** The outcome in words. */
    public List<Fact> facts() {
      List<Fact> facts = new ArrayList<>();
      facts.add(new Fact("classes", String.join(", ", classes)));
      facts.add(
          new Fact("folded", folds() + " batch normalisations, into the convolutions below them"));
      if (half) {
        facts.add(
            new Fact(
                "half",
                NumberFormats.size(bytes) + " instead of " + NumberFormats.size(singleBytes)));
      }
      if (sparse != null) {
        facts.add(new Fact("sparse", sparse));
      }
      facts.add(new Fact("verified", verified()));
      if (unchecked != null) {
        facts.add(new Fact("", unchecked));
      }
      facts.addAll(speed);
      return facts;
    }
  }

  /**
   * Exports.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   * @throws org.kt4j.engine.export.ExportException when the folder is there and is not to be
   *     replaced, or the backbone has no such tap, or in 8 bits more is lost than is allowed
   * @throws org.kt4j.engine.export.ExportMismatchException when what was written does not find what
   *     the run's detector finds; nothing is left of it
   */
  public Outcome write(TrainedRun run, ExportRequest request) {
    ExportFolder target =
        new ExportFolder(request.folder(), files(request.options()), request.overwrite());
    ExportOptions options = request.options();
    List<String> classes = detectors.classes(run);
    FasterRcnn detector = detectors.detector(run.config(), classes.size());
    Normalization normalization = detectors.normalization(run.config());
    Weights weights = detectors.weights(run);
    DetectorExport.Built built =
        DetectorExport.built(detector, normalization, weights, classes, options);
    Tried tried = tried(run, detector);
    return target.write(
        beside -> {
          DetectorExport.into(
              beside,
              built.model(),
              options,
              new ExportDetails(properties(run, classes), tried.calibration()),
              classes);
          String sparse = SparseWeights.write(weights, beside).orElse(null);
          DetectionAgreement agreement = null;
          Int8Loss loss = null;
          Int8Options int8 = options.int8();
          if (int8 != null && tried.heldOut() != null) {
            loss = loss(detector, normalization, weights, beside, tried.heldOut(), int8);
            if (!loss.isAllowed()) {
              throw new ExportException(run.folder() + ": " + loss.failure(""));
            }
          } else {
            agreement =
                DetectorExport.verify(
                    detector,
                    normalization,
                    weights,
                    beside,
                    tried.pictures(),
                    options.precision());
          }
          ExportComparison comparison =
              ExportComparison.of(
                      task,
                      run,
                      reader.write(run.config()),
                      request,
                      beside,
                      plain -> {
                        ExportOptions usual = ExportOptions.defaults();
                        DetectorExport.into(
                            plain,
                            DetectorExport.built(detector, normalization, weights, classes, usual)
                                .model(),
                            usual,
                            ExportDetails.of(Map.of()),
                            classes);
                      })
                  .orElse(null);
          Outcome outcome =
              new Outcome(
                  classes,
                  built.folded(),
                  built.normalisations(),
                  agreement,
                  loss,
                  tried.source(),
                  tried.unchecked(),
                  options.precision() == Precision.HALF,
                  modelBytes(options, beside),
                  built.model().size(),
                  comparison,
                  comparison == null ? speed(beside, tried.pictures()) : comparison.facts(),
                  sparse);
          Files.writeString(
              beside.resolve(ModelCard.FILE),
              card(run, options, detector, ExportFolder.sizes(beside), outcome).text());
          return outcome;
        });
  }

  private static Set<String> files(ExportOptions options) {
    Set<String> files = new TreeSet<>(DetectorExport.files(options));
    files.add(SparseWeights.FILE);
    return files;
  }

  /**
   * What an export is tried on.
   *
   * @param source what the pictures are
   * @param unchecked why they are not held-out pictures; null where they are
   * @param pictures some of them
   * @param heldOut all of them with their objects; null where the data is not there
   * @param calibration training pictures
   */
  private record Tried(
      String source,
      @Nullable String unchecked,
      List<Picture> pictures,
      @Nullable DetectionDataset heldOut,
      CalibrationPictures calibration) {}

  private Tried tried(TrainedRun run, FasterRcnn detector) {
    try {
      DetectionSplits data = detectors.data(run.config().data());
      DetectionDataset heldOut = data.heldOut();
      DetectionDataset train = data.train();
      return new Tried(
          heldOut.name(),
          null,
          IntStream.range(0, Math.min(TRIED, heldOut.size())).mapToObj(heldOut::pixels).toList(),
          heldOut,
          new CalibrationPictures(
              train.size(),
              "",
              index -> {
                Picture picture = train.pixels(index);
                return new ExportDetails.Input(
                    picture.pixels(), new long[] {picture.height(), picture.width(), 3});
              }));
    } catch (DataException e) {
      ImageShape shape = detector.picture();
      return new Tried(
          "noise",
          "the data is not there: " + e.getMessage(),
          List.of(new Picture(shape.height(), shape.width(), NoisePictures.of(shape, 1))),
          null,
          CalibrationPictures.none(e.getMessage()));
    }
  }

  /** What a file may say of the run. */
  private Map<String, String> properties(TrainedRun run, List<String> classes) {
    Map<String, String> properties =
        new TreeMap<>(ModelCard.properties(run.folder(), run.which(), reader.write(run.config())));
    properties.put("classes", String.join("\n", classes));
    return properties;
  }

  private static Int8Loss loss(
      FasterRcnn detector,
      Normalization normalization,
      Weights weights,
      Path folder,
      DetectionDataset heldOut,
      Int8Options int8) {
    try (Detector original = new Detector(detector, normalization, weights);
        ExportedDetector exported = ExportedDetector.open(folder)) {
      return new Int8Loss(
          "mAP",
          original.evaluate(heldOut, done -> {}).vocArea(),
          exported.evaluate(heldOut).vocArea(),
          heldOut.size(),
          heldOut.name(),
          int8.allowedLoss());
    }
  }

  /** The size of the file with the model. */
  private static long modelBytes(ExportOptions options, Path folder) throws IOException {
    return Files.size(folder.resolve(ExportFormats.of(options.format()).file()));
  }

  private static List<Fact> speed(Path export, List<Picture> pictures) {
    try (ExportedDetector exported = ExportedDetector.open(export)) {
      return List.of(new Fact("speed", exported.speed(pictures).text()));
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
            .form(options)
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
            .fact("batch normalisation", outcome.folds() + " multiplied into convolutions")
            .fact(
                "weights",
                options.int8() != null
                    ? "convolutions and dense layers in 8 bits"
                    : options.precision() == Precision.SINGLE
                        ? "single precision"
                        : "stored in half precision; computed in single")
            .fact("classes", String.join(", ", outcome.classes()))
            .check("Checked after it was written, against the run: " + outcome.verified() + ".");
    String unchecked = outcome.unchecked();
    if (unchecked != null) {
      card.check("Not on held-out pictures: " + unchecked + ".");
    }
    ExportComparison comparison = outcome.comparison();
    if (comparison != null) {
      comparison.tell(card);
    }
    return card.files(sizes)
        .use(
            (ExportFormats.of(options.format()).files().contains(SavedModelFile.FILE)
                    ? "A SavedModel: tag `serve`, signature `serving_default`."
                    : "An ONNX model, which ONNX Runtime runs in any language.")
                + " With DJL, `org.kt4j.detection.export.DetectorTranslator` makes its outputs"
                + " `DetectedObjects`.");
  }
}
