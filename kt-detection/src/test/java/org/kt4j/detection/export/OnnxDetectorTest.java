package org.kt4j.detection.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.teacher.Weights;

/** ONNX exports against SavedModels of the same detector. */
class OnnxDetectorTest {

  private static final ExportOptions ONNX = ExportOptions.defaults().format("onnx");

  private static final double PIXELS = 1e-3;
  private static final double SCORES = 1e-5;

  @TempDir private Path folder;

  private Path written(FasterRcnn detector, Weights weights, ExportOptions options)
      throws IOException {
    Path to = Files.createTempDirectory(folder, "export");
    DetectorExport.into(
        to,
        DetectorExport.built(
                detector,
                UntrainedDetectors.NORMALIZATION,
                weights,
                UntrainedDetectors.CLASSES,
                options)
            .model(),
        options,
        ExportDetails.of(Map.of("run", "runs/a")),
        UntrainedDetectors.CLASSES);
    return to;
  }

  private static double largest = 0;
  private static double largestScore = 0;

  private static void assertSame(List<Detection> found, List<Detection> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int d = 0; d < found.size(); d++) {
      Box here = found.get(d).box();
      Box there = expected.get(d).box();
      assertThat(found.get(d).label()).isEqualTo(expected.get(d).label());
      assertThat(found.get(d).score()).isCloseTo(expected.get(d).score(), within(SCORES));
      largestScore = Math.max(largestScore, Math.abs(found.get(d).score() - expected.get(d).score()));
      largest = Math.max(largest, Math.abs(here.xMin() - there.xMin()));
      largest = Math.max(largest, Math.abs(here.xMax() - there.xMax()));
      assertThat(here.xMin()).isCloseTo(there.xMin(), within(PIXELS));
      assertThat(here.yMin()).isCloseTo(there.yMin(), within(PIXELS));
      assertThat(here.xMax()).isCloseTo(there.xMax(), within(PIXELS));
      assertThat(here.yMax()).isCloseTo(there.yMax(), within(PIXELS));
    }
  }

  private static final int[][] SIZES = {
    {96, 128}, {50, 200}, {301, 77}, {1, 1}, {480, 640}, {7, 300}
  };

  @ParameterizedTest
  @ValueSource(strings = {"dense", "stage"})
  void both_heads_find_what_their_saved_model_finds(String head) throws IOException {
    FasterRcnn detector = UntrainedDetectors.of(head);
    Weights weights = UntrainedDetectors.weights(detector);
    try (ExportedDetector saved =
            ExportedDetector.open(written(detector, weights, ExportOptions.defaults()));
        ExportedDetector onnx = ExportedDetector.open(written(detector, weights, ONNX))) {
      for (int[] size : SIZES) {
        Picture picture = UntrainedDetectors.noise(size[0], size[1], size[1]);

        List<Detection> expected = saved.detect(picture);

        assertThat(expected).isNotEmpty();
        assertSame(onnx.detect(picture), expected);
      }
    }
    System.out.println(head + " " + largest + " " + largestScore);
  }
}
