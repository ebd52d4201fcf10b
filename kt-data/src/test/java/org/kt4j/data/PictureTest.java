package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kt4j.data.TinyImages.bytes;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
  void sixteen_bits_are_rounded_to_eight() throws IOException {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setSample(0, 0, 0, 0x80FF);

    // 33,023 / 257 = 128.49
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
        .hasMessage("cut short: the JPEG's end-of-image marker is missing; fix: copy it again");

    Files.write(file, joined(head, behindHead));
    assertThatThrownBy(() -> Picture.read(file)).hasMessageContaining("cut short");

    Files.write(file, bytes(0xFF, 0xD8));
    assertThatThrownBy(() -> Picture.read(file)).hasMessageContaining("cut short");
  }

  /** The frames of ITU-T T.81, table B.1, that are not read. */
  @ParameterizedTest
  @CsvSource({
    "C3, lossless coding (SOF3)",
    "C5, hierarchical coding (SOF5)",
    "C6, hierarchical coding (SOF6)",
    "C7, hierarchical coding (SOF7)",
    "C9, arithmetic coding (SOF9)",
    "CA, arithmetic coding (SOF10)",
    "CB, arithmetic coding (SOF11)",
    "CD, arithmetic coding (SOF13)",
    "CE, arithmetic coding (SOF14)",
    "CF, arithmetic coding (SOF15)"
  })
  void a_jpeg_with_another_frame_is_refused_by_its_name(String marker, String named)
      throws IOException {
    byte[] content = jpeg();
    int frame = 2;
    while ((content[frame + 1] & 0xFF) != 0xC0) { // marker, length, the rest of the segment
      frame += 2 + ((content[frame + 2] & 0xFF) << 8 | (content[frame + 3] & 0xFF));
    }
    content[frame + 1] = (byte) HexFormat.fromHexDigits(marker);
    Path file = Files.write(folder.resolve("other.jpg"), content);

    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "a JPEG with "
                + named
                + ", which is not read; allowed: baseline and progressive with 8 bits per colour;"
                + " fix: convert it");
  }

  @Test
  void a_png_whose_checksum_differs_is_refused() throws IOException {
    Path file = folder.resolve("picture.png");
    Picture whole = written(new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB));
    byte[] content = Files.readAllBytes(file);
    int pixels = new String(content, StandardCharsets.ISO_8859_1).indexOf("IDAT");
    int length = ByteBuffer.wrap(content).getInt(pixels - 4);

    content[pixels + 4 + length] ^= 1;
    Files.write(file, content);
    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "broken: the checksum (CRC-32) of the PNG's chunk IDAT differs; fix: copy it again");

    content[pixels + 4 + length] ^= 1;
    content[20] ^= 1; // the height
    Files.write(file, content);
    assertThatThrownBy(() -> Picture.read(file))
        .hasMessageContaining("the PNG's chunk IHDR differs");
    assertThatThrownBy(() -> PictureHead.read(file))
        .hasMessageContaining("the PNG's chunk IHDR differs");

    content[20] ^= 1;
    Files.write(file, content);
    assertThat(Picture.read(file).pixels()).isEqualTo(whole.pixels());
  }

  @Test
  @Timeout(20)
  void a_pipe_and_a_folder_are_refused_instead_of_waited_for() throws Exception {
    Path pipe = Pipes.make(folder.resolve("pipe.jpg"));

    assertThatThrownBy(() -> Picture.read(pipe))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is no regular file but a pipe, a socket or a device");
    assertThatThrownBy(() -> PictureHead.read(pipe))
        .hasMessageContaining("it is no regular file but a pipe, a socket or a device");
    assertThatThrownBy(() -> Picture.read(folder))
        .hasMessageContaining("it is a folder; allowed: a file");
  }

  @Test
  void a_link_to_nothing_is_told_with_its_target() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link.jpg"), Path.of("nowhere.jpg"));

    assertThatThrownBy(() -> Picture.read(link))
        .isInstanceOfSatisfying(
            IOException.class,
            e ->
                assertThat(ReadFault.reason(e))
                    .isEqualTo("it is a link to nowhere.jpg, which is not there"));
  }

  @Test
  void what_follows_the_end_of_a_jpeg_does_not_matter() throws IOException {
    Path file = folder.resolve("b.jpg");
    Files.write(file, joined(jpeg(), new byte[50]));

    assertThat(Picture.read(file).width()).isEqualTo(16);
  }

  @Test
  void a_head_tells_the_upright_size_and_the_stored_one() throws IOException {
    Path file = folder.resolve("b.jpg");
    byte[] whole = jpeg(24, 16);
    // TIFF, big-endian, one tag at 8: 0x0112 Orientation, SHORT, 1 value, 6.
    byte[] mark =
        bytes(
            0xFF, 0xD8, 0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0,
            1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0);
    Files.write(file, joined(mark, Arrays.copyOfRange(whole, 2, whole.length)));

    PictureHead head = PictureHead.read(file);

    assertThat(head).isEqualTo(new PictureHead(24, 16, Orientation.TURNED_BY_90));
    assertThat(head.storedHeight()).isEqualTo(16);
    assertThat(head.storedWidth()).isEqualTo(24);
    assertThat(Picture.read(file).height()).isEqualTo(24);
  }

  /** The upper left pixel of 3 columns and 2 rows, and where it is shown (CIPA DC-008, table 6). */
  @ParameterizedTest
  @CsvSource({
    "AS_STORED, 0.5, 0.5",
    "MIRRORED, 2.5, 0.5",
    "TURNED_BY_180, 2.5, 1.5",
    "MIRRORED_AND_TURNED_BY_180, 0.5, 1.5",
    "TRANSPOSED, 0.5, 0.5",
    "TURNED_BY_90, 1.5, 0.5",
    "TRANSPOSED_AND_TURNED_BY_180, 1.5, 2.5",
    "TURNED_BY_270, 0.5, 2.5"
  })
  void a_point_of_the_stored_picture_has_its_place_in_the_upright_one(
      Orientation orientation, double x, double y) {
    assertThat(orientation.uprightX(0.5, 0.5, 3, 2)).isEqualTo(x);
    assertThat(orientation.uprightY(0.5, 0.5, 3, 2)).isEqualTo(y);
  }

  @Test
  void pixels_are_turned_as_points_are() {
    Picture stored = grey(2, 3, 1, 2, 3, 4, 5, 6);
    for (Orientation orientation : Orientation.values()) {
      Picture upright = orientation.upright(stored);

      for (int y = 0; y < 2; y++) {
        for (int x = 0; x < 3; x++) {
          int column = (int) orientation.uprightX(x + 0.5, y + 0.5, 3, 2);
          int row = (int) orientation.uprightY(x + 0.5, y + 0.5, 3, 2);
          assertThat(upright.pixels()[(row * upright.width() + column) * 3])
              .as("%s: %d, %d", orientation, x, y)
              .isEqualTo(stored.pixels()[(y * 3 + x) * 3]);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "474946383961 | neither JPEG nor PNG but GIF; fix: convert it to JPEG or PNG",
        "424D0000 | neither JPEG nor PNG but BMP; fix: convert it to JPEG or PNG",
        "49492A00 | neither JPEG nor PNG but TIFF; fix: convert it to JPEG or PNG",
        "52494646000000005745425056503820 | neither JPEG nor PNG but WebP; fix:"
            + " convert it to JPEG or PNG",
        "0000001866747970686569630000 | neither JPEG nor PNG but HEIF, AVIF or a film; fix: convert"
            + " it to JPEG or PNG",
        "76657273696F6E2068747470733A2F2F6769742D6C6673 | neither JPEG nor PNG but a pointer of Git"
            + " LFS; bring the pictures with git lfs pull",
        "2F616E6E65782F6F626A65637473 | neither JPEG nor PNG but a pointer of git-annex; bring the"
            + " pictures with git annex get",
        "3C68746D6C3E | neither JPEG nor PNG",
        "'' | empty: the file has no bytes",
        "89504E470A1A0A0000 | broken: the PNG's signature is damaged, as by a transfer that changed"
            + " line ends"
      })
  void what_is_no_picture_is_named_where_it_is_known(String content, String message)
      throws IOException {
    Path file = folder.resolve("a.png");
    Files.write(file, HexFormat.of().parseHex(content));

    assertThatThrownBy(() -> Picture.read(file))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
    assertThatThrownBy(() -> PictureHead.read(file)).hasMessage(message);
  }

  @Test
  void a_size_that_the_heap_cannot_hold_is_refused_before_it_is_decoded() {
    // 20,000 x 20,000 x (6 + 3) = 3,600,000,000 bytes; 2^31 of them are there.
    assertThatThrownBy(() -> PictureRoom.require(20_000, 20_000, 3, 1L << 31))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "too large: 20000x20000 pixels need 3433 MiB; the heap has 2048 MiB; fix: a smaller"
                + " picture, or a larger heap (-Xmx) for up to 715827882 pixels");
    assertThatThrownBy(() -> PictureRoom.require(1, 65_536, 3, 1L << 31))
        .hasMessage("too large: 65536x1 pixels; allowed: sides of up to 65535");
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
    return jpeg(16, 16);
  }

  private byte[] jpeg(int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, i * 7_654_321);
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
