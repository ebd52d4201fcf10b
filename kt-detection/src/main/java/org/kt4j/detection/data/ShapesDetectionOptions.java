package org.kt4j.detection.data;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.SplitCounts;

/**
 * Options of {@code shapes-detection}.
 *
 * @param train training pictures including the held-out ones
 * @param test test pictures
 * @param heldOut how many of the training pictures, the first ones, are held out for selection
 * @param height rows of a picture
 * @param width columns of a picture
 * @param minObjects the fewest objects in a picture
 * @param maxObjects the most objects in a picture
 * @param seed of the pictures; a pure function of (seed, split, index) and the other options but
 *     the counts
 * @param cropSize height and width of an object that is cut out for a classifier; a detector does
 *     not use it
 */
public record ShapesDetectionOptions(
    @Description("training pictures, the held-out ones included, 1 to 10000000") int train,
    @Description("test pictures, 1 to 10000000") int test,
    @Description("how many of the training pictures are held out for selection, 0 to train - 1")
        int heldOut,
    @Description("rows of a picture, 32 to 1024") int height,
    @Description("columns of a picture, 32 to 1024") int width,
    @Description("fewest objects in a picture, 1 to 8") int minObjects,
    @Description("most objects in a picture, min-objects to 8") int maxObjects,
    @Description("seed of the pictures") long seed,
    @Description("height and width in pixels of an object cut out for a classifier, 8 to 1024")
        int cropSize) {

  /** Checks the ranges. */
  public ShapesDetectionOptions {
    SplitCounts.check(train, test, heldOut);
    requireSide("height", height);
    requireSide("width", width);
    if (minObjects < 1 || minObjects > 8) {
      throw new InvalidOptionException("minObjects", minObjects, "1 to 8");
    }
    if (maxObjects < minObjects || maxObjects > 8) {
      throw new InvalidOptionException(
          "maxObjects", maxObjects, minObjects + " to 8, because min-objects is " + minObjects);
    }
    ObjectCrops.requireSize(cropSize);
  }

  private static void requireSide(String option, int pixels) {
    if (pixels < 32 || pixels > 1_024) {
      throw new InvalidOptionException(option, pixels, "32 to 1024 pixels");
    }
  }
}
