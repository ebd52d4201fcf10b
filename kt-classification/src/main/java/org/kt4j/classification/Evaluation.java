package org.kt4j.classification;

import java.util.OptionalDouble;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.task.Answers;
import org.kt4j.imagelevel.LogitFunction;

/**
 * The evaluation of a classifier on a set of pictures.
 *
 * @param accuracy share of right answers
 * @param crossEntropy mean over the pictures, in nats
 * @param answers the predicted class of each picture, in the data set's order
 */
@SuppressWarnings("ArrayRecordComponent") // not compared and never handed on changed
public record Evaluation(double accuracy, double crossEntropy, int[] answers) {

  /** Evaluates a classifier on every picture of a set. */
  public static Evaluation of(LogitFunction classifier, ImageDataset data) {
    int[] answers = new int[data.size()];
    double[] crossEntropy = {0};
    classifier.forEach(
        data,
        (picture, logits) -> {
          answers[picture] = largest(logits, 0, logits.length);
          crossEntropy[0] += crossEntropy(logits, data.label(picture));
        });
    return new Evaluation(
        accuracy(answers, data), crossEntropy[0] / Math.max(1, data.size()), answers);
  }

  /**
   * The share of right answers.
   *
   * @param answers the class of each picture, in the data set's order
   */
  static double accuracy(int[] answers, ImageDataset data) {
    int right = 0;
    for (int i = 0; i < answers.length; i++) {
      right += answers[i] == data.label(i) ? 1 : 0;
    }
    return (double) right / Math.max(1, answers.length);
  }

  /** Share of the pictures that two classifiers answer alike, right or wrong. */
  public double agreement(Evaluation other) {
    return agreement(other.answers);
  }

  /**
   * The same with the answers of another classifier.
   *
   * @param others the class of each picture, in the data set's order
   */
  double agreement(int[] others) {
    int same = 0;
    for (int i = 0; i < answers.length; i++) {
      same += answers[i] == others[i] ? 1 : 0;
    }
    return (double) same / Math.max(1, answers.length);
  }

  /** The index of the largest of some numbers, counted from the first of them. */
  public static int largest(float[] logits, int from, int count) {
    int best = 0;
    for (int k = 1; k < count; k++) {
      if (logits[from + k] > logits[from + best]) {
        best = k;
      }
    }
    return best;
  }

  /** The same for comparisons between tasks. */
  Answers forComparison() {
    return new Compared(this);
  }

  private record Compared(Evaluation evaluation) implements Answers {

    @Override
    public double score() {
      return evaluation.accuracy();
    }

    @Override
    public OptionalDouble agreement(Answers other) {
      return OptionalDouble.of(evaluation.agreement(((Compared) other).evaluation()));
    }
  }

  private static double crossEntropy(float[] logits, int label) {
    double largest = logits[largest(logits, 0, logits.length)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - largest);
    }
    return Math.log(sum) + largest - logits[label];
  }
}
