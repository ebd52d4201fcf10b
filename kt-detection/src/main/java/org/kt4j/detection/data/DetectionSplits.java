package org.kt4j.detection.data;

import org.kt4j.data.Split;

/**
 * The three parts of a data set. No picture is in two of them.
 *
 * @param train what detectors learn from
 * @param heldOut what checkpoints are selected by
 * @param test what results are reported on, and nothing else
 */
public record DetectionSplits(
    DetectionDataset train, DetectionDataset heldOut, DetectionDataset test) {

  /** One part. */
  public DetectionDataset part(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case HELD_OUT -> heldOut;
      case TEST -> test;
    };
  }
}
