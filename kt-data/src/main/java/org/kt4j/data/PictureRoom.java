package org.kt4j.data;

import java.io.IOException;

/** Whether a picture's pixels fit into memory, asked of its head before they are decoded. */
final class PictureRoom {

  /** What a JPEG can have; a PNG could say more. */
  private static final int LONGEST_SIDE = 65_535;

  /** The result in red, green and blue, and the same once more for a picture that is turned. */
  private static final int RESULT = 6;

  private PictureRoom() {}

  /**
   * Checks a size.
   *
   * @param decoded bytes that the decoder holds for each pixel
   * @throws IOException when it is more than the heap can hold
   */
  static void require(int height, int width, int decoded) throws IOException {
    require(height, width, decoded, Runtime.getRuntime().maxMemory());
  }

  /**
   * Checks a size against the file.
   *
   * @param bytes of the whole file
   * @param mostPixels that one byte can stand for, however well it is packed
   * @throws IOException when the file is too short, which a decoder would notice late
   */
  static void requireHeld(int height, int width, long bytes, long mostPixels) throws IOException {
    if ((long) height * width > bytes * mostPixels) {
      throw new IOException(
          "broken: a file of " + bytes + " bytes cannot hold " + width + "x" + height + " pixels");
    }
  }

  static void require(int height, int width, int decoded, long heap) throws IOException {
    if (height > LONGEST_SIDE || width > LONGEST_SIDE) {
      throw new IOException(
          "too large: "
              + width
              + "x"
              + height
              + " pixels; allowed: sides of up to "
              + LONGEST_SIDE);
    }
    long pixels = (long) height * width;
    long needed = pixels * (RESULT + decoded);
    if (pixels > Integer.MAX_VALUE / 3 || needed > heap) {
      throw new IOException(
          "too large: "
              + width
              + "x"
              + height
              + " pixels need "
              + (needed >> 20)
              + " MiB; the heap has "
              + (heap >> 20)
              + " MiB; fix: a smaller picture, or a larger heap (-Xmx) for up to "
              + Integer.MAX_VALUE / 3
              + " pixels");
    }
  }
}
