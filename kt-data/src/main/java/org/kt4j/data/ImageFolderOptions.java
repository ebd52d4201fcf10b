package org.kt4j.data;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * Options of {@code image-folder}.
 *
 * @param path a folder with {@code train/}, {@code test/} and perhaps {@code val/}, each with one
 *     folder per class; or one with a folder per class
 * @param size height and width that every picture is resized to; its sides are not kept in
 *     proportion
 * @param testFraction the share of each class that is for testing when there is no {@code test/};
 *     not used otherwise
 * @param heldOutFraction the share of the training images that is held out for selection when there
 *     is no {@code val/}; not used otherwise
 */
public record ImageFolderOptions(
    @Description("folder with train/, test/ and perhaps val/ by class, or one folder per class")
        String path,
    @Description("height and width in pixels that every picture is resized to, 8 to 1024") int size,
    @Description("share of the images for testing when there is no test folder, above 0, below 1")
        double testFraction,
    @Description(
            "share of training images held out when there is no val folder, 0 or more, below 1")
        double heldOutFraction) {

  /** Checks the ranges. */
  public ImageFolderOptions {
    FileNames.requireOption("path", path, "a folder");
    if (size < 8 || size > 1_024) {
      throw new InvalidOptionException("size", size, "8 to 1024 pixels");
    }
    if (!(testFraction > 0 && testFraction < 1)) {
      throw new InvalidOptionException(
          "testFraction", testFraction, "a number above 0 and below 1");
    }
    if (!(heldOutFraction >= 0 && heldOutFraction < 1)) {
      throw new InvalidOptionException(
          "heldOutFraction", heldOutFraction, "a number from 0 to below 1");
    }
  }
}
