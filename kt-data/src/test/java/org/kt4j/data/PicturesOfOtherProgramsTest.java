package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pictures of every colour type, depth, interlacing, orientation and profile, held against what djpeg
 * and ImageMagick show of them; {@code pictures/make.py} has made both.
 */
class PicturesOfOtherProgramsTest {

  private static final Path FOLDER = folder();

  /** A line of {@code expected.txt}. */
  record Expected(String file, int width, int height, int tolerance, byte[] pixels) {

    static Expected of(String line) {
      String[] parts = line.split("\t");
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
    if (largest>0) System.out.println("MAX "+expected.file()+" "+largest+" of "+expected.tolerance());
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
        "refused-arithmetic.jpg | a JPEG with arithmetic coding, which is not read; allowed: baseline"
            + " and progressive with 8 bits per colour",
        "refused-12-bits.jpg | a JPEG with 12 bits per colour, which is not read; allowed: baseline"
            + " and progressive with 8 bits per colour",
        "refused-hierarchical.jpg | a JPEG with hierarchical coding, which is not read; allowed:"
            + " baseline and progressive with 8 bits per colour",
        "refused-65000x65000.png | too large: 65000x65000 pixels need ",
        "refused-65000x65000.jpg | too large: 65000x65000 pixels need ",
      })
  void what_is_not_read_is_refused_with_the_reason(String file, String message) {
    assertThatThrownBy(() -> Picture.read(FOLDER.resolve(file)))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
  }

  private static Path folder() {
    try {
      return Path.of(PicturesOfOtherProgramsTest.class.getResource("pictures").toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }
}
