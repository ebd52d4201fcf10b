package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.detection.data.Pixels;
import org.kt4j.detection.export.ExportedDetector;

class ExportCommandTest {

  private static final String DETECTOR =
      """
      data: {name: shapes-detection, train: 12, held-out: 4, test: 4, height: 64, width: 96}
      student:
        network: faster-rcnn
        backbone: {network: imagenet-resnet-10, width: 8}
        tap: stage3
        height: 64
        width: 96
        anchor-scales: [32]
        rpn-channels: 16
        head-units: 16
        candidates: 60
        proposals: 20
        sampled-regions: 16
        score-threshold: 0.01
      batch-size: 4
      phases: [{name: detect, epochs: 1, objective: [{preset: faster-rcnn}]}]
      """;

  @TempDir private static Path folder;

  private static Path run;

  @BeforeAll
  static void train() throws IOException {
    run = folder.resolve("run");
    train(Files.writeString(folder.resolve("detector.yaml"), DETECTOR), run);
  }

  private static void train(Path config, Path to) {
    CommandRun trained = kt("train", config, "--out", to);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
  }

  @Test
  void a_detector_is_written_and_held_against_the_original() {
    Path export = folder.resolve("export");

    CommandRun written = kt("export", run, export, "--checkpoint", "last");

    assertThat(written.err()).isEmpty();
    assertThat(written.exitCode()).isZero();
    assertThat(written.out())
        .contains("detector  faster-rcnn of " + run + ", last checkpoint", "classes   ")
        .containsPattern("file +" + export.resolve("saved_model.pb") + ", \\d+\\S* [KM]iB")
        .contains(export.resolve("serving.properties") + ", ")
        .contains(export.resolve("synset.txt") + ", ")
        .containsPattern(
            "verified  4 pictures of shapes-detection held-out, \\d+ detections: boxes within"
                + " 0\\.00\\d+ pixels, scores within 0\\.0000\\d+");
    try (ExportedDetector loaded = ExportedDetector.open(export)) {
      assertThat(loaded.detect(new Pixels(40, 30, new byte[40 * 30 * 3])))
          .allSatisfy(each -> assertThat(each.score()).isBetween(0.01, 1.0));
    }
  }

  @Test
  void an_export_that_is_there_is_replaced_only_when_asked() {
    Path export = folder.resolve("twice");
    assertThat(kt("export", run, export).exitCode()).isZero();

    CommandRun refused = kt("export", run, export);
    CommandRun replaced = kt("export", run, export, "--overwrite");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains(export + ": is there already; fix: name a new folder");
    assertThat(replaced.exitCode()).as(replaced.err()).isZero();
  }

  @Test
  void mistakes_say_what_is_wrong_and_what_is_allowed() {
    Path export = folder.resolve("never");

    CommandRun none = kt("export", folder, export);
    CommandRun half = kt("export", run, export, "--half");

    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("holds no run (no config.yaml)");
    assertThat(half.exitCode()).isEqualTo(2);
    assertThat(half.err()).contains("--half, --input, --taps: not for detectors");
    assertThat(export).doesNotExist();
  }
}
