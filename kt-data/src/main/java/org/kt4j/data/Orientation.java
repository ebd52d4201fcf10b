package org.kt4j.data;

import com.drew.lang.ByteArrayReader;
import com.drew.metadata.Metadata;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.drew.metadata.exif.ExifReader;

/**
 * How a picture in a file has to be turned and mirrored to be upright, as the tag Orientation of
 * Exif says it (CIPA DC-008, 4.6.4). The constants stand in the order of that tag's values, 1 to 8.
 */
public enum Orientation {
  /** As it is stored. */
  AS_STORED(false, false, false),
  /** Left and right are exchanged. */
  MIRRORED(false, true, false),
  /** Turned by 180 degrees. */
  TURNED_BY_180(false, true, true),
  /** Top and bottom are exchanged. */
  MIRRORED_AND_TURNED_BY_180(false, false, true),
  /** Rows are columns. */
  TRANSPOSED(true, false, false),
  /** Turned clockwise by 90 degrees: a phone held upright. */
  TURNED_BY_90(true, true, false),
  /** Rows are columns, from the last to the first. */
  TRANSPOSED_AND_TURNED_BY_180(true, true, true),
  /** Turned clockwise by 270 degrees. */
  TURNED_BY_270(true, false, true);

  private final boolean swapsAxes;
  private final boolean flipsX;
  private final boolean flipsY;

  Orientation(boolean swapsAxes, boolean flipsX, boolean flipsY) {
    this.swapsAxes = swapsAxes;
    this.flipsX = flipsX;
    this.flipsY = flipsY;
  }

  /** Whether the stored height is the width of the upright picture. */
  public boolean swapsAxes() {
    return swapsAxes;
  }

  /**
   * Where a point of the stored picture lies in the upright one.
   *
   * @param x columns from the left edge of the stored picture
   * @param y rows from its upper edge
   * @param width of the stored picture
   * @param height of the stored picture
   * @return columns from the left edge of the upright picture
   */
  public double uprightX(double x, double y, int width, int height) {
    double along = swapsAxes ? y : x;
    return flipsX ? (swapsAxes ? height : width) - along : along;
  }

  /**
   * Where a point of the stored picture lies in the upright one.
   *
   * @param x columns from the left edge of the stored picture
   * @param y rows from its upper edge
   * @param width of the stored picture
   * @param height of the stored picture
   * @return rows from the upper edge of the upright picture
   */
  public double uprightY(double x, double y, int width, int height) {
    double along = swapsAxes ? x : y;
    return flipsY ? (swapsAxes ? width : height) - along : along;
  }

  /**
   * What an Exif block says; as stored where it says nothing, or nothing that is allowed.
   *
   * @param tiff the block from its byte order on; may be broken
   */
  static Orientation of(byte[] tiff) {
    Metadata metadata = new Metadata();
    try {
      new ExifReader().extract(new ByteArrayReader(tiff), metadata);
    } catch (RuntimeException e) { // of a library on broken bytes; viewers show the picture as well
      return AS_STORED;
    }
    ExifIFD0Directory first = metadata.getFirstDirectoryOfType(ExifIFD0Directory.class);
    Integer value = first == null ? null : first.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
    return value == null || value < 1 || value > values().length ? AS_STORED : values()[value - 1];
  }

  /** Turns a stored picture. */
  Picture upright(Picture stored) {
    if (this == AS_STORED) {
      return stored;
    }
    int height = swapsAxes ? stored.width() : stored.height();
    int width = swapsAxes ? stored.height() : stored.width();
    byte[] from = stored.pixels();
    byte[] pixels = new byte[from.length];
    int at = 0;
    for (int y = 0; y < stored.height(); y++) {
      for (int x = 0; x < stored.width(); x++, at += 3) {
        int column = swapsAxes ? y : x;
        int row = swapsAxes ? x : y;
        int to =
            ((flipsY ? height - 1 - row : row) * width + (flipsX ? width - 1 - column : column))
                * 3;
        pixels[to] = from[at];
        pixels[to + 1] = from[at + 1];
        pixels[to + 2] = from[at + 2];
      }
    }
    return new Picture(height, width, pixels);
  }
}
