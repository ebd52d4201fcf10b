package org.kt4j.benchmarks.speed;

import java.util.Locale;
import org.kt4j.detection.training.DetectorSteps;

/** The detector that is measured. */
final class DetectorSubject {

  /** Pictures of a step. */
  static final int BATCH = 4;

  private DetectorSubject() {}

  /** In words. */
  static String name(Settings settings) {
    return settings.quick()
        ? "Faster R-CNN on imagenet-resnet-10, width 8, 64x96"
        : "Faster R-CNN on imagenet-resnet-18, width 32, 240x320";
  }

  /** Opens it, with its first values. */
  static DetectorSteps open(Workbench bench) {
    boolean quick = bench.settings().quick();
    int height = quick ? 64 : 240;
    int width = quick ? 96 : 320;
    String config =
        String.format(
            Locale.ROOT,
            """
            data: {name: shapes-detection, train: %d, held-out: 1, test: 1, height: %d, width: %d}
            student:
              network: faster-rcnn
              backbone: {network: imagenet-resnet-%d, width: %d}
              tap: stage3
              height: %d
              width: %d
            batch-size: %d
            seed: %d
            phases: [{name: detect, epochs: 1, objective: [{preset: faster-rcnn}]}]
            """,
            quick ? 17 : 201,
            height,
            width,
            quick ? 10 : 18,
            quick ? 8 : 32,
            height,
            width,
            BATCH,
            Settings.SEED);
    return new DetectorSteps(bench.reader().parse("benchmark", config), bench.known());
  }
}
