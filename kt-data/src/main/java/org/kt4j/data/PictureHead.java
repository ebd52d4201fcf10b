package org.kt4j.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a JPEG or PNG file says of its picture before the pixels.
 *
 * @param height rows of the upright picture, as {@link Picture#read} gives it
 * @param width columns of the upright picture
 * @param orientation how the stored picture becomes the upright one
 */
public record PictureHead(int height, int width, Orientation orientation) {

  /** How much is looked at to tell what a file is. */
  static final int SIGNATURE = 64;

  /** What is stored, as it is or turned. */
  static PictureHead ofStored(int height, int width, Orientation orientation) {
    return orientation.swapsAxes()
        ? new PictureHead(width, height, orientation)
        : new PictureHead(height, width, orientation);
  }

  /**
   * Reads the head of a file.
   *
   * @throws IOException when the file cannot be read, is neither JPEG nor PNG, broken, or cut short
   */
  public static PictureHead read(Path file) throws IOException {
    try (InputStream in =
        new BufferedInputStream(Files.newInputStream(RegularFile.require(file)))) {
      in.mark(SIGNATURE);
      byte[] first = in.readNBytes(SIGNATURE);
      in.reset();
      return switch (PictureFormat.of(first)) {
        case JPEG -> JpegFile.read(in).head();
        case PNG -> PngFile.read(in).head();
      };
    }
  }

  /** Rows of the picture as it is stored. */
  public int storedHeight() {
    return orientation.swapsAxes() ? width : height;
  }

  /** Columns of the picture as it is stored. */
  public int storedWidth() {
    return orientation.swapsAxes() ? height : width;
  }
}
