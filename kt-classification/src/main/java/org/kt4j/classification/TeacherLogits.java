package org.kt4j.classification;

import java.util.Locale;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.teacher.LogitsAre;
import org.kt4j.imagelevel.LogitFunction;

/**
 * Whether what teachers give are logits. Exported models often end with a softmax; taken for
 * logits, its probabilities lie within one of each other, and softened by a temperature they are
 * nearly uniform.
 */
final class TeacherLogits {

  private static final int PICTURES = 250;

  /** More than rounding takes from a sum of half-precision numbers. */
  private static final double TOLERANCE = 1e-3;

  private TeacherLogits() {}

  /**
   * Looks at the answers to the first {@value #PICTURES} pictures, or all if there are fewer.
   *
   * @param answers of the teacher of the plan
   * @throws ConfigurationException when they are probabilities and the configuration does not say
   *     which they are, or when they are none and it says so
   */
  static void require(TeacherPlan plan, LogitFunction answers, ImageDataset pictures) {
    int count = Math.min(PICTURES, pictures.size());
    if (plan.logitsAre() == LogitsAre.LOGITS || count == 0) {
      return;
    }
    float[] given = answers.logits(pictures, 0, count);
    if (plan.logitsAre() == LogitsAre.PROBABILITIES) {
      requireProbabilities(plan, given, count);
    } else {
      requireLogits(plan, given, count);
    }
  }

  /** Of probabilities the plan's teacher gives the logarithms, which are not above 0. */
  private static void requireProbabilities(TeacherPlan plan, float[] logarithms, int count) {
    float largest = logarithms[Evaluation.largest(logarithms, 0, logarithms.length)];
    if (largest > TOLERANCE) {
      throw ConfigurationException.of(
          String.format(
              Locale.ROOT,
              "%s.logits-are: probabilities: %s gives numbers up to %.4g on the first %d pictures;"
                  + " allowed: 0 to 1; fix: logits-are: logits, or leave it out",
              plan.place(),
              plan.teacher().source(),
              Math.exp(largest),
              count));
    }
  }

  private static void requireLogits(TeacherPlan plan, float[] given, int count) {
    int classes = given.length / count;
    double off = 0;
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int k = i * classes; k < (i + 1) * classes; k++) {
        if (!(given[k] >= -TOLERANCE && given[k] <= 1 + TOLERANCE)) {
          return;
        }
        sum += given[k];
      }
      off = Math.max(off, Math.abs(sum - 1));
    }
    throw ConfigurationException.of(
        String.format(
            Locale.ROOT,
            "%1$s: %2$s gives probabilities, not logits: on the first %3$d pictures all its numbers"
                + " lie between 0 and 1%4$s. Softened by a temperature they would be nearly"
                + " uniform; fix: %1$s.logits-are: probabilities, which takes their logarithm; or"
                + " name the output before the %5$s in %1$s.outputs; or %1$s.logits-are: logits if"
                + " these are logits all the same",
            plan.place(),
            plan.teacher().source(),
            count,
            off <= TOLERANCE
                ? " and those of each picture sum to 1, as behind a softmax"
                : ", as behind a sigmoid for each class",
            off <= TOLERANCE ? "softmax" : "sigmoid"));
  }
}
