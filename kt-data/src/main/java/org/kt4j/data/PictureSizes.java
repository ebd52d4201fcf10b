package org.kt4j.data;

import java.util.Collection;
import java.util.List;

/**
 * The sizes of some pictures, in pixels.
 *
 * @param height the median
 * @param width the median
 * @param shortest the shortest side of any
 * @param longest the longest side of any
 * @param one whether all are of one size
 */
public record PictureSizes(int height, int width, int shortest, int longest, boolean one) {

  /** The sizes of pictures that are all alike. */
  public static PictureSizes of(int height, int width) {
    return new PictureSizes(height, width, Math.min(height, width), Math.max(height, width), true);
  }

  /**
   * The sizes of some pictures.
   *
   * @param heads one or more
   */
  public static PictureSizes of(Collection<PictureHead> heads) {
    List<Integer> heights = heads.stream().map(PictureHead::height).sorted().toList();
    List<Integer> widths = heads.stream().map(PictureHead::width).sorted().toList();
    int last = heads.size() - 1;
    return new PictureSizes(
        heights.get(last / 2),
        widths.get(last / 2),
        Math.min(heights.get(0), widths.get(0)),
        Math.max(heights.get(last), widths.get(last)),
        heights.get(0).equals(heights.get(last)) && widths.get(0).equals(widths.get(last)));
  }

  /** The shorter side of a picture of the medians. */
  public int shorter() {
    return Math.min(height, width);
  }

  /** As in {@code 640x480, sides of 200 to 4032}; width first. */
  @Override
  public String toString() {
    return one
        ? width + "x" + height
        : width + "x" + height + " at the median, sides of " + shortest + " to " + longest;
  }
}
