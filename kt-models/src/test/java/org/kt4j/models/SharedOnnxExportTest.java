package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.classification.Evaluation;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;

/** Networks trained by somebody else in PyTorch, as ONNX models, on all test pictures. */
@Tag("shared")
class SharedOnnxExportTest {

  @TempDir private Path folder;

  private static float accuracy(ExportedClassifier exported, ImageDataset test, float[] logits) {
    int[] done = {0};
    return (float)
        Evaluation.of(
                (pixels, size) -> {
                  float[] computed = exported.logits(pixels, size);
                  System.arraycopy(computed, 0, logits, done[0], computed.length);
                  done[0] += computed.length;
                  return computed;
                },
                test)
            .accuracy();
  }

  @ParameterizedTest
  @CsvSource({"20, 0.9173", "56, 0.9339"})
  void single_precision_and_8_bits_have_the_accuracy_of_pytorch(int depth, float expected)
      throws IOException {
    ImageDataset test = SharedData.cifar10Test();
    ClassifierExport export =
        ClassifierExport.of(
            SharedExportTest.teacher(depth, test), ExportOptions.defaults().format("onnx"));
    export.write(folder);
    float[] logits = new float[100_000];

    try (ExportedClassifier exported = ExportedClassifier.open(folder)) {
      assertThat(accuracy(exported, test, logits)).isEqualTo(expected);
    }

    float[] theirs =
        SharedData.npy(SharedData.teacher("resnet" + depth + "_test_logits.npy"), 100_000);
    float largest = 0;
    for (int i = 0; i < logits.length; i++) {
      largest = Math.max(largest, Math.abs(logits[i] - theirs[i]));
    }
    assertThat(largest).isLessThan(1e-4f);
  }

  @ParameterizedTest
  @CsvSource({"20, 0.9173, 100, 8", "20, 0.9173, 99.999, 7", "56, 0.9339, 100, 8"})
  void in_8_bits_three_tenths_of_a_point_are_lost_at_most(
      int depth, float expected, double percentile, int bits) throws IOException {
    ImageDataset test = SharedData.cifar10Test();
    Int8Options int8 = new Int8Options(500, 1, percentile, bits, false, 1);
    ClassifierExport export =
        ClassifierExport.of(
            SharedExportTest.teacher(depth, test),
            ExportOptions.defaults().format("onnx").int8(int8));
    long start = System.nanoTime();
    export.write(
        new ExportDetails(Map.of(), CalibrationPictures.of(SharedData.cifar10Train())), folder);
    System.out.printf("written in %.1f s%n", (System.nanoTime() - start) / 1e9);

    float accuracy;
    try (ExportedClassifier exported = ExportedClassifier.open(folder)) {
      accuracy = accuracy(exported, test, new float[100_000]);
    }

    System.out.printf(
        "resnet-%d, percentile %s, %d bits: %.2f %%%n", depth, percentile, bits, 100 * accuracy);
    assertThat(accuracy).isCloseTo(expected, within(0.003f));
  }
}
