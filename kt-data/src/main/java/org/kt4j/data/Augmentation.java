package org.kt4j.data;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * Random changes of a training image, made on its bytes while a batch is assembled, in this order:
 *
 * <ol>
 *   <li>pad-and-crop: {@code cropPadding} black pixels on every side, then a window of the old size
 *       at a uniform place (as torchvision's {@code RandomCrop} with padding);
 *   <li>a horizontal flip, every second time;
 *   <li>cutout (DeVries and Taylor 2017): a square of side {@code cutout}, centred on a uniform
 *       pixel and clipped at the borders, filled with the mean colour.
 * </ol>
 *
 * What happens to an image is a pure function of (seed, epoch, index in the data set). With {@code
 * views}, each image has that many fixed views, functions of (view, index) alone, the same for
 * every seed, and the epochs take turns with them: what depends on the pixels of a view alone, such
 * as a teacher's answer, need not be computed twice.
 *
 * @param cropPadding black pixels on every side before cropping; 0 for none
 * @param flip whether to flip
 * @param cutout side of the square in pixels; 0 for none
 * @param views fixed views of each image; 0 for fresh draws in every epoch
 */
public record Augmentation(
    @Description("black pixels on every side before a crop of the old size, up to 1024; 0 for none")
        int cropPadding,
    @Description("flip every second image left to right") boolean flip,
    @Description("side in pixels of a square filled with the mean colour, up to 4096; 0 for none")
        int cutout,
    @Description(
            "fixed views of each image that the epochs take turns with, up to 10000; 0 for fresh draws")
        int views) {

  /** The view of images that are drawn anew in every epoch. */
  public static final int FRESH = -1;

  /** The seed of fixed views; they belong to the data, not to a run. */
  private static final long OF_VIEWS = 0x56696577L;

  /** Keeps the draws of augmentation apart from those of the shuffle. */
  private static final long STREAM = 0x417567L;

  /** Checks the ranges. */
  public Augmentation {
    if (cropPadding < 0 || cropPadding > 1_024) {
      throw new InvalidOptionException("cropPadding", cropPadding, "0 to 1024 pixels");
    }
    if (cutout < 0 || cutout > 4_096) {
      throw new InvalidOptionException("cutout", cutout, "0 to 4096 pixels");
    }
    if (views < 0 || views > 10_000) {
      throw new InvalidOptionException(
          "views", views, "0 (fresh draws in every epoch) to 10000 fixed views");
    }
  }

  /** No change at all. */
  public static Augmentation none() {
    return new Augmentation(0, false, 0, 0);
  }

  /** What CIFAR networks are usually trained with: padding 4, flip, no cutout. */
  public static Augmentation defaults() {
    return new Augmentation(4, true, 0, 0);
  }

  /** Whether images stay as they are. */
  public boolean isNone() {
    return cropPadding == 0 && !flip && cutout == 0;
  }

  /**
   * How many different pictures an image becomes: one if nothing is changed, else {@code views}; 0
   * when that has no end.
   */
  public int fixedViews() {
    return isNone() ? 1 : views;
  }

  /**
   * The view that an epoch shows.
   *
   * @param epoch from 0
   * @return 0 to {@code fixedViews() - 1}, or {@link #FRESH}
   */
  public int view(int epoch) {
    return fixedViews() == 0 ? FRESH : epoch % fixedViews();
  }

  /**
   * Writes the changed image.
   *
   * @param image uint8, {@code [H, W, C]}; left as it is
   * @param shape its shape
   * @param fill what cutout fills with, one byte per channel
   * @param seed the run's seed
   * @param epoch the epoch, from 0
   * @param index the image's index in the data set
   * @param target receives the changed image
   * @param offset where in the target it goes
   */
  void apply(
      byte[] image,
      ImageShape shape,
      byte[] fill,
      long seed,
      int epoch,
      int index,
      byte[] target,
      int offset) {
    int view = view(epoch);
    SplittableRandom random =
        view == FRESH
            ? DrawKey.random(STREAM, seed, epoch, index)
            : DrawKey.random(STREAM, OF_VIEWS, view, index);
    // All draws are made whatever is switched on, so that one option does not move another's draws.
    int down = DrawKey.below(random, 2 * cropPadding + 1) - cropPadding;
    int right = DrawKey.below(random, 2 * cropPadding + 1) - cropPadding;
    boolean flipped = DrawKey.below(random, 2) == 1 && flip;
    int centreRow = DrawKey.below(random, shape.height());
    int centreColumn = DrawKey.below(random, shape.width());
    shift(image, shape, down, right, target, offset);
    if (flipped) {
      mirror(shape, target, offset);
    }
    if (cutout > 0) {
      int top = centreRow - cutout / 2;
      int left = centreColumn - cutout / 2;
      blank(shape, fill, top, left, cutout, target, offset);
    }
  }

  /** The window of the old size at (down, right) over the image on endless black. */
  static void shift(
      byte[] image, ImageShape shape, int down, int right, byte[] target, int offset) {
    int channels = shape.channels();
    int rowBytes = shape.width() * channels;
    int from = Math.max(0, right);
    int until = Math.min(shape.width(), shape.width() + right);
    for (int row = 0; row < shape.height(); row++) {
      int source = row + down;
      int at = offset + row * rowBytes;
      if (source < 0 || source >= shape.height() || from >= until) {
        Arrays.fill(target, at, at + rowBytes, (byte) 0);
        continue;
      }
      int first = at + (from - right) * channels;
      int last = at + (until - right) * channels;
      Arrays.fill(target, at, first, (byte) 0);
      System.arraycopy(image, source * rowBytes + from * channels, target, first, last - first);
      Arrays.fill(target, last, at + rowBytes, (byte) 0);
    }
  }

  /** Flips left to right in place. */
  static void mirror(ImageShape shape, byte[] target, int offset) {
    int channels = shape.channels();
    for (int row = 0; row < shape.height(); row++) {
      int left = offset + row * shape.width() * channels;
      int right = left + (shape.width() - 1) * channels;
      while (left < right) {
        for (int channel = 0; channel < channels; channel++) {
          byte kept = target[left + channel];
          target[left + channel] = target[right + channel];
          target[right + channel] = kept;
        }
        left += channels;
        right -= channels;
      }
    }
  }

  /** Fills a square, clipped at the borders. */
  static void blank(
      ImageShape shape, byte[] fill, int top, int left, int side, byte[] target, int offset) {
    int channels = shape.channels();
    for (int row = Math.max(0, top); row < Math.min(shape.height(), top + side); row++) {
      for (int column = Math.max(0, left);
          column < Math.min(shape.width(), left + side);
          column++) {
        int at = offset + (row * shape.width() + column) * channels;
        System.arraycopy(fill, 0, target, at, channels);
      }
    }
  }
}
