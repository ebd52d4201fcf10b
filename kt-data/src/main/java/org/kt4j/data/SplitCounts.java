package org.kt4j.data;

import org.kt4j.api.InvalidOptionException;

/** The checks that the counts of every options record share. */
public final class SplitCounts {

  private static final int MOST = 10_000_000;

  private SplitCounts() {}

  /**
   * Checks the options {@code train}, {@code test} and {@code heldOut}.
   *
   * @param train training images, the held-out ones included
   * @param test test images
   * @param heldOut how many of the training images are held out
   * @throws InvalidOptionException when one is out of its range
   */
  public static void check(int train, int test, int heldOut) {
    if (train < 1 || train > MOST) {
      throw new InvalidOptionException("train", train, "1 to " + MOST);
    }
    if (test < 1 || test > MOST) {
      throw new InvalidOptionException("test", test, "1 to " + MOST);
    }
    if (heldOut < 0 || heldOut >= train) {
      throw new InvalidOptionException(
          "heldOut",
          heldOut,
          "0 to "
              + (train - 1)
              + ", because the held-out images are taken from the "
              + train
              + " of train");
    }
  }
}
