package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pictures of every colour type, depth, interlacing, orientation and profile, held against what
 * djpeg and ImageMagick show of them; {@code pictures/make.py} has made both.
 */
class PicturesOfOtherProgramsTest {

  private static final Path FOLDER = folder();

  /** A line of {@code expected.txt}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Expected(String file, int width, int height, int tolerance, byte[] pixels) {

    static Expected of(String line) {
      String[] parts = line.split("\t", -1);
      return new Expected(
          parts[0],
          Integer.parseInt(parts[1]),
          Integer.parseInt(parts[2]),
          Integer.parseInt(parts[3]),
          HexFormat.of().parseHex(parts[5]));
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Expected> expected() throws IOException {
    return Files.readAllLines(FOLDER.resolve("expected.txt")).stream().map(Expected::of);
  }

  @ParameterizedTest
  @MethodSource("expected")
  void a_picture_has_the_pixels_that_other_programs_show(Expected expected) throws IOException {
    Path file = FOLDER.resolve(expected.file());

    Picture picture = Picture.read(file);
    PictureHead head = PictureHead.read(file);

    assertThat(List.of(picture.width(), picture.height()))
        .containsExactly(expected.width(), expected.height());
    assertThat(List.of(head.width(), head.height()))
        .containsExactly(expected.width(), expected.height());
    int largest = 0;
    for (int i = 0; i < expected.pixels().length; i++) {
      int apart = (picture.pixels()[i] & 0xFF) - (expected.pixels()[i] & 0xFF);
      largest = Math.max(largest, Math.abs(apart));
    }
    assertThat(largest).as("the largest difference").isLessThanOrEqualTo(expected.tolerance());
  }

  @Test
  void every_picture_is_held_against_something() throws IOException {
    List<String> named = expected().map(Expected::file).toList();
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.startsWith("refused-"))
          .filteredOn(name -> name.endsWith(".png") || name.endsWith(".jpg"))
          .containsExactlyInAnyOrderElementsOf(named);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "refused-arithmetic.jpg | a JPEG with arithmetic coding (SOF9), which is not read; allowed: baseline"
            + " and progressive with 8 bits per colour",
        "refused-12-bits.jpg | a JPEG with 12 bits per colour, which is not read; allowed: baseline"
            + " and progressive with 8 bits per colour",
        "refused-hierarchical.jpg | a JPEG with hierarchical coding (SOF5), which is not read; allowed:"
            + " baseline and progressive with 8 bits per colour",
        "refused-65000x65000.png | too large: 65000x65000 pixels need ",
        "refused-65000x65000.jpg | too large: 65000x65000 pixels need ",
      })
  void what_is_not_read_is_refused_with_the_reason(String file, String message) {
    assertThatThrownBy(() -> Picture.read(FOLDER.resolve(file)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"png-rgb-8.png", "png-palette-8-interlaced.png", "jpeg-420.jpg", "jpeg-grey.jpg"})
  void a_picture_that_is_cut_anywhere_is_refused(String file, @TempDir Path folder)
      throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve(file));
    int pixels =
        file.endsWith(".png") ? whole.length - 12 : whole.length; // without IEND all is there
    Path cut = folder.resolve("cut");
    for (int length = 0; length < pixels; length += 1 + length / 40) {
      Files.write(cut, Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> Picture.read(cut))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class);
    }
  }

  /** Any number of rounds by the system property {@code kt.rounds}. */
  @Test
  void damaged_bytes_give_a_picture_or_an_error_and_nothing_else(@TempDir Path folder)
      throws IOException {
    List<String> files = expected().map(Expected::file).toList();
    Random random = new Random(20);
    Path damaged = folder.resolve("damaged");
    for (int round = 0; round < Integer.getInteger("kt.rounds", 300); round++) {
      byte[] content = Files.readAllBytes(FOLDER.resolve(files.get(random.nextInt(files.size()))));
      for (int change = random.nextInt(6); change >= 0; change--) {
        content[random.nextInt(content.length)] = (byte) random.nextInt(256);
      }
      Files.write(damaged, content);
      try {
        Picture picture = Picture.read(damaged);

        assertThat(picture.pixels()).hasSize(picture.height() * picture.width() * 3);
      } catch (IOException e) {
        assertThat(e.getMessage()).isNotBlank().doesNotContain("Exception");
      }
    }
  }

  private static Path folder() {
    try {
      return Path.of(
          Objects.requireNonNull(PicturesOfOtherProgramsTest.class.getResource("pictures"))
              .toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
