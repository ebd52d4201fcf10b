package org.kt4j.data;

import java.util.Arrays;

/**
 * Takes the three splits out of the training and the test images of a data set: the held-out images
 * are the first of the training images' {@link StratifiedOrder}, the training images follow them.
 * So the held-out images are the same however many images are trained on, and more training images
 * hold the fewer.
 */
final class SplitDraw {

  private SplitDraw() {}

  /**
   * Draws the splits.
   *
   * @param name the data set's name
   * @param training all training images that there are
   * @param testing all test images that there are
   * @param train images for training and held-out together
   * @param heldOut how many of them are held out
   * @param test images for testing
   * @param where the folder, for messages
   */
  static DataSplits draw(
      String name,
      MemoryImages training,
      MemoryImages testing,
      int train,
      int heldOut,
      int test,
      String where) {
    requireAtMost(name, "train", train, training.size(), "training", where);
    requireAtMost(name, "test", test, testing.size(), "test", where);
    int[] order = StratifiedOrder.of(training);
    return new DataSplits(
        training.pick(name + " train", inFileOrder(order, heldOut, train)),
        training.pick(name + " held-out", inFileOrder(order, 0, heldOut)),
        testing.pick(name + " test", inFileOrder(StratifiedOrder.of(testing), 0, test)));
  }

  private static int[] inFileOrder(int[] order, int from, int to) {
    int[] picked = Arrays.copyOfRange(order, from, to);
    Arrays.sort(picked);
    return picked;
  }

  private static void requireAtMost(
      String name, String option, int wanted, int available, String kind, String where) {
    if (wanted > available) {
      throw new DataException(
          name
              + ": "
              + option
              + ": "
              + wanted
              + " images asked for, but "
              + where
              + " holds "
              + available
              + " "
              + kind
              + " images; allowed: 1 to "
              + available);
    }
  }
}
