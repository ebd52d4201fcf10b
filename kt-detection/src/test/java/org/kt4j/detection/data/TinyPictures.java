package org.kt4j.detection.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import javax.imageio.ImageIO;

/** Writes pictures for tests. */
final class TinyPictures {

  private TinyPictures() {}

  /** A picture of one colour, 0xRRGGBB; the file's ending says whether PNG or JPEG. */
  static void write(Path file, int width, int height, int colour) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, colour);
      }
    }
    write(file, image);
  }

  /** A picture with the file's ending as its format. */
  static void write(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    String name = file.getFileName().toString();
    String format = name.endsWith(".png") ? "png" : "jpg";
    if (!ImageIO.write(image, format, file.toFile())) {
      throw new IOException("no writer for " + file);
    }
  }

  /** Says in a JPEG, by the tag Orientation of Exif, that it is shown turned clockwise. */
  static void turnBy90(Path jpeg) throws IOException {
    byte[] stored = Files.readAllBytes(jpeg);
    byte[] mark =
        HexFormat.of()
            .parseHex(
                "FFE1 0022 457869660000 4D4D002A00000008 0001 0112 0003 00000001 0006 0000 00000000"
                    .replace(" ", ""));
    ByteArrayOutputStream marked = new ByteArrayOutputStream();
    marked.write(stored, 0, 2);
    marked.write(mark);
    marked.write(stored, 2, stored.length - 2);
    Files.write(jpeg, marked.toByteArray());
  }

  /** Keeps a share of a file's bytes. */
  static void cutShort(Path file, double share) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, (int) (share * content.length)));
  }
}
