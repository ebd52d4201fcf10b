package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.training.ExperimentKind;
import org.kt4j.engine.training.HeldOutScores;
import org.kt4j.engine.training.Learning;
import org.kt4j.engine.training.Lesson;
import org.kt4j.engine.training.ObjectiveTerms;
import org.kt4j.engine.training.PhaseTraining;
import org.kt4j.engine.training.RunFolder;
import org.kt4j.engine.training.RunPlan;
import org.kt4j.engine.training.RunResult;
import org.kt4j.engine.training.Scores;
import org.kt4j.engine.training.Task;
import org.kt4j.engine.training.TeacherPlan;
import org.kt4j.engine.training.Term;
import org.kt4j.engine.training.TestScores;
import org.kt4j.engine.training.TrainingListener;

/** A detector learns. */
final class DetectionTask implements Task {

  /** A teacher below this knows nothing. */
  private static final double NOTHING = 0.01;

  private final ExperimentConfig config;
  private final FasterRcnn student;
  private final Normalization normalization;
  private final List<TeacherPlan> plans;
  private final PictureScaling scaling;
  private final ScaledPictures train;
  private final ScaledPictures heldOut;
  private final ScaledPictures test;
  private final ObjectiveTerms.Checked objective;

  /**
   * Checks everything that can be checked before any teacher is there.
   *
   * @throws ConfigurationException when the configuration does not hold together
   */
  DetectionTask(
      RunPlan plan,
      ExperimentKind.Known known,
      DetectionSplits data,
      FasterRcnn student,
      List<TeacherPlan> plans) {
    this.config = plan.config();
    this.student = student;
    this.plans = plans;
    this.normalization = DetectionKind.normalization(config, known);
    this.objective =
        new ObjectiveTerms(known.methods())
            .check(config.phases(), student.picture(), student.learner(config.seed()), plans);
    for (List<Term> terms : objective.phases()) {
      for (Term term : terms) {
        for (Lesson lesson : term.lessons()) {
          if (!lesson.method().surveys(objective.teacher(lesson), objective.student()).isEmpty()) {
            throw ConfigurationException.of(
                "term '"
                    + term.label()
                    + "' wants to see its teacher on many pictures before training, which is not"
                    + " done for detectors; fix: an option that needs no survey");
          }
        }
      }
    }
    this.scaling = new PictureScaling(student.picture(), normalization);
    this.train = new ScaledPictures(data.train(), scaling);
    this.heldOut = new ScaledPictures(data.heldOut(), scaling);
    this.test = new ScaledPictures(data.test(), scaling);
  }

  @Override
  public List<Prerequisite> needs() {
    return TeacherPlan.needs(plans);
  }

  @Override
  public void ready(TrainingListener listener) {
    tellLayers(listener);
    for (TeacherPlan plan : plans) {
      if (plan.teacher() instanceof DetectorTeacher teacher) {
        double score = scores(teacher, heldOut).vocArea();
        listener.teacherEvaluated(teacher.source(), score, RunResult.MEAN_AVERAGE_PRECISION);
        if (score < NOTHING && !plan.allowWeak()) {
          throw ConfigurationException.of(
              plan.place()
                  + ": "
                  + teacher.source()
                  + " has an mAP of "
                  + String.format(Locale.ROOT, "%.2f %%", 100 * score)
                  + " on the held-out pictures: it finds nothing. "
                  + teacher.advice(plan.place())
                  + " To learn from it all the same: "
                  + plan.place()
                  + ".allow-weak: true");
        }
      }
    }
  }

  private void tellLayers(TrainingListener listener) {
    for (int p = 0; p < objective.phases().size(); p++) {
      for (Term term : objective.phases().get(p)) {
        for (Lesson lesson : term.lessons()) {
          Taps taps = lesson.method().taps(objective.teacher(lesson), objective.student());
          if (!taps.teacher().isEmpty() && !taps.student().equals(List.of(Taps.LOGITS))) {
            listener.termReads(config.phases().get(p).name(), term.label(), taps);
          }
        }
      }
    }
  }

  private DetectionScores scores(DetectorTeacher teacher, ScaledPictures pictures) {
    try (Detector detector =
        new Detector(teacher.detector(), teacher.normalization(), teacher.weights())) {
      return Finder.scores(pictures, detector.finder().findAll(pictures));
    }
  }

  @Override
  public String metric() {
    return RunResult.MEAN_AVERAGE_PRECISION;
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
  public List<List<Term>> objective() {
    return objective.phases();
  }

  @Override
  public PhaseTraining open(int index, long firstStep) {
    Map<String, Teacher> teachers = new LinkedHashMap<>();
    plans.forEach(plan -> teachers.put(plan.name(), plan.teacher()));
    DetectionGraph graph =
        new DetectionGraph(
            student,
            new Learning.Blueprint(
                teachers, objective.phases().get(index), config.optimizer(index), firstStep),
            config.seed());
    DetectionBatches batches =
        new DetectionBatches(
            train,
            student.picture(),
            PictureScaling.fill(normalization),
            config.batchSize(),
            new View.Range(
                config.augmentation().flip(),
                student.options().scaleJitter(),
                config.augmentation().cropPadding()),
            config.seed());
    return new Phase(graph, batches, heldOut, student.options());
  }

  /** A phase and what feeds it. */
  private record Phase(
      DetectionGraph training,
      DetectionBatches batches,
      ScaledPictures heldOut,
      FasterRcnnOptions options)
      implements PhaseTraining {

    @Override
    public ImageGraph graph() {
      return training.graph();
    }

    @Override
    public Learning learning() {
      return training.learning();
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
      return PhaseTraining.steps(batches.epoch(epoch), training::step);
    }

    @Override
    public HeldOutScores evaluate() {
      DetectionScores scores = Finder.scores(heldOut, training.finder().findAll(heldOut));
      return new HeldOutScores(scores.vocArea(), null, null);
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
    @Nullable DetectionScores knower = null;
    for (TeacherPlan plan : plans) {
      if (plan.teacher() instanceof DetectorTeacher teacher && knower == null) {
        knower = scores(teacher, test);
      }
    }
    folder.scores(scores(last, best, knower));
    new ExamplePictures(RunFolder.examples(folder.path())).write(test, found);
    return new TestScores(
        last.vocArea(),
        best.vocArea(),
        knower == null ? null : knower.vocArea(),
        null,
        test.data().classes());
  }

  private static Scores scores(
      DetectionScores last, DetectionScores best, @Nullable DetectionScores knower) {
    Map<String, Double> overall = new LinkedHashMap<>();
    put(overall, "mAP, VOC 2007", last.voc2007());
    put(overall, "AP", last.coco());
    put(overall, "AP50", last.coco50());
    put(overall, "AP75", last.coco75());
    put(overall, "AP small", last.small());
    put(overall, "AP medium", last.medium());
    put(overall, "AP large", last.large());
    List<Scores.ClassScore> classes = new ArrayList<>();
    for (int k = 0; k < last.classes().size(); k++) {
      DetectionScores.ClassScores of = last.classes().get(k);
      classes.add(
          new Scores.ClassScore(
              of.name(),
              of.objects(),
              of.vocArea(),
              best.classes().get(k).vocArea(),
              knower == null ? null : knower.classes().get(k).vocArea(),
              of.precision()));
    }
    return new Scores(overall, classes);
  }

  private static void put(Map<String, Double> figures, String name, double value) {
    if (!Double.isNaN(value)) {
      figures.put(name, value);
    }
  }

  private List<List<Detection>> found(RunFolder folder, Checkpoints.Which which) {
    Weights weights = RunFolder.weights(folder.path(), which);
    try (Detector detector = new Detector(student, normalization, weights)) {
      return detector.finder().findAll(test);
    }
  }

  @Override
  public void close() {
    scaling.close();
    plans.forEach(plan -> plan.teacher().close());
  }
}
