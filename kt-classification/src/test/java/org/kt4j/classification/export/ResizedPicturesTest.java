package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.network.Network;
import org.kt4j.imagelevel.TrainedNetwork;

/** Networks that give every pixel they see as a logit, against the pictures of data sets. */
class ResizedPicturesTest {

  private static final ImageShape COLOURS = new ImageShape(16, 12, 3);
  private static final ImageShape GREY = new ImageShape(16, 12, 1);

  private static TrainedNetwork pixels(ImageShape shape) {
    Network network =
        (nn, images) -> nn.tf().reshape(images, nn.tf().array(-1, shape.bytes())); // [B, HWC]
    return Classifiers.of(
        network,
        shape,
        shape.channels() == 1 ? Classifiers.GREY_AS_IT_IS : Classifiers.COLOURS_AS_THEY_ARE,
        Map.of(),
        shape.bytes());
  }

  /** What the network sees of a picture, 0 to 255. */
  private static float[] seen(
      ImageShape shape, ExportOptions.Input input, byte[] given, int height, int width) {
    try (ExportedClassifier exported =
        ExportedClassifier.of(
            ClassifierExport.of(pixels(shape), ExportOptions.defaults().input(input)))) {
      float[] logits = exported.output("logits", given, 1, height, width);
      for (int i = 0; i < logits.length; i++) {
        logits[i] *= 255;
      }
      return logits;
    }
  }

  /** Grey noise as a decoded file has it: each byte three times. */
  private static byte[] repeated(byte[] grey) {
    byte[] colours = new byte[3 * grey.length];
    for (int i = 0; i < colours.length; i++) {
      colours[i] = grey[i / 3];
    }
    return colours;
  }

  @ParameterizedTest(name = "{0}x{1}")
  @CsvSource({
    "8, 8", "7, 5", "40, 56", "64, 48", "9, 37", "37, 9", "1, 1", "3, 1000", "1000, 3", "17, 11",
    "15, 13", "16, 30"
  })
  void bytes_of_any_size_are_resized_as_the_pictures_of_data_sets_are(int height, int width) {
    byte[] grey = Classifiers.noise(height * width, 1);
    byte[] colours = Classifiers.noise(height * width * 3, 2);

    assertSameLevels(
        COLOURS, colours, new Picture(height, width, colours).resized(COLOURS), height, width);
    assertSameLevels(
        GREY, grey, new Picture(height, width, repeated(grey)).resized(GREY), height, width);
  }

  private static void assertSameLevels(
      ImageShape shape, byte[] given, byte[] expected, int height, int width) {
    float[] found = seen(shape, ExportOptions.Input.UINT8, given, height, width);
    assertSame(found, expected);
  }

  @ParameterizedTest(name = "{0}x{1}")
  @CsvSource({"8, 8", "40, 56", "9, 37", "37, 9", "1, 1", "3, 1000"})
  void numbers_from_0_to_1_are_resized_without_rounding(int height, int width) {
    byte[] colours = Classifiers.noise(height * width * 3, 3);

    float[] found = seen(COLOURS, ExportOptions.Input.FLOAT32, colours, height, width);

    byte[] expected = new Picture(height, width, colours).resized(COLOURS);
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i] & 0xFF, within(0.501f));
    }
  }

  @Test
  void pictures_of_the_size_of_the_network_are_left_as_they_are() {
    byte[] colours = Classifiers.noise(COLOURS.bytes(), 4);
    byte[] grey = Classifiers.noise(GREY.bytes(), 5);

    for (ExportOptions.Input input : ExportOptions.Input.values()) {
      assertSame(seen(COLOURS, input, colours, 16, 12), colours);
      assertSame(seen(GREY, input, grey, 16, 12), grey);
    }
  }

  private static void assertSame(float[] found, byte[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i] & 0xFF, within(1e-3f));
    }
  }

  @Test
  void an_edge_that_is_halved_and_one_that_is_doubled_are_those_worked_out_by_hand() {
    ImageShape shape = new ImageShape(1, 4, 1);
    byte[] given = {0, 100, 40, (byte) 200};

    float[] found = seen(shape, ExportOptions.Input.UINT8, given, 2, 2);

    // Columns of two rows become their means, 20 and 150. Of the four new columns the centres lie
    // at -0.25, 0.25, 0.75 and 1.25 of the old ones: 20, 52.5 and 117.5, rounded up, and 150.
    assertThat(found).containsExactly(new float[] {20, 53, 118, 150}, within(1e-3f));
  }
}
