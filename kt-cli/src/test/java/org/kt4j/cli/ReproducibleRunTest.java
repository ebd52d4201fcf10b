package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes of their own end with the same numbers. */
@Tag("slow")
class ReproducibleRunTest {

  @TempDir private Path folder;

  @Test
  void a_detector_that_trains_its_backbone_first_ends_twice_with_the_same_numbers()
      throws Exception {
    // In one process: what a classifier's steps leave behind must not reach the detector's.
    Files.writeString(
        folder.resolve("backbone.yaml"),
        """
        data: {name: shapes, train: 120, test: 40, held-out: 40, size: 32}
        student: {network: imagenet-resnet-10, width: 8}
        batch-size: 20
        phases: [{name: classify, epochs: 1, objective: [{term: cross-entropy}]}]
        """);
    Path config =
        Files.writeString(
            folder.resolve("detector.yaml"),
            """
            data: {name: shapes-detection, train: 40, held-out: 8, test: 8, height: 96, width: 128}
            student:
              network: faster-rcnn
              backbone: {network: imagenet-resnet-10, width: 8}
              tap: stage3
              height: 96
              width: 128
            start: {config: backbone.yaml}
            batch-size: 4
            phases: [{name: detect, epochs: 2, objective: [{preset: faster-rcnn}]}]
            """);
    // Folders of runs are called after that of their configuration.
    Path once = folder.resolve("once/same");
    Path twice = folder.resolve("twice/same");

    for (Path each : List.of(once, twice)) {
      Files.createDirectories(each);
      Files.copy(folder.resolve("backbone.yaml"), each.resolve("backbone.yaml"));
      Files.copy(config, each.resolve("detector.yaml"));
      KtProcess.run(each, folder.resolve("log"), List.of("train", "detector.yaml", "--out", "run"));
    }

    assertThat(once.resolve("runs")).isDirectory();
    assertThat(EndState.numbers(once.resolve("run/metrics.jsonl"))).hasSize(2);
    assertThat(EndState.of(twice)).isEqualTo(EndState.of(once));
  }
}
