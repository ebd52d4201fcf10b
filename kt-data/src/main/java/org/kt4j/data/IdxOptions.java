package org.kt4j.data;

import org.kt4j.api.Description;

/**
 * Options of {@code mnist} and {@code fashion-mnist}. Counts below the full ones take a stratified
 * subset, the same in every run; a larger subset holds the smaller ones.
 *
 * @param path the folder with the four IDX files, each as it is or with {@code .gz}
 * @param train training images including the held-out ones, up to 60,000
 * @param test test images, up to 10,000
 * @param heldOut how many of the training images are held out for selection
 */
public record IdxOptions(
    @Description("folder with the four IDX files, compressed (.gz) or not") String path,
    @Description(
            "training images, the held-out ones included, 1 to 60000; fewer are a stratified"
                + " subset")
        int train,
    @Description("test images, 1 to 10000; fewer are a stratified subset") int test,
    @Description("how many of the training images are held out for selection, 0 to train - 1")
        int heldOut) {

  /** Checks the ranges. */
  public IdxOptions {
    FileNames.requireOption("path", path, "a folder");
    SplitCounts.check(train, test, heldOut);
  }
}
