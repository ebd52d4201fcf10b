package org.kt4j.classification;

import org.kt4j.data.ImageDataset;
import org.kt4j.engine.student.LogitFunction;

/**
 * The evaluation of a classifier on a set of pictures.
 *
 * @param accuracy share of right answers
 * @param crossEntropy mean over the pictures, in nats
 * @param answers the predicted class of each picture, in the data set's order
 */
@SuppressWarnings("ArrayRecordComponent") // not compared and never handed on changed
public record Evaluation(double accuracy, double crossEntropy, int[] answers) {

  /** The batch size: large enough to be fast, small enough for any machine. */
  private static final int BATCH_SIZE = 250;

  /** Evaluates a classifier on every picture of a set. */
  public static Evaluation of(LogitFunction classifier, ImageDataset data) {
    int[] answers = new int[data.size()];
    int right = 0;
    double crossEntropy = 0;
    int at = 0;
    int bytes = data.shape().bytes();
    for (int first = 0; first < data.size(); first += BATCH_SIZE) {
      int size = Math.min(BATCH_SIZE, data.size() - first);
      byte[] pixels = new byte[size * bytes];
      for (int i = 0; i < size; i++) {
        data.copyImage(first + i, pixels, i * bytes);
      }
      float[] logits = classifier.logits(pixels, size);
      int classes = logits.length / size;
      for (int i = 0; i < size; i++, at++) {
        int label = data.label(at);
        answers[at] = largest(logits, i * classes, classes);
        right += answers[at] == label ? 1 : 0;
        crossEntropy += crossEntropy(logits, i * classes, classes, label);
      }
    }
    int count = Math.max(1, data.size());
    return new Evaluation((double) right / count, crossEntropy / count, answers);
  }

  /** Share of the pictures that two classifiers answer alike, right or wrong. */
  public double agreement(Evaluation other) {
    int same = 0;
    for (int i = 0; i < answers.length; i++) {
      same += answers[i] == other.answers[i] ? 1 : 0;
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

  private static double crossEntropy(float[] logits, int from, int count, int label) {
    double largest = logits[from + largest(logits, from, count)];
    double sum = 0;
    for (int k = 0; k < count; k++) {
      sum += Math.exp(logits[from + k] - largest);
    }
    return Math.log(sum) + largest - logits[from + label];
  }
}
