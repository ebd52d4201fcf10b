package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.kt4j.classification.Evaluation;
import org.kt4j.data.ImageDataset;
import org.kt4j.imagelevel.LogitFunction;

/**
 * The first test pictures and what PyTorch computed for them: 1,000, or as many as the system
 * property {@code kt.pictures} says, at most 10,000.
 */
final class KnownAnswers {

  private static final int PICTURES = Integer.getInteger("kt.pictures", 1_000);

  private static final int ALL = 10_000;

  private final ImageDataset pictures;

  /** 10 for each picture. */
  private final float[] logits;

  private final double accuracy;

  private KnownAnswers(ImageDataset pictures, float[] logits, double accuracy) {
    this.pictures = pictures;
    this.logits = logits;
    this.accuracy = accuracy;
  }

  /** The pictures. */
  ImageDataset pictures() {
    return pictures;
  }

  /** PyTorch's on these pictures. */
  double accuracy() {
    return accuracy;
  }

  /** Of the network whose files begin with {@code name}, {@code resnet20} or {@code resnet56}. */
  static KnownAnswers of(String name) throws IOException {
    return of(name, PICTURES);
  }

  static KnownAnswers of(String name, int pictures) throws IOException {
    ImageDataset all = SharedData.cifar10Test();
    float[] logits = SharedData.npy(SharedData.teacher(name + "_test_logits.npy"), 10 * ALL);
    // What PyTorch reached on all of them.
    assertThat(accuracy(logits, all, ALL)).isEqualTo(name.equals("resnet20") ? .9173 : .9339);
    return new KnownAnswers(
        all.subset(IntStream.range(0, pictures).toArray()),
        Arrays.copyOf(logits, 10 * pictures),
        accuracy(logits, all, pictures));
  }

  private static double accuracy(float[] logits, ImageDataset test, int pictures) {
    int right = 0;
    for (int i = 0; i < pictures; i++) {
      right += Evaluation.largest(logits, 10 * i, 10) == test.label(i) ? 1 : 0;
    }
    return (double) right / pictures;
  }

  /**
   * What another classifier makes of the same pictures.
   *
   * @param farthest the largest difference of a logit from PyTorch's
   * @param largest the largest of PyTorch's logits
   */
  record Compared(double accuracy, double farthest, double largest) {}

  Compared with(LogitFunction classifier) {
    float[] computed = new float[logits.length];
    int[] done = {0};
    double accuracy =
        Evaluation.of(
                (pixels, size) -> {
                  float[] some = classifier.logits(pixels, size);
                  System.arraycopy(some, 0, computed, done[0], some.length);
                  done[0] += some.length;
                  return some;
                },
                pictures)
            .accuracy();
    assertThat(done[0]).isEqualTo(logits.length);
    double farthest = 0;
    double largest = 0;
    for (int i = 0; i < logits.length; i++) {
      farthest = Math.max(farthest, Math.abs((double) computed[i] - logits[i]));
      largest = Math.max(largest, Math.abs(logits[i]));
    }
    return new Compared(accuracy, farthest, largest);
  }
}
