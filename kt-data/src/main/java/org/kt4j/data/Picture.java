package org.kt4j.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;

/**
 * A JPEG or PNG file as red, green and blue bytes. Grey is repeated; what is transparent is laid on
 * white, as viewers show it. Orientation marks in the file are not followed. A file that is cut
 * short is refused: a decoder would fill the rest with grey.
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
   * @throws IOException when the file cannot be read, is neither JPEG nor PNG, broken, or cut short
   */
  public static Picture read(Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    if (isJpegWithoutEnd(content)) {
      throw new IOException("cut short: the JPEG's end-of-image marker is missing");
    }
    @Nullable BufferedImage image;
    try {
      image = ImageIO.read(new ByteArrayInputStream(content));
    } catch (RuntimeException e) { // the decoders throw these, too, on broken files
      throw new IOException(e.toString(), e);
    }
    if (image == null) {
      throw new IOException("neither JPEG nor PNG");
    }
    return new Picture(
        image.getHeight(), image.getWidth(), isGrey(image) ? grey(image) : rgb(image));
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
   * Whether a JPEG has no end-of-image marker behind the start of its first scan. A thumbnail in
   * the head has a marker of its own, which does not count; in the scans, FF is never followed by
   * D9.
   */
  private static boolean isJpegWithoutEnd(byte[] file) {
    if (file.length < 2 || (file[0] & 0xFF) != 0xFF || (file[1] & 0xFF) != 0xD8) {
      return false;
    }
    int at = 2;
    while (at + 3 < file.length && (file[at] & 0xFF) == 0xFF && (file[at + 1] & 0xFF) != 0xDA) {
      boolean fill = (file[at + 1] & 0xFF) == 0xFF; // padding before a marker
      at += fill ? 1 : 2 + (((file[at + 2] & 0xFF) << 8) | (file[at + 3] & 0xFF));
    }
    for (int end = file.length - 2; end >= at; end--) {
      if ((file[end] & 0xFF) == 0xFF && (file[end + 1] & 0xFF) == 0xD9) {
        return false;
      }
    }
    return true;
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getColorModel() instanceof ComponentColorModel model
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && model.getPixelSize() % 8 == 0;
  }

  /**
   * Takes the stored values: Java's own conversion would treat them as linear light and make them
   * lighter.
   */
  private static byte[] grey(BufferedImage image) {
    Raster raster = image.getRaster();
    int width = image.getWidth();
    int bands = raster.getNumBands();
    int shift = image.getColorModel().getComponentSize(0) - 8;
    byte[] pixels = new byte[image.getHeight() * width * 3];
    int[] row = new int[width * bands];
    for (int y = 0; y < image.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int value = row[x * bands] >> shift;
        int alpha = bands > 1 ? row[x * bands + 1] >> shift : 255;
        byte shown = (byte) onWhite(value, alpha);
        int at = (y * width + x) * 3;
        pixels[at] = shown;
        pixels[at + 1] = shown;
        pixels[at + 2] = shown;
      }
    }
    return pixels;
  }

  private static byte[] rgb(BufferedImage image) {
    int width = image.getWidth();
    byte[] pixels = new byte[image.getHeight() * width * 3];
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int alpha = row[x] >>> 24;
        int at = (y * width + x) * 3;
        pixels[at] = (byte) onWhite(row[x] >> 16 & 0xFF, alpha);
        pixels[at + 1] = (byte) onWhite(row[x] >> 8 & 0xFF, alpha);
        pixels[at + 2] = (byte) onWhite(row[x] & 0xFF, alpha);
      }
    }
    return pixels;
  }

  private static int onWhite(int value, int alpha) {
    return (value * alpha + 255 * (255 - alpha) + 127) / 255;
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
   * Resizes, each axis by itself: where an axis shrinks, a new pixel is the mean of the area it
   * covers; where it grows, it is interpolated between the two nearest pixel centres.
   *
   * @param newHeight rows, at least 1
   * @param newWidth columns, at least 1
   * @return uint8, {@code [newHeight, newWidth, 3]}
   */
  public byte[] resized(int newHeight, int newWidth) {
    Axis rows = Axis.of(height, newHeight);
    Axis columns = Axis.of(width, newWidth);
    float[] wide = new float[height * newWidth * 3]; // [height, newWidth, 3]
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < newWidth; x++) {
        for (int tap = 0; tap < columns.weights[x].length; tap++) {
          float weight = columns.weights[x][tap];
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
        float sum = 0;
        for (int tap = 0; tap < rows.weights[y].length; tap++) {
          sum += rows.weights[y][tap] * wide[(rows.first[y] + tap) * rowValues + value];
        }
        result[y * rowValues + value] = (byte) Math.max(0, Math.min(255, Math.round(sum)));
      }
    }
    return result;
  }

  /** For each new position: the first old position that counts and the weights from there on. */
  private static final class Axis {
    final int[] first;
    final float[][] weights;

    private Axis(int length) {
      first = new int[length];
      weights = new float[length][];
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
      weights[at] = new float[Math.max(1, end - start)];
      double sum = 0;
      for (int tap = 0; tap < weights[at].length; tap++) {
        double part = Math.min(to, start + tap + 1) - Math.max(from, start + tap);
        weights[at][tap] = (float) part;
        sum += part;
      }
      for (int tap = 0; tap < weights[at].length; tap++) {
        weights[at][tap] /= (float) sum;
      }
    }

    private void interpolate(int at, double position, int oldLength) {
      double inside = Math.max(0, Math.min(oldLength - 1, position));
      int start = (int) inside;
      float share = (float) (inside - start);
      first[at] = start;
      weights[at] = share == 0 ? new float[] {1} : new float[] {1 - share, share};
    }
  }
}
