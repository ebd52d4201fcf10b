package org.kt4j.data;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The three parts of a data set. No image is in two of them.
 *
 * @param train what the networks learn from
 * @param heldOut taken from the training images by a stratified draw that is the same in every run;
 *     checkpoints are selected by it; empty when the count asked for is 0
 * @param test what results are reported on, and nothing else
 */
public record DataSplits(ImageDataset train, ImageDataset heldOut, ImageDataset test) {

  /** How many classes one sentence names. */
  private static final int NAMED = 10;

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

  /**
   * Which classes have no picture where one is needed: in training, in testing, and among the
   * held-out pictures, if there are any.
   *
   * @return a sentence for each part with such classes
   */
  public List<String> gaps() {
    return Stream.of(
            gap(train, "is learned"),
            heldOut.size() == 0
                ? Optional.<String>empty()
                : gap(heldOut, "counts when a checkpoint is selected"),
            gap(test, "counts in the result"))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<String> gap(ImageDataset part, String effect) {
    int[] counts = part.classCounts();
    List<String> without =
        IntStream.range(0, counts.length)
            .filter(label -> counts[label] == 0)
            .mapToObj(part.classes()::get)
            .toList();
    int more = without.size() - NAMED;
    return without.isEmpty()
        ? Optional.empty()
        : Optional.of(
            part.name()
                + ": no picture of "
                + (without.size() == 1 ? "the class " : without.size() + " classes: ")
                + String.join(", ", without.subList(0, Math.min(NAMED, without.size())))
                + (more > 0 ? " and " + more + " more" : "")
                + ", so nothing of "
                + (without.size() == 1 ? "it " : "them ")
                + effect);
  }
}
