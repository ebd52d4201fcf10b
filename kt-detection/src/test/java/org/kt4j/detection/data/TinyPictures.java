package org.kt4j.detection.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

  /** Keeps a share of a file's bytes. */
  static void cutShort(Path file, double share) throws IOException {
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, (int) (share * content.length)));
  }
}
