package org.kt4j.data;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * Options of {@code shapes}.
 *
 * @param train training images including the held-out ones
 * @param test test images
 * @param heldOut how many of the training images are held out for selection
 * @param size height and width in pixels
 * @param seed of the images; a pure function of (seed, split, index, size)
 */
public record ShapesOptions(
    @Description("training images, the held-out ones included, 1 to 10000000") int train,
    @Description("test images, 1 to 10000000") int test,
    @Description("how many of the training images are held out for selection, 0 to train - 1")
        int heldOut,
    @Description("height and width in pixels, 16 to 512") int size,
    @Description("seed of the images") long seed) {

  /** Checks the ranges. */
  public ShapesOptions {
    SplitCounts.check(train, test, heldOut);
    if (size < 16 || size > 512) {
      throw new InvalidOptionException("size", size, "16 to 512 pixels");
    }
  }
}
