package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {

  @TempDir Path folder;

  @Test
  void images_stand_enlarged_in_the_row_of_their_class() throws IOException {
    Path png = folder.resolve("sheet.png");

    ContactSheet.write(TinyImages.numbered(List.of("a", "b"), 0, 1, 1), 5, 3, png);

    BufferedImage sheet = ImageIO.read(png.toFile());
    // 2x2 images are drawn 80x80, so plain squares of the colours 0, 1 and 2 must be there.
    assertThat(pixelsOf(sheet, 0x000000)).isGreaterThanOrEqualTo(6_400);
    assertThat(pixelsOf(sheet, 0x010101)).isEqualTo(6_400);
    assertThat(pixelsOf(sheet, 0x020202)).isEqualTo(6_400);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(png);
    }
  }

  @Test
  void colours_are_kept() throws IOException {
    Path png = folder.resolve("sheet.png");
    MemoryImages data =
        new MemoryImages(
            "colour",
            new ImageShape(1, 1, 3),
            List.of("only"),
            new byte[][] {TinyImages.bytes(200, 100, 50)},
            new int[] {0});

    ContactSheet.write(data, 1, 1, png);

    assertThat(pixelsOf(ImageIO.read(png.toFile()), 0xC86432)).isEqualTo(6_400);
  }

  @Test
  void a_folder_that_does_not_exist_is_an_error() {
    Path png = folder.resolve("none/sheet.png");

    assertThatThrownBy(() -> ContactSheet.write(TinyImages.alternating(2), 1, 1, png))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(png + ": cannot be written");
  }

  @Test
  void no_rows_are_refused() {
    assertThatThrownBy(
            () -> ContactSheet.write(TinyImages.alternating(2), 0, 1, folder.resolve("a.png")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("0 rows and 1 columns are not allowed");
  }

  private static int pixelsOf(BufferedImage sheet, int rgb) {
    int count = 0;
    for (int y = 0; y < sheet.getHeight(); y++) {
      for (int x = 0; x < sheet.getWidth(); x++) {
        if ((sheet.getRGB(x, y) & 0xFFFFFF) == rgb) {
          count++;
        }
      }
    }
    return count;
  }
}
