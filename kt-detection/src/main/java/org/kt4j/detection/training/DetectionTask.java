package org.kt4j.detection.training;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.FoundData;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Normalization;
import org.kt4j.data.Split;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.data.LearnableClasses;
import org.kt4j.detection.drawing.LabelledSheet;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.export.DetectorRunExport;
import org.kt4j.detection.export.ExportedDetector;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.detection.objective.RegionBoxProvider;
import org.kt4j.detection.objective.RegionClassProvider;
import org.kt4j.detection.objective.RpnBoxProvider;
import org.kt4j.detection.objective.RpnObjectnessProvider;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.ComparedModels;
import org.kt4j.engine.task.Evaluator;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.task.PruneSource;
import org.kt4j.engine.task.Recipe;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.Teacher;

/** Object detection: experiments whose student is {@code faster-rcnn}, measured by mAP. */
@Singleton
public final class DetectionTask implements Task {

  /** Mean average precision at an IoU of 0.5, by the area under the curve. */
  static final Metric MAP =
      Metric.ofShare(
          "mAP",
          "mAP is mean average precision: the mean over the classes of average precision, which is"
              + " the area under the curve of precision against recall. A box that the detector"
              + " found counts as right when its intersection with an object of its class is at"
              + " least half of their union (IoU 0.5) and no surer box has found that object"
              + " before.");

  private final DetectorFactory detectors;
  private final Methods methods;
  private final ExperimentReader reader;

  /** Creates the task with these registries. */
  @Inject
  public DetectionTask(DetectorFactory detectors, Methods methods, ExperimentReader reader) {
    this.detectors = detectors;
    this.methods = methods;
    this.reader = reader;
  }

  @Override
  public String name() {
    return "detection";
  }

  @Override
  public Metric metric() {
    return MAP;
  }

  @Override
  public List<String> labelTerms() {
    return List.of(
        RpnObjectnessProvider.NAME,
        RpnBoxProvider.NAME,
        RegionClassProvider.NAME,
        RegionBoxProvider.NAME);
  }

  @Override
  public boolean suits(ExperimentConfig config) {
    return config.student().options() instanceof FasterRcnnOptions;
  }

  @Override
  public PreparedRun prepare(RunPlan plan) {
    NativeRuntime.addInOneOrder();
    ExperimentConfig config = plan.config();
    DetectionSplits data = detectors.data(config.data());
    for (DetectionDataset part : List.of(data.train(), data.heldOut(), data.test())) {
      requireObjects(part);
    }
    LearnableClasses.warnOfOthers(data);
    DetectorFactory.require(
        config.augmentation().cutout() == 0,
        "augmentation.cutout: a detector's pictures are flipped, moved by crop-padding, and scaled"
            + " by student.scale-jitter; a square cut out may hide an object whose box is asked"
            + " for; fix: leave it out");
    FasterRcnn student = detectors.learning(config, data.train());
    return new PreparedDetection(
        config,
        data,
        student,
        detectors.normalization(config),
        detectors.teachers(config, data, student, plan.runs()),
        new ObjectiveTerms(methods),
        plan.replication());
  }

  private static void requirePictures(DetectionDataset part) {
    DetectorFactory.require(
        part.size() > 0,
        "data: " + part.name() + " has no picture; allowed: 1 or more; fix: name another set");
  }

  /** Throws if no object counts: then there is no average precision. */
  private static void requireObjects(DetectionDataset part) {
    requirePictures(part);
    boolean found =
        IntStream.range(0, part.size())
            .anyMatch(i -> part.objects(i).stream().anyMatch(object -> !object.difficult()));
    DetectorFactory.require(
        found,
        "data: the "
            + part.size()
            + " pictures of "
            + part.name()
            + " hold no object that counts (difficult ones and crowds do not), so that there is no"
            + " score on them; fix: pictures with objects");
  }

  @Override
  public void evaluate(TrainedRun run, Split split, Consumer<Evaluator> visitor) {
    DetectionDataset pictures = scored(detectors.data(run.config().data()), split);
    try (Detector detector = detectors.open(run)) {
      visitor.accept(new DetectorEvaluator(run.described(), detector, pictures));
    }
  }

  @Override
  public void evaluateTeachers(
      ExperimentConfig config, Path runs, Split split, Consumer<Evaluator> visitor) {
    DetectionSplits data = detectors.data(config.data());
    DetectionDataset pictures = scored(data, split);
    FasterRcnn student = detectors.detector(config, data.train().classes().size());
    try (Teachers teachers = detectors.teachers(config, data, student, runs);
        PictureScaling scaling =
            new PictureScaling(student.picture(), detectors.normalization(config))) {
      DetectorTeachersTogether together = new DetectorTeachersTogether(teachers.plans(), student);
      if (together.detectors().isEmpty()) {
        throw ConfigurationException.of(
            "teacher: is a classifier, which finds no boxes; fix: evaluate its own run");
      }
      ScaledPictures scaled = new ScaledPictures(pictures, scaling);
      for (TeacherPlan plan : together.detectors()) {
        visitor.accept(
            new TeacherEvaluator(
                "teacher, " + plan.teacher().source(),
                pictures,
                () -> together.scores(plan, scaled)));
      }
      if (together.detectors().size() > 1) {
        visitor.accept(
            new TeacherEvaluator(
                "teacher, " + Teachers.TOGETHER, pictures, () -> together.scores(scaled)));
      }
    }
  }

  @Override
  public ComparedModels compared(TrainedRun run, Path runs, Split split) {
    DetectionSplits data = detectors.data(run.config().data());
    return new ComparedDetectors(detectors, run, data, scored(data, split), runs);
  }

  private static DetectionDataset scored(DetectionSplits data, Split split) {
    requireObjects(data.part(split));
    return data.part(split);
  }

  private static DetectionDataset part(DetectionSplits data, Split split) {
    DetectionDataset pictures = data.part(split);
    requirePictures(pictures);
    return pictures;
  }

  static String described(DetectionDataset pictures) {
    return pictures.name() + ", " + String.format(Locale.ROOT, "%,d", pictures.size());
  }

  private static List<Fact> facts(DetectionScores scores) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact(MAP.name(), MAP.text(scores.vocArea()) + ", IoU 0.5, by area"));
    facts.add(new Fact("", MAP.text(scores.voc2007()) + ", VOC 2007, 11 points"));
    facts.add(
        new Fact(
            "AP",
            MAP.text(scores.coco())
                + ", IoU 0.50 to 0.95; AP50 "
                + MAP.text(scores.coco50())
                + ", AP75 "
                + MAP.text(scores.coco75())));
    facts.add(new Fact("", sizes(scores.small(), scores.medium(), scores.large())));
    DetectionScores.Recall recall = scores.recall();
    facts.add(
        new Fact(
            "AR",
            MAP.text(recall.hundredSurest())
                + ", with the 100 surest boxes of a class; AR10 "
                + MAP.text(recall.tenSurest())
                + ", AR1 "
                + MAP.text(recall.surest())));
    facts.add(new Fact("", sizes(recall.small(), recall.medium(), recall.large())));
    for (DetectionScores.ClassScores each : scores.classes()) {
      facts.add(
          new Fact(
              "  " + each.name(),
              String.format(
                  Locale.ROOT,
                  "%s of %,d objects; AP %s, AR %s",
                  share(each.vocArea()),
                  each.objects(),
                  share(each.coco()),
                  share(each.recall()))));
    }
    return facts;
  }

  private static String sizes(double small, double medium, double large) {
    return "small " + share(small) + ", medium " + share(medium) + ", large " + share(large);
  }

  /** A class or a size without objects has no share. */
  private static String share(double share) {
    return Double.isNaN(share) ? "-" : MAP.text(share);
  }

  /** A student and the pictures that it is evaluated on. */
  private record DetectorEvaluator(String source, Detector detector, DetectionDataset dataset)
      implements Evaluator {

    @Override
    public String pictures() {
      return described(dataset);
    }

    @Override
    public int count() {
      return dataset.size();
    }

    @Override
    public List<Fact> evaluate(IntConsumer done) {
      return facts(detector.evaluate(dataset, done));
    }
  }

  /** Computes scores when it is asked. */
  @FunctionalInterface
  private interface Scoring {
    DetectionScores scores();
  }

  /** A teacher and the pictures that it is evaluated on. */
  private record TeacherEvaluator(String source, DetectionDataset dataset, Scoring scoring)
      implements Evaluator {

    @Override
    public String pictures() {
      return described(dataset);
    }

    @Override
    public int count() {
      return dataset.size();
    }

    @Override
    public List<Fact> evaluate(IntConsumer done) {
      List<Fact> facts = facts(scoring.scores());
      done.accept(dataset.size());
      return facts;
    }
  }

  @Override
  public List<Fact> export(TrainedRun run, ExportRequest request) {
    return new DetectorRunExport(detectors, reader, this).write(run, request).facts();
  }

  @Override
  public Predictor predictor(TrainedRun run, PredictionOptions options) {
    Detector detector = detectors.open(run);
    return new DetectorPredictor(
        new DetectorPredictor.Source() {
          @Override
          public List<Detection> detect(org.kt4j.data.Picture picture) {
            return detector.detect(List.of(picture)).get(0);
          }

          @Override
          public void close() {
            detector.close();
          }
        },
        detectors.classes(run),
        options);
  }

  @Override
  public Optional<Predictor> predictor(Path export, PredictionOptions options) {
    if (!ExportedDetector.isOne(export)) {
      return Optional.empty();
    }
    ExportedDetector detector = ExportedDetector.open(export);
    return Optional.of(
        new DetectorPredictor(
            new DetectorPredictor.Source() {
              @Override
              public List<Detection> detect(org.kt4j.data.Picture picture) {
                return detector.detect(picture);
              }

              @Override
              public void close() {
                detector.close();
              }
            },
            ExportedDetector.classes(export),
            options));
  }

  @Override
  public ObservableNetworks observe(ExperimentConfig config, Path runs) {
    DetectionSplits data = detectors.data(config.data());
    Normalization normalization = detectors.normalization(config);
    // In floats, for no range is known before training; a run's student is asked for by itself.
    FasterRcnn student =
        detectors.detector(
            "student", config.student().inFloats(), normalization, data.train().classes().size());
    Teachers teachers = detectors.teachers(config, data, student, runs);
    return new Observed(
        detectors,
        config,
        data,
        student,
        normalization,
        teachers,
        new PictureScaling(student.picture(), normalization));
  }

  /** Detectors by their backbones, on whole pictures. */
  private record Observed(
      DetectorFactory detectors,
      ExperimentConfig config,
      DetectionSplits data,
      FasterRcnn student,
      Normalization normalization,
      Teachers opened,
      PictureScaling scaling)
      implements ObservableNetworks {

    @Override
    public ImageDataset pictures(Split split) {
      return new WholePictures(new ScaledPictures(part(data, split), scaling), student.picture());
    }

    @Override
    public Teacher student(TrainedRun run) {
      return new DetectorTeacher(
          run.described(),
          detectors.detector(run.config(), student.classes()),
          detectors.normalization(run.config()),
          () -> detectors.weights(run));
    }

    @Override
    public Teacher untrained() {
      return DetectorTeacher.untrained(student, normalization, config.seed());
    }

    @Override
    public Map<String, Teacher> teachers() {
      return new LinkedHashMap<>(opened.byName());
    }

    @Override
    public void close() {
      scaling.close();
      opened.close();
    }
  }

  @Override
  public PrunableNetwork prunable(ExperimentConfig config, PruneSource source) {
    NativeRuntime.addInOneOrder();
    DetectionSplits data = detectors.data(config.data());
    for (DetectionDataset part : List.of(data.train(), data.heldOut(), data.test())) {
      requireObjects(part);
    }
    Normalization own = source.normalization();
    return new PrunableDetector(
        detectors,
        source,
        data,
        own == null ? detectors.normalization(config) : own,
        config.seed());
  }

  @Override
  public void drawSheet(DataConfig data, Path file) {
    LabelledSheet.write(detectors.data(data).train(), file);
  }

  @Override
  public Optional<Recipe> recipe(FoundData data, @Nullable Integer side) {
    if (!data.boxes()) {
      return Optional.empty();
    }
    Map<String, String> options = new LinkedHashMap<>();
    data.options().forEach((option, value) -> options.put(option, String.valueOf(value)));
    DetectionDataset train = detectors.data(reader.data(data.data(), options)).train();
    return Optional.of(DetectionRecipe.of(data, train, side));
  }
}
