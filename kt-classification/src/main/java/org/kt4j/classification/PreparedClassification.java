package org.kt4j.classification;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.BatchStream;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.cache.AugmentedViews;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.run.Predictions;
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
import org.kt4j.engine.teacher.NetworkTeacher;

/** The run of a classifier. */
final class PreparedClassification implements PreparedRun {

  /** A further number of the held-out pictures, in nats. */
  static final String CROSS_ENTROPY = "cross-entropy";

  private final ExperimentConfig config;
  private final DataSplits data;
  private final Network student;
  private final Normalization normalization;
  private final Teachers teachers;
  private final RunObjective objective;
  private @Nullable Evaluation teachersHeldOut;

  /**
   * Checks everything that can be checked before any teacher is there.
   *
   * @param teachers are closed with the run, also when it is not made
   * @throws ConfigurationException when the configuration does not hold together
   */
  PreparedClassification(
      ExperimentConfig config,
      DataSplits data,
      Network student,
      Normalization normalization,
      Teachers teachers,
      ObjectiveTerms terms) {
    this.config = config;
    this.data = data;
    this.student = student;
    this.normalization = normalization;
    this.teachers = teachers;
    try {
      this.objective =
          new RunObjective(
              terms,
              config,
              data.shape(),
              ClassificationGraph.studentGraph(student, normalization),
              teachers);
    } catch (RuntimeException | Error e) {
      teachers.close();
      throw e;
    }
  }

  @Override
  public List<Prerequisite> prerequisites() {
    return TeacherPlan.needs(teachers.plans());
  }

  @Override
  public void ready(TrainingListener listener) {
    objective.announce(listener);
    teachersHeldOut = tried(listener);
    objective.calibrate(data.train());
    if (objective.isCached()) {
      objective.cache(
          new AugmentedViews(data.train(), config.augmentation(), normalization), listener);
    }
  }

  @Override
  public ImageShape pictures() {
    return data.shape();
  }

  @Override
  public int trainingPictures() {
    return data.train().size();
  }

  @Override
  public int heldOutPictures() {
    return data.heldOut().size();
  }

  @Override
  public List<List<Term>> objective() {
    return objective.phases();
  }

  @Override
  public PhaseTraining open(int index, long firstStep) {
    ClassificationGraph graph =
        new ClassificationGraph(
            new ClassificationGraph.Blueprint(
                data.shape(),
                student,
                normalization,
                objective.blueprint(index, firstStep),
                config.seed()));
    BatchStream batches =
        BatchStream.training(
            data.train(), config.batchSize(), config.augmentation(), normalization, config.seed());
    return new Phase(this, graph, batches);
  }

  /** A phase and what feeds it. */
  private record Phase(
      PreparedClassification run, ClassificationGraph training, BatchStream batches)
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
      return training.studentFlopsPerImage();
    }

    @Override
    public Iterator<Step> epoch(int epoch) {
      return PhaseTraining.steps(batches.epoch(epoch, 0), training::step);
    }

    @Override
    public HeldOutScores evaluate() {
      Evaluation evaluation = Evaluation.of(training::studentLogits, run.data.heldOut());
      if (!Double.isFinite(evaluation.crossEntropy())) {
        throw new TrainingException("the student's output on the held-out pictures is not finite");
      }
      Evaluation teacher = run.teachersHeldOut;
      return new HeldOutScores(
          evaluation.accuracy(),
          teacher == null ? null : evaluation.agreement(teacher),
          Map.of(CROSS_ENTROPY, evaluation.crossEntropy()));
    }

    @Override
    public void close() {
      batches.close();
      training.close();
    }
  }

  @Override
  public TestScores test(RunFolder folder, boolean bestIsLast) {
    Evaluation last = evaluated(folder.path(), Checkpoints.Which.LAST);
    Evaluation best = bestIsLast ? last : evaluated(folder.path(), Checkpoints.Which.BEST);
    Evaluation teacher = ofTeachers(data.test());
    ImageDataset test = data.test();
    Predictions predictions =
        new Predictions(
            IntStream.range(0, test.size()).map(test::label).toArray(),
            last.answers(),
            best.answers(),
            teacher == null ? new int[0] : teacher.answers());
    folder.predictions(predictions);
    folder.scores(scores(predictions, test.classes()));
    return new TestScores(
        last.accuracy(),
        best.accuracy(),
        teacher == null ? null : teacher.accuracy(),
        teacher == null ? null : last.agreement(teacher),
        test.classes());
  }

  private static Scores scores(Predictions predictions, List<String> classes) {
    double[] last = predictions.classAccuracy(predictions.last(), classes.size());
    double[] best = predictions.classAccuracy(predictions.best(), classes.size());
    double[] teacher =
        predictions.hasTeacher()
            ? predictions.classAccuracy(predictions.teacher(), classes.size())
            : new double[0];
    int[] count = new int[classes.size()];
    for (int label : predictions.labels()) {
      count[label]++;
    }
    List<Scores.ClassScore> ofClasses = new ArrayList<>();
    for (int k = 0; k < classes.size(); k++) {
      ofClasses.add(
          new Scores.ClassScore(
              classes.get(k),
              count[k],
              last[k],
              best[k],
              teacher.length == 0 ? null : teacher[k],
              List.of()));
    }
    return new Scores(
        ClassificationTask.ACCURACY.name(), "pictures", Map.of(), "", ofClasses);
  }

  private Evaluation evaluated(Path run, Checkpoints.Which which) {
    try (FrozenClassifier classifier =
        new FrozenClassifier(
            data.shape(),
            new NetworkTeacher(
                run.toString(),
                student,
                data.shape(),
                normalization,
                () -> Checkpoints.weightsOf(run, which)))) {
      return Evaluation.of(classifier, data.test());
    }
  }

  @Override
  public void close() {
    teachers.close();
  }

  /** Tries each teacher on the held-out pictures. */
  private @Nullable Evaluation tried(TrainingListener listener) {
    List<TeacherPlan> plans = teachers.plans();
    if (plans.isEmpty()) {
      return null;
    }
    ImageDataset heldOut = data.heldOut();
    try (FrozenClassifiers answers = new FrozenClassifiers(data.shape(), plans)) {
      for (int t = 0; t < plans.size(); t++) {
        Evaluation one = Evaluation.of(answers.members().get(t), heldOut);
        listener.teacherEvaluated(
            plans.get(t).teacher().source(), one.accuracy(), ClassificationTask.ACCURACY);
        requireBetterThanChance(plans.get(t), one, heldOut);
        if (plans.size() == 1) {
          return one;
        }
      }
      Evaluation together = Evaluation.of(answers.together(), heldOut);
      listener.teacherEvaluated(
          Teachers.TOGETHER, together.accuracy(), ClassificationTask.ACCURACY);
      return together;
    }
  }

  private static void requireBetterThanChance(
      TeacherPlan plan, Evaluation tried, ImageDataset pictures) {
    int classes = pictures.classes().size();
    if (plan.allowWeak() || !isChance(tried.accuracy(), classes, pictures.size())) {
      return;
    }
    String place = plan.place();
    throw ConfigurationException.of(
        String.format(
            Locale.ROOT,
            "%s: %s is right on %.2f %% of the held-out pictures, which is chance for %d classes. "
                + "%s To learn from it all the same: %s.allow-weak: true",
            place,
            plan.teacher().source(),
            100 * tried.accuracy(),
            classes,
            plan.teacher().advice(place),
            place));
  }

  /** Within four standard errors of guessing. */
  static boolean isChance(double accuracy, int classes, int pictures) {
    double chance = 1.0 / classes;
    return accuracy <= chance + 4 * Math.sqrt(chance * (1 - chance) / pictures);
  }

  /** What the teachers of a run say together of some pictures. */
  private @Nullable Evaluation ofTeachers(ImageDataset pictures) {
    if (teachers.plans().isEmpty()) {
      return null;
    }
    try (FrozenClassifiers answers = new FrozenClassifiers(data.shape(), teachers.plans())) {
      return Evaluation.of(answers.together(), pictures);
    }
  }
}
