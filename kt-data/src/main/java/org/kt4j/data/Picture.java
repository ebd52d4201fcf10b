package org.kt4j.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A JPEG or PNG file as red, green and blue bytes, the way viewers show it: turned upright as its
 * {@link Orientation} says, converted to sRGB where colours have a profile that can be read, and
 * laid on white where it is transparent. Grey is repeated, 16 bits are rounded to 8. CMYK without a
 * profile becomes {@code R = (1 - C) (1 - K)}. A file that is cut short is refused: a decoder would
 * fill the rest with grey.
 *
 * @param height rows
 * @param width columns
 * @param pixels uint8, {@code [height, width, 3]}; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
public record Picture(int height, int width, byte[] pixels) {

  /**
   * Reads and decodes a file.
   *
   * @throws IOException when the file cannot be read, is no regular file, neither JPEG nor PNG,
   *     broken, cut short, or larger than the heap
   */
  public static Picture read(Path file) throws IOException {
    byte[] content = Files.readAllBytes(RegularFile.require(file));
    return switch (PictureFormat.of(
        Arrays.copyOf(content, Math.min(content.length, PictureHead.SIGNATURE)))) {
      case JPEG -> JpegFile.picture(content);
      case PNG -> PngFile.picture(content);
    };
  }

  /** The picture as Java draws it; a new copy each time. */
  public BufferedImage image() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++, at += 3) {
        image.setRGB(
            x,
            y,
            (pixels[at] & 0xFF) << 16 | (pixels[at + 1] & 0xFF) << 8 | (pixels[at + 2] & 0xFF));
      }
    }
    return image;
  }

  /**
   * The picture as a network sees it: resized as {@link #resized(int, int)} does it and, for one
   * channel, grey by the luma of ITU-R BT.601, {@code 0.299 R + 0.587 G + 0.114 B}.
   *
   * @return uint8, {@code [H, W, C]} of the shape
   */
  public byte[] resized(ImageShape shape) {
    byte[] colours = resized(shape.height(), shape.width());
    if (shape.channels() == 3) {
      return colours;
    }
    byte[] grey = new byte[shape.bytes()];
    for (int i = 0; i < grey.length; i++) {
      float luma =
          0.299f * (colours[3 * i] & 0xFF)
              + 0.587f * (colours[3 * i + 1] & 0xFF)
              + 0.114f * (colours[3 * i + 2] & 0xFF);
      grey[i] = (byte) Math.round(luma);
    }
    return grey;
  }

  /**
   * What is added to a sum so that one that lies on the half goes up, whatever the order was in
   * which it was added: more than the error of double precision, less than the distance of any
   * other sum from the half, in pictures of up to 16 million pixels.
   */
  public static final double TIE = 0x1p-26;

  /**
   * A level that lies between bytes.
   *
   * @param level 0 to 255
   * @return the nearest byte, the upper one of two
   */
  static byte rounded(double level) {
    return (byte) Math.max(0, Math.min(255, (int) Math.floor(level + 0.5 + TIE)));
  }

  /**
   * Resizes, each axis by itself: where an axis shrinks, a new pixel is the mean of the area it
   * covers; where it grows, it is interpolated between the two nearest pixel centres. It is
   * computed in double precision; halves are rounded up.
   *
   * @param newHeight rows, at least 1
   * @param newWidth columns, at least 1
   * @return uint8, {@code [newHeight, newWidth, 3]}
   */
  public byte[] resized(int newHeight, int newWidth) {
    Axis rows = Axis.of(height, newHeight);
    Axis columns = Axis.of(width, newWidth);
    double[] wide = new double[height * newWidth * 3]; // [height, newWidth, 3]
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < newWidth; x++) {
        for (int tap = 0; tap < columns.weights[x].length; tap++) {
          double weight = columns.weights[x][tap];
          int from = (y * width + columns.first[x] + tap) * 3;
          int to = (y * newWidth + x) * 3;
          for (int channel = 0; channel < 3; channel++) {
            wide[to + channel] += weight * (pixels[from + channel] & 0xFF);
          }
        }
      }
    }
    byte[] result = new byte[newHeight * newWidth * 3];
    int rowValues = newWidth * 3;
    for (int y = 0; y < newHeight; y++) {
      for (int value = 0; value < rowValues; value++) {
        double sum = 0;
        for (int tap = 0; tap < rows.weights[y].length; tap++) {
          sum += rows.weights[y][tap] * wide[(rows.first[y] + tap) * rowValues + value];
        }
        result[y * rowValues + value] = rounded(sum);
      }
    }
    return result;
  }

  /** For each new position: the first old position that counts and the weights from there on. */
  private static final class Axis {
    final int[] first;
    final double[][] weights;

    private Axis(int length) {
      first = new int[length];
      weights = new double[length][];
    }

    static Axis of(int oldLength, int newLength) {
      Axis axis = new Axis(newLength);
      double ratio = (double) oldLength / newLength;
      for (int at = 0; at < newLength; at++) {
        if (ratio >= 1) {
          axis.cover(at, at * ratio, Math.min(oldLength, (at + 1) * ratio), oldLength);
        } else {
          axis.interpolate(at, (at + 0.5) * ratio - 0.5, oldLength);
        }
      }
      return axis;
    }

    private void cover(int at, double from, double to, int oldLength) {
      int start = Math.min(oldLength - 1, (int) from);
      int end = Math.min(oldLength, (int) Math.ceil(to));
      first[at] = start;
      weights[at] = new double[Math.max(1, end - start)];
      double sum = 0;
      for (int tap = 0; tap < weights[at].length; tap++) {
        double part = Math.min(to, start + tap + 1) - Math.max(from, start + tap);
        weights[at][tap] = part;
        sum += part;
      }
      for (int tap = 0; tap < weights[at].length; tap++) {
        weights[at][tap] /= sum;
      }
    }

    private void interpolate(int at, double position, int oldLength) {
      double inside = Math.max(0, Math.min(oldLength - 1, position));
      int start = (int) inside;
      double share = inside - start;
      first[at] = start;
      weights[at] = share == 0 ? new double[] {1} : new double[] {1 - share, share};
    }
  }
}
