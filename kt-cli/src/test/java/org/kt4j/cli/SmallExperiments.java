package org.kt4j.cli;

/** Configurations of students that are trained in a few seconds and know next to nothing then. */
final class SmallExperiments {

  /** A classifier of shapes. */
  static final String CLASSIFIER =
      """
      data: {name: shapes, train: 96, held-out: 20, test: 20, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  /** A detector of shapes that tells of everything that it takes for an object. */
  static final String DETECTOR =
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
      optimizer: {name: sgd, learning-rate: 0.01, momentum: 0.9, clip-norm: 10}
      """;

  private SmallExperiments() {}

  /**
   * One of these with a further term and a teacher, whose configuration is {@code teacher.yaml}.
   */
  static String taught(String yaml, String term) {
    return yaml.replace("objective: [", "objective: [" + term + ", ")
        + "teacher: {config: teacher.yaml, allow-weak: true}\n";
  }
}
