package org.kt4j.data;

/**
 * The three parts of a data set. No image is in two of them.
 *
 * @param train what the networks learn from
 * @param heldOut taken from the training images by a stratified draw that is the same in every run;
 *     checkpoints are selected by it; empty when the count asked for is 0
 * @param test what results are reported on, and nothing else
 */
public record DataSplits(ImageDataset train, ImageDataset heldOut, ImageDataset test) {

  /** Checks that the parts belong together. */
  public DataSplits {
    for (ImageDataset part : new ImageDataset[] {heldOut, test}) {
      if (!part.shape().equals(train.shape()) || !part.classes().equals(train.classes())) {
        throw new DataException(
            part.name()
                + ": images of "
                + part.shape()
                + " in "
                + part.classes().size()
                + " classes do not fit "
                + train.name()
                + ": images of "
                + train.shape()
                + " in "
                + train.classes().size()
                + " classes");
      }
    }
  }

  /** The shape of every image. */
  public ImageShape shape() {
    return train.shape();
  }

  /** One part. */
  public ImageDataset part(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case HELD_OUT -> heldOut;
      case TEST -> test;
    };
  }
}
