package org.kt4j.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a decoder gives, as red, green and blue bytes. */
final class DecodedImage {

  private DecodedImage() {}

  /**
   * Grey is repeated, other colours are converted to sRGB; what is transparent is laid on white.
   */
  static Picture picture(BufferedImage image) {
    byte[] pixels;
    if (image.getType() == BufferedImage.TYPE_3BYTE_BGR) {
      pixels = stored(image.getRaster(), 3);
    } else if (isGrey(image)) {
      pixels = stored(image.getRaster(), 1);
    } else {
      pixels = rgb(image);
    }
    return new Picture(image.getHeight(), image.getWidth(), pixels);
  }

  /** What a decoder said of a broken file; some say it in the cause, and some say nothing. */
  static IOException broken(String format, Exception e) {
    String said =
        Stream.of(Optional.of(e), Optional.ofNullable(e.getCause()))
            .flatMap(Optional::stream)
            .map(fault -> fault instanceof EOFException ? "its data end early" : fault.getMessage())
            .filter(Objects::nonNull)
            .distinct()
            .collect(Collectors.joining("; "));
    return new IOException(
        "broken: the " + format + " cannot be decoded" + (said.isEmpty() ? "" : ": " + said), e);
  }

  /** A value laid on white by its share of the largest, in 8 bits. */
  static byte onWhite(int value, int alpha, int largest) {
    long square = (long) largest * largest;
    long shown = (long) value * alpha + (long) largest * (largest - alpha);
    return (byte) ((shown * 255 + square / 2) / square);
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getColorModel() instanceof ComponentColorModel model
        && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY
        && model.getNumComponents() == 1
        && model.getComponentSize(0) == 8;
  }

  /**
   * Takes the stored values: Java's own conversion would treat grey as linear light and make it
   * lighter.
   */
  private static byte[] stored(Raster raster, int bands) {
    int width = raster.getWidth();
    byte[] pixels = new byte[raster.getHeight() * width * 3];
    int[] row = new int[width * bands];
    int at = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int i = 0; i < width * 3; i++) {
        pixels[at++] = (byte) row[bands == 1 ? i / 3 : i];
      }
    }
    return pixels;
  }

  private static byte[] rgb(BufferedImage image) {
    int width = image.getWidth();
    byte[] pixels = new byte[image.getHeight() * width * 3];
    int[] row = new int[width];
    int at = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        int alpha = argb >>> 24;
        pixels[at++] = onWhite(argb >> 16 & 0xFF, alpha, 255);
        pixels[at++] = onWhite(argb >> 8 & 0xFF, alpha, 255);
        pixels[at++] = onWhite(argb & 0xFF, alpha, 255);
      }
    }
    return pixels;
  }
}
