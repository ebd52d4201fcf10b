package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.cache.KnowledgeDemand;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.Prerequisite;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.task.HeldOutScores;
import org.kt4j.engine.task.PhaseTraining;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.RunObjective;
import org.kt4j.engine.task.TestScores;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.Fingerprint;

/** The run of a detector. */
final class PreparedDetection implements PreparedRun {

  /** A teacher with a lower score is refused. */
  private static final double NOTHING = 0.01;

  /** Pictures of each part whose pixels are compared between workers. */
  private static final int DIGESTED = 100;

  private static final String FIGURES =
      "Means over the classes after the last epoch. AP is the mean over the IoU thresholds 0.50,"
          + " 0.55 to 0.95, AP50 and AP75 are at one threshold; small, medium and large are by the"
          + " object's area, up to 32², up to 96² and above, in pixels. AR is average recall: the"
          + " share of the objects that are found, mean over the same thresholds, with the 1, 10"
          + " or 100 surest boxes of each class in a picture. VOC 2007 takes the"
          + " precision at eleven levels of recall in place of the whole area.";

  private final ExperimentConfig config;
  private final FasterRcnn student;
  private final Normalization normalization;
  private final Teachers teachers;
  private final RandomTransform.Range range;
  private final PictureScaling scaling;
  private final ScaledPictures train;
  private final ScaledPictures heldOut;
  private final ScaledPictures test;
  private final RunObjective objective;

  /**
   * Checks everything that can be checked before any teacher is there.
   *
   * @param replication the workers that train it
   * @param teachers are closed with the run, also when it is not made
   * @throws ConfigurationException when the configuration does not hold together
   */
  PreparedDetection(
      ExperimentConfig config,
      DetectionSplits data,
      FasterRcnn student,
      Normalization normalization,
      Teachers teachers,
      ObjectiveTerms terms,
      Replication replication) {
    this.config = config;
    this.student = student;
    this.normalization = normalization;
    this.teachers = teachers;
    this.range =
        new RandomTransform.Range(
            config.augmentation().flip(),
            student.options().scaleJitter(),
            config.augmentation().cropPadding());
    try {
      this.objective =
          new RunObjective(
              terms,
              config,
              data.train().size(),
              student.picture(),
              student.studentGraph(config.seed()),
              teachers,
              replication);
      this.scaling = new PictureScaling(student.picture(), normalization);
    } catch (RuntimeException | Error e) {
      teachers.close();
      throw e;
    }
    this.train = new ScaledPictures(data.train(), scaling);
    this.heldOut = new ScaledPictures(data.heldOut(), scaling);
    this.test = new ScaledPictures(data.test(), scaling);
  }

  @Override
  public List<Prerequisite> prerequisites() {
    return TeacherPlan.needs(teachers.plans());
  }

  @Override
  public void ready(TrainingListener listener) {
    objective.announce(listener);
    checkTeachers(listener);
    objective.calibrate(whole());
    if (objective.isCached()) {
      objective.cache(views(), listener);
    }
  }

  @Override
  public List<KnowledgeDemand> knowledge() {
    if (!objective.isCached()) {
      return List.of();
    }
    objective.calibrate(whole());
    return objective.knowledge(views());
  }

  private WholePictures whole() {
    return new WholePictures(train, student.picture());
  }

  @Override
  public void checkTeachers(TrainingListener listener) {
    objective.requireFinite(whole());
    DetectorTeachersTogether together = together();
    for (TeacherPlan plan : together.detectors()) {
      double score = score(together, plan);
      listener.teacherEvaluated(plan.teacher().source(), score, DetectionTask.MAP);
      if (score < NOTHING && !plan.allowWeak()) {
        throw ConfigurationException.of(
            plan.place()
                + ": "
                + plan.teacher().source()
                + " has an mAP of "
                + String.format(Locale.ROOT, "%.2f %%", 100 * score)
                + " on the held-out pictures: it finds nothing. "
                + plan.teacher().advice(plan.place())
                + " To learn from it all the same: "
                + plan.place()
                + ".allow-weak: true");
      }
    }
    if (together.detectors().size() > 1) {
      listener.teacherEvaluated(
          Teachers.TOGETHER, together.scores(heldOut).vocArea(), DetectionTask.MAP);
    }
  }

  private DetectorTeachersTogether together() {
    return new DetectorTeachersTogether(teachers.plans(), student, objective::answers);
  }

  private double score(DetectorTeachersTogether together, TeacherPlan plan) {
    try {
      return together.scores(plan, heldOut).vocArea();
    } catch (TrainingException e) {
      throw ConfigurationException.of(
          plan.place()
              + ": "
              + plan.teacher().source()
              + ": "
              + e.getMessage()
              + " on the held-out pictures. "
              + plan.teacher().advice(plan.place()));
    }
  }

  /** How many views a picture has; 0 where each epoch draws another. */
  private int fixedViews() {
    return range.equals(RandomTransform.Range.NONE) ? 1 : config.augmentation().views();
  }

  private TransformedViews views() {
    DetectorFactory.require(
        fixedViews() > 0,
        "cache: only pictures that come again can be stored, and student.scale-jitter draws fresh"
            + " ones in every epoch; fix: augmentation: {views: 4}, or no cache");
    return new TransformedViews(
        train, student.picture(), PictureScaling.fill(normalization), range, fixedViews());
  }

  @Override
  public ImageShape pictures() {
    return student.picture();
  }

  @Override
  public int trainingPictures() {
    return train.size();
  }

  @Override
  public int heldOutPictures() {
    return heldOut.size();
  }

  @Override
  public int testPictures() {
    return test.size();
  }

  @Override
  public String dataDigest() {
    Fingerprint digest = new Fingerprint();
    for (ScaledPictures part : List.of(train, heldOut, test)) {
      digest.add(part.size());
      int every = Math.max(1, part.size() / DIGESTED);
      for (int i = 0; i < part.size(); i++) {
        digest.add(part.objects(i));
        if (i % every == 0) {
          digest.add(part.picture(i).pixels());
        }
      }
    }
    return digest.hex();
  }

  @Override
  public void tryStudent(Consumer<Variables> look) {
    objective.tryStudent(look);
  }

  @Override
  public List<List<Term>> objective() {
    return objective.phases();
  }

  @Override
  public PhaseTraining open(int index, long firstStep) {
    DetectionGraph graph =
        new DetectionGraph(student, objective.blueprint(index, firstStep), config.seed());
    DetectionBatches batches =
        new DetectionBatches(
            train,
            student.picture(),
            PictureScaling.fill(normalization),
            config.batchSize(),
            range,
            fixedViews(),
            config.seed(),
            objective.replicas().share());
    return new Phase(graph, batches, heldOut, student.options(), objective.replicas());
  }

  /** A phase and what feeds it. */
  private record Phase(
      DetectionGraph training,
      DetectionBatches batches,
      ScaledPictures heldOut,
      FasterRcnnOptions options,
      Replicas replicas)
      implements PhaseTraining {

    @Override
    public ImageGraph graph() {
      return training.graph();
    }

    @Override
    public DistillationStep distillation() {
      return training.distillation();
    }

    @Override
    public long studentFlopsPerImage() {
      return training.finder().flopsPerImage();
    }

    /** Training looks at the sampled regions, use at all proposals. */
    @Override
    public long trainingFlopsPerImage() {
      long unseen = (long) options.proposals() - options.sampledRegions();
      return studentFlopsPerImage() - unseen * training.finder().flopsPerRegion();
    }

    @Override
    public Iterator<Step> epoch(int epoch) {
      return PhaseTraining.steps(batches.epoch(epoch), training);
    }

    @Override
    public HeldOutScores evaluate() {
      DetectionScores scores = Finder.scores(heldOut, training.finder().findAll(heldOut, replicas));
      return new HeldOutScores(scores.vocArea(), null, Map.of());
    }

    @Override
    public void close() {
      batches.close();
      training.close();
    }
  }

  @Override
  public TestScores test(RunFolder folder, boolean bestIsLast) {
    List<List<Detection>> found = found(folder, Checkpoints.Which.LAST);
    DetectionScores last = Finder.scores(test, found);
    DetectionScores best =
        bestIsLast ? last : Finder.scores(test, found(folder, Checkpoints.Which.BEST));
    DetectorTeachersTogether together = together();
    DetectionScores teacher = together.detectors().isEmpty() ? null : together.scores(test);
    folder.scores(scores(last, best, teacher));
    new ExamplePictures(RunFolder.examples(folder.path())).write(test, found);
    return new TestScores(
        last.vocArea(),
        best.vocArea(),
        teacher == null ? null : teacher.vocArea(),
        null,
        test.data().classes());
  }

  private static Scores scores(
      DetectionScores last, DetectionScores best, @Nullable DetectionScores teacher) {
    Map<String, Double> overall = new LinkedHashMap<>();
    put(overall, "mAP, VOC 2007", last.voc2007());
    put(overall, "AP", last.coco());
    put(overall, "AP50", last.coco50());
    put(overall, "AP75", last.coco75());
    put(overall, "AP small", last.small());
    put(overall, "AP medium", last.medium());
    put(overall, "AP large", last.large());
    DetectionScores.Recall recall = last.recall();
    put(overall, "AR1", recall.surest());
    put(overall, "AR10", recall.tenSurest());
    put(overall, "AR100", recall.hundredSurest());
    put(overall, "AR small", recall.small());
    put(overall, "AR medium", recall.medium());
    put(overall, "AR large", recall.large());
    List<Scores.ClassScore> classes = new ArrayList<>();
    for (int k = 0; k < last.classes().size(); k++) {
      DetectionScores.ClassScores of = last.classes().get(k);
      classes.add(
          new Scores.ClassScore(
              of.name(),
              of.objects(),
              of.vocArea(),
              best.classes().get(k).vocArea(),
              teacher == null ? null : teacher.classes().get(k).vocArea(),
              of.precision()));
    }
    return new Scores("AP at IoU 0.5", "objects", overall, FIGURES, classes);
  }

  private static void put(Map<String, Double> figures, String name, double value) {
    if (!Double.isNaN(value)) {
      figures.put(name, value);
    }
  }

  private List<List<Detection>> found(RunFolder folder, Checkpoints.Which which) {
    try (Detector detector =
        new Detector(student, normalization, Checkpoints.weightsOf(folder.path(), which))) {
      return detector.finder().findAll(test, objective.replicas());
    }
  }

  @Override
  public void close() {
    scaling.close();
    teachers.close();
  }
}
