package org.kt4j.engine.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.Views;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.BatchStream;
import org.kt4j.engine.data.DataSplits;
import org.kt4j.engine.data.ImageDataset;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.CacheConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.Classifier;
import org.kt4j.engine.teacher.Ensemble;
import org.kt4j.engine.teacher.FrozenClassifier;
import org.kt4j.engine.teacher.NetworkTeacher;

/** A classifier learns. */
final class ClassificationTask implements Task {

  private final ExperimentConfig config;
  private final DataSplits data;
  private final Network student;
  private final Normalization normalization;
  private final Teachers teachers;
  private final ObjectiveTerms objectives;
  private ObjectiveTerms.Checked objective;
  private @Nullable Evaluation teachersHeldOut;

  /**
   * Checks everything that can be checked before any teacher is there.
   *
   * @param teachers are closed with the task, also when it is not made
   * @throws ConfigurationException when the configuration does not hold together
   */
  ClassificationTask(
      RunPlan plan,
      DataSplits data,
      Network student,
      Normalization normalization,
      Teachers teachers,
      ObjectiveTerms objectives) {
    this.config = plan.config();
    this.data = data;
    this.student = student;
    this.normalization = normalization;
    this.teachers = teachers;
    this.objectives = objectives;
    try {
      this.objective =
          objectives.check(
              config.phases(),
              data.shape(),
              TrainingGraph.learner(student, normalization),
              teachers.plans());
    } catch (RuntimeException | Error e) {
      teachers.close();
      throw e;
    }
  }

  @Override
  public List<Prerequisite> needs() {
    return TeacherPlan.needs(teachers.plans());
  }

  @Override
  public void ready(TrainingListener listener) {
    tellLayers(listener);
    teachersHeldOut = tried(listener);
    objective = objectives.surveyed(objective, teachers.byName(), data.train());
    objective = stored(listener);
  }

  @Override
  public String metric() {
    return RunResult.ACCURACY;
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
    TrainingGraph graph =
        new TrainingGraph(
            new TrainingGraph.Blueprint(
                data.shape(),
                data.train().classes().size(),
                student,
                normalization,
                teachers.byName(),
                objective.phases().get(index),
                config.optimizer(index),
                config.seed(),
                firstStep));
    BatchStream batches =
        BatchStream.training(
            data.train(), config.batchSize(), config.augmentation(), normalization, config.seed());
    return new Phase(this, graph, batches);
  }

  /** A phase and what feeds it. */
  private record Phase(ClassificationTask task, TrainingGraph training, BatchStream batches)
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
      return training.studentFlopsPerImage();
    }

    @Override
    public Iterator<Step> epoch(int epoch) {
      return PhaseTraining.steps(batches.epoch(epoch, 0), training::step);
    }

    @Override
    public HeldOutScores evaluate() {
      Evaluation evaluation = Evaluation.of(training::studentLogits, task.data.heldOut());
      if (!Double.isFinite(evaluation.crossEntropy())) {
        throw new TrainingException("the student's output on the held-out pictures is not finite");
      }
      Evaluation knower = task.teachersHeldOut;
      return new HeldOutScores(
          evaluation.accuracy(),
          evaluation.crossEntropy(),
          knower == null ? null : evaluation.agreement(knower));
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
    Evaluation knower = ofTeachers(data.test());
    ImageDataset test = data.test();
    folder.predictions(
        new Predictions(
            IntStream.range(0, test.size()).map(test::label).toArray(),
            last.answers(),
            best.answers(),
            knower == null ? new int[0] : knower.answers()));
    return new TestScores(
        last.accuracy(),
        best.accuracy(),
        knower == null ? null : knower.accuracy(),
        knower == null ? null : last.agreement(knower),
        test.classes());
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
                () -> RunFolder.weights(run, which)))) {
      return Evaluation.of(classifier, data.test());
    }
  }

  @Override
  public void close() {
    teachers.close();
  }

  private void tellLayers(TrainingListener listener) {
    for (int p = 0; p < objective.phases().size(); p++) {
      String phase = config.phases().get(p).name();
      for (Term term : objective.phases().get(p)) {
        for (Lesson lesson : term.lessons()) {
          Taps taps = lesson.method().taps(objective.teacher(lesson), objective.student());
          if (!taps.student().equals(List.of(Taps.LOGITS))) {
            listener.termReads(phase, term.label(lesson), taps);
          }
        }
      }
    }
  }

  /** Tries each teacher on the held-out pictures. */
  private @Nullable Evaluation tried(TrainingListener listener) {
    List<TeacherPlan> plans = teachers.plans();
    if (plans.isEmpty()) {
      return null;
    }
    ImageDataset heldOut = data.heldOut();
    try (Answers answers = new Answers(data, plans)) {
      for (int t = 0; t < plans.size(); t++) {
        Evaluation one = Evaluation.of(answers.members().get(t), heldOut);
        listener.teacherEvaluated(
            plans.get(t).teacher().source(), one.accuracy(), RunResult.ACCURACY);
        requireBetterThanChance(plans.get(t), one, heldOut);
        if (plans.size() == 1) {
          return one;
        }
      }
      Evaluation together = Evaluation.of(answers.together(), heldOut);
      listener.teacherEvaluated("all teachers together", together.accuracy(), RunResult.ACCURACY);
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

  /** The terms, with what is stored of their teachers where the configuration asks for that. */
  private ObjectiveTerms.Checked stored(TrainingListener listener) {
    CacheConfig cache = config.cache();
    if (cache == null) {
      return objective;
    }
    return new StoredLessons(
            new KnowledgeCache(cache.folder()),
            cache.precision(),
            new Views(data.train(), config.augmentation(), normalization))
        .of(objective, teachers.byName(), config.phases(), listener);
  }

  /** Within four standard errors of guessing. */
  static boolean isChance(double accuracy, int classes, int pictures) {
    double chance = 1.0 / classes;
    return accuracy <= chance + 4 * Math.sqrt(chance * (1 - chance) / pictures);
  }

  /** Classifiers of some teachers. */
  record Answers(List<FrozenClassifier> members, List<Double> shares) implements AutoCloseable {

    Answers(DataSplits data, List<TeacherPlan> plans) {
      this(new ArrayList<>(), plans.stream().map(TeacherPlan::weight).toList());
      try {
        plans.forEach(plan -> members.add(new FrozenClassifier(data.shape(), plan.teacher())));
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
    }

    Classifier together() {
      double all = shares.stream().mapToDouble(Double::doubleValue).sum();
      return new Ensemble(members, shares.stream().map(share -> share / all).toList());
    }

    @Override
    public void close() {
      members.forEach(FrozenClassifier::close);
    }
  }

  /** What the teachers of a run say together of some pictures. */
  private @Nullable Evaluation ofTeachers(ImageDataset pictures) {
    if (teachers.plans().isEmpty()) {
      return null;
    }
    try (Answers answers = new Answers(data, teachers.plans())) {
      return Evaluation.of(answers.together(), pictures);
    }
  }
}
