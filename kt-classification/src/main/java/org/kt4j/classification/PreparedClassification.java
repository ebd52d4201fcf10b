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
import org.kt4j.imagelevel.FrozenNetworks;
import org.kt4j.imagelevel.LogitFunction;
import org.kt4j.imagelevel.NetworkRun;
import org.slf4j.LoggerFactory;

/** The run of a classifier. */
final class PreparedClassification extends NetworkRun {

  /** A further number of the held-out pictures, in nats. */
  static final String CROSS_ENTROPY = "cross-entropy";

  private @Nullable Evaluation teachersHeldOut;

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
    Evaluation teacher = teachersHeldOut;
    return new HeldOutScores(
        evaluation.accuracy(),
        teacher == null ? null : evaluation.agreement(teacher),
        Map.of(CROSS_ENTROPY, evaluation.crossEntropy()));
  }

  @Override
  public TestScores test(RunFolder folder, boolean bestIsLast) {
    Evaluation last = evaluated(folder.path(), Checkpoints.Which.LAST);
    Evaluation best = bestIsLast ? last : evaluated(folder.path(), Checkpoints.Which.BEST);
    Evaluation teacher = ofTeachers(data().test());
    ImageDataset test = data().test();
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
    try (FrozenNetworks answers = FrozenNetworks.of(data().shape(), plans)) {
      for (int t = 0; t < plans.size(); t++) {
        TeacherLogits.require(plans.get(t), answers.members().get(t), heldOut);
        Evaluation one = Evaluation.of(shared(answers.members().get(t)), heldOut);
        requireFinite(plans.get(t), one);
        listener.teacherEvaluated(
            plans.get(t).teacher().source(), one.accuracy(), ClassificationTask.ACCURACY);
        requireBetterThanChance(plans.get(t), one, heldOut);
        teachersHeldOut = one;
      }
      if (plans.size() > 1) {
        Evaluation together =
            Evaluation.of(shared(new Ensemble(answers.members(), answers.shares())), heldOut);
        listener.teacherEvaluated(
            Teachers.TOGETHER, together.accuracy(), ClassificationTask.ACCURACY);
        teachersHeldOut = together;
      }
    }
  }

  private static void requireFinite(TeacherPlan plan, Evaluation tried) {
    if (!Double.isFinite(tried.crossEntropy())) {
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
      TeacherPlan plan, Evaluation tried, ImageDataset pictures) {
    int classes = pictures.classes().size();
    if (plan.allowWeak() || !isChance(tried.accuracy(), classes, pictures.size())) {
      return;
    }
    String place = plan.place();
    String right =
        String.format(
            Locale.ROOT,
            "%s: %s is right on %.2f %% of the %,d held-out pictures",
            place,
            plan.teacher().source(),
            100 * tried.accuracy(),
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

  /** Evaluates the teachers of the run together. */
  private @Nullable Evaluation ofTeachers(ImageDataset pictures) {
    if (teachers().isEmpty()) {
      return null;
    }
    try (FrozenNetworks answers = FrozenNetworks.of(data().shape(), teachers())) {
      return Evaluation.of(shared(new Ensemble(answers.members(), answers.shares())), pictures);
    }
  }
}
