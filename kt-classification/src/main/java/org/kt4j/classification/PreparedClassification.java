package org.kt4j.classification;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.run.Predictions;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.HeldOutScores;
import org.kt4j.engine.task.TestScores;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.LogitFunction;
import org.kt4j.imagelevel.NetworkRun;
import org.slf4j.LoggerFactory;

/** The run of a classifier. */
final class PreparedClassification extends NetworkRun {

  /** A further number of the held-out pictures, in nats. */
  static final String CROSS_ENTROPY = "cross-entropy";

  private int @Nullable [] teachersHeldOut;

  PreparedClassification(Parts parts, ObjectiveTerms terms) {
    super(parts, terms);
  }

  @Override
  public ImageDataset picturesOfClasses() {
    return data().train();
  }

  @Override
  protected HeldOutScores heldOutScores(LogitFunction student) {
    Evaluation evaluation = Evaluation.of(student, data().heldOut());
    if (!Double.isFinite(evaluation.crossEntropy())) {
      throw new TrainingException("the student's output on the held-out pictures is not finite");
    }
    int[] teacher = teachersHeldOut;
    return new HeldOutScores(
        evaluation.accuracy(),
        teacher == null ? null : evaluation.agreement(teacher),
        Map.of(CROSS_ENTROPY, evaluation.crossEntropy()));
  }

  @Override
  public TestScores test(RunFolder folder, boolean bestIsLast) {
    Evaluation last = evaluated(folder.path(), Checkpoints.Which.LAST);
    Evaluation best = bestIsLast ? last : evaluated(folder.path(), Checkpoints.Which.BEST);
    ImageDataset test = data().test();
    int[] teacher =
        teachers().isEmpty() ? null : given(new ClassifierAnswers(teachers(), test)).classes();
    Predictions predictions =
        new Predictions(
            IntStream.range(0, test.size()).map(test::label).toArray(),
            last.answers(),
            best.answers(),
            teacher == null ? new int[0] : teacher);
    folder.predictions(predictions);
    folder.scores(scores(predictions, test.classes()));
    return new TestScores(
        last.accuracy(),
        best.accuracy(),
        teacher == null ? null : Evaluation.accuracy(teacher, test),
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
    return new Scores(ClassificationTask.ACCURACY.name(), "pictures", Map.of(), "", ofClasses);
  }

  private Evaluation evaluated(Path run, Checkpoints.Which which) {
    try (FrozenNetwork classifier = trained(run, which)) {
      return Evaluation.of(shared(classifier), data().test());
    }
  }

  @Override
  protected void tryTeachers(TrainingListener listener) {
    List<TeacherPlan> plans = teachers();
    if (plans.isEmpty()) {
      return;
    }
    ImageDataset heldOut = data().heldOut();
    for (TeacherPlan plan : plans) {
      ClassifierAnswers.Given one =
          given(
              new ClassifierAnswers(
                  List.of(plan),
                  heldOut,
                  teacher -> TeacherLogits.require(plan, teacher, heldOut)));
      requireFinite(plan, one.finite());
      double accuracy = Evaluation.accuracy(one.classes(), heldOut);
      listener.teacherEvaluated(plan.teacher().source(), accuracy, ClassificationTask.ACCURACY);
      requireBetterThanChance(plan, accuracy, heldOut);
      teachersHeldOut = one.classes();
    }
    if (plans.size() > 1) {
      int[] together = given(new ClassifierAnswers(plans, heldOut)).classes();
      listener.teacherEvaluated(
          Teachers.TOGETHER, Evaluation.accuracy(together, heldOut), ClassificationTask.ACCURACY);
      teachersHeldOut = together;
    }
  }

  private ClassifierAnswers.Given given(ClassifierAnswers answers) {
    return ClassifierAnswers.Given.of(answers(answers));
  }

  private static void requireFinite(TeacherPlan plan, boolean finite) {
    if (!finite) {
      throw ConfigurationException.of(
          plan.place()
              + ": "
              + plan.teacher().source()
              + " gives logits that are NaN or infinite for some of the held-out pictures; allowed:"
              + " finite numbers. "
              + plan.teacher().advice(plan.place()));
    }
  }

  private static void requireBetterThanChance(
      TeacherPlan plan, double accuracy, ImageDataset pictures) {
    int classes = pictures.classes().size();
    if (plan.allowWeak() || !isChance(accuracy, classes, pictures.size())) {
      return;
    }
    String place = plan.place();
    String right =
        String.format(
            Locale.ROOT,
            "%s: %s is right on %.2f %% of the %,d held-out pictures",
            place,
            plan.teacher().source(),
            100 * accuracy,
            pictures.size());
    if (!canTell(classes, pictures.size())) {
      LoggerFactory.getLogger(PreparedClassification.class)
          .warn("{}; these are too few to tell it from chance", right);
      return;
    }
    throw ConfigurationException.of(
        right
            + ", which is chance for "
            + classes
            + " classes. "
            + plan.teacher().advice(place)
            + " To learn from it all the same: "
            + place
            + ".allow-weak: true");
  }

  /** Whether accuracy is within four standard errors of guessing. */
  static boolean isChance(double accuracy, int classes, int pictures) {
    return accuracy <= mostOfChance(classes, pictures);
  }

  /** Whether a teacher that is halfway between guessing and always right is told from guessing. */
  static boolean canTell(int classes, int pictures) {
    return mostOfChance(classes, pictures) <= (1 + 1.0 / classes) / 2;
  }

  private static double mostOfChance(int classes, int pictures) {
    double chance = 1.0 / classes;
    return chance + 4 * Math.sqrt(chance * (1 - chance) / pictures);
  }
}
