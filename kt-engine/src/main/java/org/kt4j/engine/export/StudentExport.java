package org.kt4j.engine.export;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.DataException;
import org.kt4j.engine.data.DataSplits;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.model.ModelEngine;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.FrozenClassifier;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.TrainedClassifier;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.engine.training.Evaluation;
import org.kt4j.engine.training.RunFolder;
import org.kt4j.engine.training.Trainer;
import org.kt4j.engine.training.TrainingException;

/**
 * Takes the student out of a run: writes it as a model, loads that back, holds it against the run
 * on the held-out pictures, and describes it in a card. Nothing is left where they differ.
 *
 * <pre>
 * saved_model.pb      the model
 * synset.txt          its classes, one a line
 * serving.properties  what DJL reads of a model's folder
 * weights.npz         the trained weights as they were, under PyTorch's names
 * model-card.md       what it is, whom it learnt from, what it reaches, how fast it is
 * </pre>
 */
@Singleton
public final class StudentExport {

  /** The trained weights; no model needs them. */
  public static final String WEIGHTS = "weights.npz";

  private static final Set<String> FILES =
      Set.of(
          ModelEngine.SAVED_MODEL,
          ExportFolder.CLASSES,
          ExportFolder.SERVING,
          WEIGHTS,
          ModelCard.FILE);

  private final Trainer trainer;
  private final ExperimentReader reader;

  /**
   * What to export.
   *
   * @param run the folder of the run
   * @param which of its checkpoints
   * @param runs where runs are that are named by their configuration, for its teachers
   */
  public record Source(Path run, Checkpoints.Which which, Path runs) {}

  /**
   * What came of it.
   *
   * @param facts of the model
   * @param check against the run
   * @param unchecked why the held-out pictures or the teacher were left out; null where nothing was
   * @param latency on this machine
   * @param files sizes in bytes by name, but for the card
   */
  public record Outcome(
      ClassifierExport.Facts facts,
      ExportCheck check,
      @Nullable String unchecked,
      Latency latency,
      Map<String, Long> files) {}

  /** Exports runs of what these know. */
  @Inject
  public StudentExport(Trainer trainer, ExperimentReader reader) {
    this.trainer = trainer;
    this.reader = reader;
  }

  /**
   * Exports.
   *
   * @param folder where to; {@code RUN/export} is the usual place
   * @param overwrite whether an export that is there is replaced
   * @throws ConfigurationException when the run is of no classifier
   * @throws TrainingException when it has finished no epoch
   * @throws DataException when it is not complete and its data, which alone tells the size of the
   *     pictures, is not there
   * @throws ExportException when the folder is there and is not to be replaced, or the network has
   *     no such tap
   * @throws ExportMismatchException when what was written does not compute what the run's student
   *     computes; nothing is left of it
   */
  public Outcome write(Source source, ExportOptions options, Path folder, boolean overwrite) {
    ExportFolder target = new ExportFolder(folder, FILES, overwrite);
    Path file = RunFolder.config(source.run());
    if (!Files.exists(file)) {
      throw ConfigurationException.of(
          source.run() + ": holds no run (no config.yaml); allowed: the folder of a run");
    }
    ExperimentConfig config = reader.readResolved(file);
    TrainedClassifier student = trainer.trained(config, source.run(), source.which());
    ClassifierExport export = ClassifierExport.of(student, options);
    return target.write(
        beside -> {
          export.write(beside);
          NpzFile.write(student.weights(), beside.resolve(WEIGHTS));
          Outcome outcome = tried(source, config, export, beside);
          ModelCard card =
              new ModelCard(source.run(), source.which(), config, reader.write(config));
          fill(card, export, outcome);
          Files.writeString(beside.resolve(ModelCard.FILE), card.text());
          return outcome;
        });
  }

  private static void fill(ModelCard card, ClassifierExport export, Outcome outcome) {
    ClassifierExport.Facts facts = outcome.facts();
    ExportOptions options = export.options();
    ImageShape shape = export.classifier().shape();
    boolean bytes = options.input() == ExportOptions.Input.UINT8;
    card.fact(
            "input",
            "`%s`, %s `[B, h, w, %d]`, %s; any size, resized to %dx%d"
                .formatted(
                    ClassifierExport.IMAGES,
                    bytes ? "uint8" : "float32",
                    shape.channels(),
                    bytes ? "0 to 255" : "0 to 1",
                    shape.height(),
                    shape.width()))
        .fact(
            "outputs",
            Stream.concat(
                    Stream.of(Taps.LOGITS, ClassifierExport.PROBABILITIES), options.taps().stream())
                .map(name -> "`" + name + "`")
                .collect(Collectors.joining(", ")))
        .fact("classes", export.classifier().classes().size() + ", in `synset.txt`")
        .fact("parameters", ModelCard.number(facts.parameters()))
        .fact(
            "FLOPs of a picture",
            ModelCard.number(facts.flops())
                + "; convolutions and dense layers, a multiplication and an addition count as two")
        .fact(
            "batch normalisation",
            "%d of %d multiplied into convolutions"
                .formatted(facts.folded(), facts.normalisations()))
        .fact(
            "weights",
            options.precision() == Precision.SINGLE
                ? "single precision"
                : "stored in half precision, %s bytes instead of %s; computed in single"
                    .formatted(
                        ModelCard.number(facts.bytes()), ModelCard.number(facts.singleBytes())));
    card.check("Checked after it was written, against the run: " + outcome.check() + ".");
    String unchecked = outcome.unchecked();
    if (unchecked != null) {
      card.check("Left out: " + unchecked + ".");
    }
    Latency latency = outcome.latency();
    card.files(outcome.files())
        .cost("one picture, bytes to logits", String.format(Locale.ROOT, "%.2f ms", latency.one()))
        .cost(
            Latency.BATCH + " pictures at once",
            String.format(
                Locale.ROOT, "%.2f ms, %.0f pictures/s", latency.many(), latency.throughput()))
        .use(
            "The folder is a model of DJL:",
            "",
            "```java",
            "Criteria<Image, Classifications> criteria =",
            "    Criteria.builder()",
            "        .setTypes(Image.class, Classifications.class)",
            "        .optModelPath(Path.of(\"this folder\"))",
            "        .build();",
            "```",
            "",
            "For everything else it is a SavedModel: tag `serve`, signature `serving_default`."
                + " `weights.npz` holds the weights as they were trained, under PyTorch's names,"
                + " for `numpy.load` or `teacher: {network: ..., weights: weights.npz}`; no model"
                + " needs it.");
  }

  private Outcome tried(
      Source source, ExperimentConfig config, ClassifierExport export, Path beside)
      throws IOException {
    Precision precision = export.options().precision();
    try (ExportedClassifier loaded = ExportedClassifier.open(beside);
        FrozenClassifier original = export.classifier().open()) {
      ExportCheck check;
      String unchecked = null;
      DataSplits data = null;
      try {
        data = trainer.data(config);
      } catch (DataException e) {
        unchecked = "compared on noise, for the data is not there: " + e.getMessage();
      }
      if (data == null) {
        check = ExportCheck.ofNoise(original, loaded, precision, loaded.shape());
      } else {
        Evaluation teacher = null;
        try {
          teacher = teacher(config, data, source.runs());
        } catch (ConfigurationException | ModelException | WeightsException | TrainingException e) {
          unchecked = "the teacher was not asked, for it is not there: " + e.getMessage();
        }
        check = ExportCheck.of(original, loaded, precision, data.heldOut(), teacher);
      }
      if (!check.passed()) {
        throw new ExportMismatchException(
            String.format(
                Locale.ROOT,
                "%s: the export does not compute what the run's student computes: on %d pictures"
                    + " (%s) logits differ by up to %.3g, allowed: %.0e of the largest, %.3g;"
                    + " nothing was written; please report this fault with the run's config.yaml",
                source.run(),
                check.count(),
                check.pictures(),
                check.difference(),
                ExportCheck.tolerance(precision),
                check.largest()));
      }
      return new Outcome(
          export.facts(), check, unchecked, Latency.of(loaded), ExportFolder.sizes(beside));
    }
  }

  /** What the teachers say, all together where there are several; null where there is none. */
  private @Nullable Evaluation teacher(ExperimentConfig config, DataSplits data, Path runs) {
    if (config.allTeachers().isEmpty()) {
      return null;
    }
    List<Evaluation> evaluations = new ArrayList<>();
    trainer.teachers(
        config,
        data,
        runs,
        (name, classifier) -> evaluations.add(Evaluation.of(classifier, data.heldOut())));
    return evaluations.get(evaluations.size() - 1);
  }
}
