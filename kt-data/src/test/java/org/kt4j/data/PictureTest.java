package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kt4j.data.TinyImages.bytes;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureTest {

  @TempDir Path folder;

  @Test
  void a_grey_png_keeps_its_stored_values_in_all_three_channels() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setSample(0, 0, 0, 128);
    image.getRaster().setSample(1, 0, 0, 3);

    assertThat(written(image).pixels()).isEqualTo(bytes(128, 128, 128, 3, 3, 3));
  }

  @Test
  void sixteen_bit_grey_keeps_its_upper_byte() throws IOException {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 0x8042);

    assertThat(written(image).pixels()).isEqualTo(bytes(128, 128, 128));
  }

  @Test
  void what_is_transparent_is_laid_on_white() throws IOException {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00123456);
    image.setRGB(1, 0, 0x80FF0000); // 128/255 red over white: 255, 127, 127

    assertThat(written(image).pixels()).isEqualTo(bytes(255, 255, 255, 255, 127, 127));
  }

  @Test
  void a_picture_with_a_palette_is_read() throws IOException {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_INDEXED);
    image.setRGB(0, 0, 0xFFFF0000);

    assertThat(written(image).pixels()).isEqualTo(bytes(255, 0, 0));
  }

  @Test
  void a_jpeg_comes_back_within_its_compression() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, 0x6496C8);
    }
    Path file = folder.resolve("a.jpg");
    ImageIO.write(image, "jpg", file.toFile());

    byte[] pixels = Picture.read(file).pixels();

    // One plain colour: what remains is the rounding of YCbCr.
    assertThat(pixels[0] & 0xFF).isBetween(0x62, 0x66);
    assertThat(pixels[1] & 0xFF).isBetween(0x94, 0x98);
    assertThat(pixels[2] & 0xFF).isBetween(0xC6, 0xCA);
  }

  @Test
  void a_jpeg_that_is_cut_short_is_refused_even_behind_a_thumbnail() throws IOException {
    byte[] whole = jpeg();
    // A segment APP1 of 6 bytes with an end-of-image marker in it, as thumbnails have.
    byte[] head = bytes(0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 0, 0);
    byte[] behindHead = Arrays.copyOfRange(whole, 2, whole.length - 20);
    Path file = folder.resolve("b.jpg");

    Files.write(file, Arrays.copyOf(whole, whole.length - 20));
    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage("cut short: the JPEG's end-of-image marker is missing");

    Files.write(file, joined(head, behindHead));
    assertThatThrownBy(() -> Picture.read(file)).hasMessageContaining("cut short");

    Files.write(file, bytes(0xFF, 0xD8));
    assertThatThrownBy(() -> Picture.read(file)).hasMessageContaining("cut short");
  }

  @Test
  void what_follows_the_end_of_a_jpeg_does_not_matter() throws IOException {
    Path file = folder.resolve("b.jpg");
    Files.write(file, joined(jpeg(), new byte[50]));

    assertThat(Picture.read(file).width()).isEqualTo(16);
  }

  @Test
  void shrinking_by_two_takes_the_mean_of_each_block() {
    Picture picture = grey(2, 4, 0, 10, 100, 200, 20, 30, 100, 200);

    // (0 + 10 + 20 + 30) / 4 = 15, (100 + 200 + 100 + 200) / 4 = 150
    assertThat(picture.resized(1, 2)).isEqualTo(bytes(15, 15, 15, 150, 150, 150));
  }

  @Test
  void shrinking_three_to_two_weighs_by_covered_area() {
    Picture picture = grey(1, 3, 0, 90, 240);

    // (0 * 1 + 90 * 1/2) / (3/2) = 30, (90 * 1/2 + 240 * 1) / (3/2) = 190
    assertThat(picture.resized(1, 2)).isEqualTo(bytes(30, 30, 30, 190, 190, 190));
  }

  @Test
  void growing_interpolates_between_pixel_centres() {
    Picture picture = grey(1, 2, 0, 100);

    // Centres at -0.25 (clamped), 0.25, 0.75, 1.25 (clamped).
    assertThat(picture.resized(1, 4))
        .isEqualTo(bytes(0, 0, 0, 25, 25, 25, 75, 75, 75, 100, 100, 100));
  }

  @Test
  void the_same_size_keeps_every_byte() {
    Picture picture = grey(2, 2, 1, 2, 254, 255);

    assertThat(picture.resized(2, 2)).isEqualTo(picture.pixels());
  }

  /** 16x16 pixels in many colours. */
  private byte[] jpeg() throws IOException {
    BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 256; i++) {
      image.setRGB(i % 16, i / 16, i * 7_654_321);
    }
    Path file = folder.resolve("whole.jpg");
    ImageIO.write(image, "jpg", file.toFile());
    return Files.readAllBytes(file);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static Picture grey(int height, int width, int... values) {
    byte[] pixels = new byte[values.length * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values[i / 3];
    }
    return new Picture(height, width, pixels);
  }

  private Picture written(BufferedImage image) throws IOException {
    Path file = folder.resolve("picture.png");
    ImageIO.write(image, "png", file.toFile());
    return Picture.read(file);
  }
}
