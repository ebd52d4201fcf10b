package org.kt4j.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Drawings as PNG files, made in memory: Java would otherwise need its temporary folder for it. */
public final class PngBytes {

  private PngBytes() {}

  /** The content of a PNG file. */
  public static byte[] of(BufferedImage drawing) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(drawing, "png", out)) {
        throw new IllegalStateException("this Java runtime writes no PNG (java.desktop)");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory can always be written", e);
    }
    return bytes.toByteArray();
  }
}
