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
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;

/** Networks trained by somebody else in PyTorch, as ONNX models. */
@Tag("shared")
class SharedOnnxExportTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(ints = {20, 56})
  void single_precision_has_the_logits_and_the_accuracy_of_pytorch(int depth) throws IOException {
    KnownAnswers known = KnownAnswers.of("resnet" + depth);
    ClassifierExport.of(
            SharedExportTest.teacher(depth, known.pictures()),
            ExportOptions.defaults().format("onnx"))
        .write(folder);

    KnownAnswers.Compared found;
    try (ExportedClassifier exported = ExportedClassifier.open(folder)) {
      found = known.with(exported);
    }

    assertThat(found.accuracy()).isEqualTo(known.accuracy());
    assertThat(found.farthest()).isLessThan(1e-4);
  }

  @ParameterizedTest
  @CsvSource({"20, 100, 8", "20, 99.999, 7", "56, 100, 8"})
  void in_8_bits_three_tenths_of_a_point_are_lost_at_most(int depth, double percentile, int bits)
      throws IOException {
    KnownAnswers known = KnownAnswers.of("resnet" + depth);
    Int8Options int8 = new Int8Options(500, 1, percentile, bits, false, 1);
    ClassifierExport export =
        ClassifierExport.of(
            SharedExportTest.teacher(depth, known.pictures()),
            ExportOptions.defaults().format("onnx").int8(int8));
    export.write(
        new ExportDetails(Map.of(), CalibrationPictures.of(SharedData.cifar10Train())), folder);

    KnownAnswers.Compared found;
    try (ExportedClassifier exported = ExportedClassifier.open(folder)) {
      found = known.with(exported);
    }

    System.out.printf(
        "resnet-%d, percentile %s, %d bits: %.2f %%%n",
        depth, percentile, bits, 100 * found.accuracy());
    // Of all 10,000 pictures; of fewer, chance makes more.
    double most = 0.003 * Math.sqrt(10_000.0 / known.pictures().size());
    assertThat(found.accuracy()).isCloseTo(known.accuracy(), within(most));
  }
}
