package org.kt4j.data;

/**
 * The size of every image of a data set: {@code [height, width, channels]}, one byte each.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 * @param channels 1 (grey) or 3 (red, green, blue)
 */
public record ImageShape(int height, int width, int channels) {

  /** Checks the sizes. */
  public ImageShape {
    if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
      throw new DataException(
          "image shape: "
              + height
              + "x"
              + width
              + "x"
              + channels
              + " is not allowed; allowed: height and width of at least 1, 1 or 3 channels");
    }
  }

  /** The bytes of one image: height x width x channels. */
  public int bytes() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  @Override
  public String toString() {
    return height + "x" + width + "x" + channels;
  }
}
