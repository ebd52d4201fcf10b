package org.kt4j.classification.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.classification.ClassifierFactory;
import org.kt4j.classification.Evaluation;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportMismatchException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.ModelCard;
import org.kt4j.engine.export.SparseWeights;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.task.ExportComparison;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.PackedWeights;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.Latency;
import org.kt4j.imagelevel.NetworkExport;
import org.kt4j.imagelevel.TrainedNetwork;

/**
 * Exports the student of a run: writes it as a model, loads that, compares it with the run on the
 * held-out pictures, and describes it in a model card. Nothing is left if they differ.
 *
 * <pre>
 * saved_model.pb      the model
 * synset.txt          its classes, one a line
 * serving.properties  what DJL reads of a model's folder
 * weights.npz         the trained weights as they were, under PyTorch's names
 * weights-binary.npz  those of a student of signs, one bit a weight
 * weights-sparse.npz  the same without zeros, where many are 0
 * model-card.md       its data, teacher and scores
 * </pre>
 */
public final class StudentExport {

  /** The trained weights; no model needs them. */
  public static final String WEIGHTS = "weights.npz";

  private static Set<String> files(ExportOptions options) {
    Set<String> files = new TreeSet<>(ClassifierExport.files(options));
    files.add(WEIGHTS);
    files.add(SparseWeights.FILE);
    files.add(ModelCard.FILE);
    return files;
  }

  private final ClassifierFactory classifiers;
  private final ExperimentReader reader;
  private final Task task;

  /**
   * The result of an export.
   *
   * @param options of the model
   * @param model facts about it
   * @param check against the run
   * @param unchecked why the held-out pictures or the teacher were left out; null where nothing was
   * @param comparison with the run's other exports; null where the data is not there
   * @param speed on this machine, in words
   * @param sparse what is saved by leaving zeros out; null where there are few
   * @param files sizes in bytes by name, but for the card
   */
  public record Outcome(
      ExportOptions options,
      NetworkExport.Facts model,
      ExportCheck check,
      @Nullable String unchecked,
      @Nullable ExportComparison comparison,
      List<Fact> speed,
      @Nullable String sparse,
      Map<String, Long> files) {

    /** The size of the file with the model. */
    long modelBytes() {
      return files.getOrDefault(ExportFormats.of(options.format()).file(), 0L);
    }

    /** What a network of signs takes in one bit a weight; empty where it is none. */
    Optional<String> packed() {
      return Optional.ofNullable(files.get(PackedWeights.FILE))
          .map(
              bytes ->
                  String.format(
                      Locale.ROOT,
                      "%s has %s, %s %s; the model itself is neither smaller nor faster than one"
                          + " in floats",
                      PackedWeights.FILE,
                      NumberFormats.size(bytes),
                      WEIGHTS,
                      NumberFormats.size(files.getOrDefault(WEIGHTS, 0L))));
    }

    /** The outcome in words. */
    public List<Fact> facts() {
      List<Fact> facts = new ArrayList<>();
      facts.add(
          new Fact(
              "folded",
              model.folded()
                  + " of "
                  + model.normalisations()
                  + " batch normalisations, into the convolutions below them"));
      packed().ifPresent(words -> facts.add(new Fact("signs", words)));
      if (options.precision() == Precision.HALF) {
        facts.add(
            new Fact(
                "half",
                String.format(
                    Locale.ROOT,
                    "%s instead of %s, accuracy on the held-out pictures %s",
                    NumberFormats.size(modelBytes()),
                    NumberFormats.size(model.singleBytes()),
                    change(check.original(), check.exported()))));
      }
      if (sparse != null) {
        facts.add(new Fact("sparse", sparse));
      }
      List<String> words = check.words();
      for (int i = 0; i < words.size(); i++) {
        facts.add(new Fact(i == 0 ? "verified" : "", words.get(i)));
      }
      if (unchecked != null) {
        facts.add(new Fact("", unchecked));
      }
      facts.addAll(speed);
      return facts;
    }

    private static String change(@Nullable Double before, @Nullable Double after) {
      return before == null || after == null
          ? "not known"
          : String.format(Locale.ROOT, "%+.2f points", 100 * (after - before));
    }
  }

  /**
   * Creates an exporter.
   *
   * @param task of the runs
   */
  public StudentExport(ClassifierFactory classifiers, ExperimentReader reader, Task task) {
    this.classifiers = classifiers;
    this.reader = reader;
    this.task = task;
  }

  /**
   * Exports.
   *
   * @throws TrainingException when it has finished no epoch
   * @throws DataException when it is not complete and its data, which alone tells the size of the
   *     pictures, is not there
   * @throws ExportException when the folder is there and is not to be replaced, or the network has
   *     no such tap, or in 8 bits more is lost than allowed
   * @throws ExportMismatchException when what was written does not compute what the run's student
   *     computes; nothing is left of it
   */
  public Outcome write(TrainedRun run, ExportRequest request) {
    ExportFolder target =
        new ExportFolder(request.folder(), files(request.options()), request.overwrite());
    TrainedNetwork student = classifiers.trained(run);
    ClassifierExport export = ClassifierExport.of(student, request.options());
    return target.write(
        beside -> {
          export.write(details(run, student), beside);
          NpzFile.write(export.weights(), beside.resolve(WEIGHTS));
          String sparse = SparseWeights.write(export.weights(), beside).orElse(null);
          Outcome outcome = tried(run, request, export, sparse, beside);
          ModelCard card =
              new ModelCard(run.folder(), run.which(), run.config(), reader.write(run.config()));
          fill(card, export, outcome);
          Files.writeString(beside.resolve(ModelCard.FILE), card.text());
          return outcome;
        });
  }

  /** What a file may say of the run. */
  private ExportDetails details(TrainedRun run, TrainedNetwork student) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("classes", String.join("\n", student.classes()));
    properties.putAll(ModelCard.properties(run.folder(), run.which(), reader.write(run.config())));
    CalibrationPictures pictures;
    try {
      pictures = CalibrationPictures.of(classifiers.data(run.config()).train());
    } catch (DataException e) {
      pictures = CalibrationPictures.none(e.getMessage());
    }
    return new ExportDetails(properties, pictures);
  }

  private static void fill(ModelCard card, ClassifierExport export, Outcome outcome) {
    NetworkExport.Facts facts = outcome.model();
    ExportOptions options = export.options();
    ImageShape shape = export.classifier().shape();
    boolean bytes = options.input() == ExportOptions.Input.UINT8;
    card.form(options)
        .fact(
            "input",
            String.format(
                Locale.ROOT,
                "`%s`, %s `[B, h, w, %d]`, %s; any size, resized to %dx%d",
                NetworkExport.IMAGES,
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
        .fact("parameters", NumberFormats.count(facts.parameters()))
        .fact(
            "FLOPs of a picture",
            NumberFormats.count(facts.flops())
                + "; convolutions and dense layers, a multiplication and an addition count as two")
        .fact(
            "batch normalisation",
            String.format(
                Locale.ROOT,
                "%d of %d multiplied into convolutions",
                facts.folded(),
                facts.normalisations()))
        .fact(
            "weights",
            options.precision() == Precision.SINGLE
                ? "single precision"
                : "stored in half precision, %s bytes instead of %s; computed in single"
                    .formatted(
                        NumberFormats.count(outcome.modelBytes()),
                        NumberFormats.count(facts.singleBytes())));
    outcome.packed().ifPresent(words -> card.fact("signs", words));
    String sparse = outcome.sparse();
    if (sparse != null) {
      card.fact("zeros", sparse);
    }
    card.check("Checked after it was written, against the run: " + outcome.check() + ".");
    String unchecked = outcome.unchecked();
    if (unchecked != null) {
      card.check("Left out: " + unchecked + ".");
    }
    ExportComparison comparison = outcome.comparison();
    if (comparison != null) {
      comparison.tell(card);
    }
    card.files(outcome.files())
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
            (options.format().equals(ExportFormats.USUAL.name())
                    ? "For everything else it is a SavedModel: tag `serve`, signature"
                        + " `serving_default`."
                    : "For everything else `"
                        + ExportFormats.of(options.format()).file()
                        + "` is the model; DJL's own translator uses `djl.onnx`, which reads its"
                        + " weights.")
                + " `weights.npz` holds the weights as they were trained, under PyTorch's names,"
                + " for `numpy.load` or `teacher: {network: ..., weights: weights.npz}`; no model"
                + " needs it.");
  }

  private Outcome tried(
      TrainedRun run,
      ExportRequest request,
      ClassifierExport export,
      @Nullable String sparse,
      Path beside)
      throws IOException {
    ExportOptions options = export.options();
    try (ExportedClassifier loaded = ExportedClassifier.open(beside);
        FrozenNetwork original = export.classifier().open()) {
      ExportCheck check;
      String unchecked = null;
      DataSplits data = null;
      try {
        data = classifiers.data(run.config());
      } catch (DataException e) {
        unchecked = "compared on noise, for the data is not there: " + e.getMessage();
      }
      if (data == null) {
        check = ExportCheck.ofNoise(original, loaded, options, loaded.shape());
      } else {
        Evaluation teacher = null;
        try {
          teacher = teacher(run.config(), data, request.runs());
        } catch (ConfigurationException | ModelException | WeightsException | TrainingException e) {
          unchecked = "the teacher was not asked, for it is not there: " + e.getMessage();
        }
        check = ExportCheck.of(original, loaded, options, data.heldOut(), teacher);
      }
      if (!check.passed()) {
        String failure = run.folder() + ": " + check.failure();
        throw options.int8() == null
            ? new ExportMismatchException(failure)
            : new ExportException(failure);
      }
      ExportComparison comparison =
          ExportComparison.of(
                  task,
                  run,
                  reader.write(run.config()),
                  request,
                  beside,
                  plain ->
                      ClassifierExport.of(export.classifier(), ExportOptions.defaults())
                          .write(plain))
              .orElse(null);
      return new Outcome(
          export.options(),
          export.facts(),
          check,
          unchecked,
          comparison,
          comparison == null
              ? List.of(new Fact("speed", Latency.of(loaded, loaded.shape()).speed().text()))
              : comparison.facts(),
          sparse,
          ExportFolder.sizes(beside));
    }
  }

  /** Evaluates the teachers, together if there are several; null without a teacher. */
  private @Nullable Evaluation teacher(ExperimentConfig config, DataSplits data, Path runs) {
    if (config.allTeachers().isEmpty()) {
      return null;
    }
    return classifiers.evaluatedTeachers(config, data, runs, data.heldOut());
  }
}
