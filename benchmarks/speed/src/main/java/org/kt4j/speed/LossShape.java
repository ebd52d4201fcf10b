package org.kt4j.speed;

import java.util.Locale;

/** The pairs of feature maps, or logits, on which losses are measured. */
enum LossShape {
  /** As little as touches everything. */
  SMOKE(3, 3, 2, 5, 4),
  /** The paper's ImageNet setting: ResNet-101 and Inception-BN in front of the last pooling. */
  IMAGENET(64, 7, 7, 2048, 1024),
  /** The same for one image, where the broadcast form fits in memory. */
  IMAGENET_ONE(1, 7, 7, 2048, 1024),
  /** The three stages of the CIFAR ResNets. */
  CIFAR_16(64, 32, 32, 16, 16),
  CIFAR_32(64, 16, 16, 32, 32),
  CIFAR_64(64, 8, 8, 64, 64),
  /** The three stages of a wide ResNet. */
  WIDE_64(64, 32, 32, 64, 64),
  WIDE_128(64, 16, 16, 128, 128),
  WIDE_256(64, 8, 8, 256, 256),
  /** A detector's map at stride 16 of a picture of 600x1000. */
  DETECTOR(1, 38, 63, 1024, 576),
  /** Logits of CIFAR-100. */
  LOGITS_100(64, 1, 1, 100, 100),
  /** Logits of ImageNet. */
  LOGITS_1000(64, 1, 1, 1000, 1000);

  private final int batch;
  private final int height;
  private final int width;
  private final int known;
  private final int asked;

  LossShape(int batch, int height, int width, int known, int asked) {
    this.batch = batch;
    this.height = height;
    this.width = width;
    this.known = known;
    this.asked = asked;
  }

  int batch() {
    return batch;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Channels of the teacher. */
  int known() {
    return known;
  }

  /** Channels of the student. */
  int asked() {
    return asked;
  }

  /** Whether there are classes and no positions. */
  boolean isLogits() {
    return positions() == 1;
  }

  long positions() {
    return (long) height * width;
  }

  /** Bytes of one tensor of all pairs of channels at all positions, for a batch. */
  long broadcastBytes(int pictures, int rows, int columns) {
    return 4L * pictures * rows * columns * positions();
  }

  /**
   * What the broadcast form holds at once, at the least: its largest product and, for the gradient,
   * three of teacher against student.
   */
  long broadcastBytes(int pictures) {
    return broadcastBytes(pictures, known, known) + 3 * broadcastBytes(pictures, known, asked);
  }

  /** For one row of a report. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-')
        + " "
        + batch
        + "x"
        + height
        + "x"
        + width
        + ", "
        + known
        + " and "
        + asked;
  }
}
