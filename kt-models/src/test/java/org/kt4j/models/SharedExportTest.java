package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.classification.Evaluation;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.imagelevel.TrainedNetwork;

/** Networks trained by somebody else in PyTorch, exported, against what PyTorch computed. */
@Tag("shared")
class SharedExportTest {

  static TrainedNetwork teacher(int depth, ImageDataset test) {
    CifarResNetProvider resNets = new CifarResNetProvider();
    return new TrainedNetwork(
        resNets.create(resNets.variant(String.valueOf(depth)), test.shape(), 10),
        test.shape(),
        SharedData.NORMALIZATION,
        NpzFile.read(SharedData.teacher("resnet" + depth + ".npz")),
        test.classes());
  }

  /** Evaluates and keeps the logits. */
  private static Evaluation evaluation(
      ClassifierExport export, ImageDataset test, float[] computed) {
    int[] done = {0};
    try (ExportedClassifier exported = ExportedClassifier.of(export)) {
      return Evaluation.of(
          (pixels, size) -> {
            float[] logits = exported.logits(pixels, size);
            System.arraycopy(logits, 0, computed, done[0], logits.length);
            done[0] += logits.length;
            return logits;
          },
          test);
    }
  }

  @ParameterizedTest
  @CsvSource({"20, SINGLE, 10000", "20, HALF, 10000", "56, SINGLE, 2000", "56, HALF, 2000"})
  void test_pictures_get_the_logits_and_the_accuracy_of_pytorch(
      int depth, Precision precision, int pictures) throws IOException {
    ImageDataset all = SharedData.cifar10Test();
    ImageDataset test = all.subset(IntStream.range(0, pictures).toArray());
    float[] given =
        SharedData.npy(SharedData.teacher("resnet" + depth + "_test_logits.npy"), 100_000);
    float[] expected = Arrays.copyOf(given, 10 * pictures);
    float[] computed = new float[10 * pictures];

    ClassifierExport export =
        ClassifierExport.of(teacher(depth, test), ExportOptions.defaults().precision(precision));
    Evaluation evaluation = evaluation(export, test, computed);

    // Every convolution has a normalisation.
    assertThat(export.facts().folded()).isEqualTo(export.facts().normalisations());
    assertThat(export.facts().folded()).isEqualTo(depth - 1);
    double accuracy = accuracy(given, all, pictures);
    // 91.73 % and 93.39 % are what PyTorch reached.
    assertThat(accuracy(given, all, 10_000)).isEqualTo(depth == 20 ? 0.9173 : 0.9339);
    if (precision == Precision.SINGLE) {
      assertClose(computed, expected, 1e-4);
      assertThat(evaluation.accuracy()).isEqualTo(accuracy);
    } else {
      assertClose(computed, expected, 5e-2);
      assertThat(evaluation.accuracy()).isCloseTo(accuracy, within(0.001));
    }
  }

  /**
   * Numbers that are the same but for rounding.
   *
   * @param share how far two may be apart, of the largest
   */
  private static void assertClose(float[] found, float[] expected, double share) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) found[i] - expected[i]));
    }
    assertThat(largest).isPositive();
    assertThat(difference).isLessThanOrEqualTo(share * largest);
  }

  private static double accuracy(float[] logits, ImageDataset test, int pictures) {
    int right = 0;
    for (int i = 0; i < pictures; i++) {
      right += Evaluation.largest(logits, 10 * i, 10) == test.label(i) ? 1 : 0;
    }
    return (double) right / pictures;
  }
}
