package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapesProviderTest {

  private final ShapesProvider provider = new ShapesProvider();

  @Test
  void ten_classes_have_the_same_number_of_images_in_every_split() {
    DataSplits splits = provider.open(new ShapesOptions(200, 50, 40, 32, 1));

    assertThat(splits.train().classes())
        .containsExactly(
            "circle",
            "square",
            "triangle",
            "star",
            "cross",
            "ring",
            "heart",
            "hexagon",
            "crescent",
            "arrow");
    assertThat(splits.train().classCounts()).containsOnly(16);
    assertThat(splits.heldOut().classCounts()).containsOnly(4);
    assertThat(splits.test().classCounts()).containsOnly(5);
  }

  @Test
  void the_same_options_give_the_same_bytes_and_another_seed_does_not() {
    ShapesOptions options = new ShapesOptions(60, 20, 10, 32, 5);

    assertThat(checksum(provider.open(options).train()))
        .isEqualTo(checksum(provider.open(options).train()))
        .isNotEqualTo(checksum(provider.open(new ShapesOptions(60, 20, 10, 32, 6)).train()));
  }

  // The checksum is that of the painter as it was before it could paint scenes: results that were
  // published then hold.
  @Test
  void images_are_those_of_earlier_versions() {
    CRC32 sum = new CRC32();

    for (int size : new int[] {16, 33}) {
      for (int i = 0; i < 50; i++) {
        sum.update(ShapePainter.paint(i % 10, size, DrawKey.random(1, 1, i)));
      }
    }

    assertThat(sum.getValue()).isEqualTo(2_968_532_615L);
  }

  @Test
  void more_images_keep_the_first_ones() {
    ImageDataset few = provider.open(new ShapesOptions(30, 10, 0, 16, 1)).train();
    ImageDataset many = provider.open(new ShapesOptions(60, 10, 0, 16, 1)).train();

    for (int i = 0; i < 30; i++) {
      assertThat(TinyImages.image(many, i)).isEqualTo(TinyImages.image(few, i));
      assertThat(many.label(i)).isEqualTo(few.label(i));
    }
  }

  @Test
  void no_image_occurs_twice_within_or_across_splits() {
    DataSplits splits = provider.open(new ShapesOptions(300, 300, 30, 16, 1));
    Set<Long> sums = new HashSet<>();

    for (ImageDataset part : new ImageDataset[] {splits.train(), splits.heldOut(), splits.test()}) {
      for (int i = 0; i < part.size(); i++) {
        CRC32 sum = new CRC32();
        sum.update(TinyImages.image(part, i));
        sums.add(sum.getValue());
      }
    }

    assertThat(sums).hasSize(600);
  }

  @Test
  void images_of_any_size_are_painted() {
    assertThat(provider.open(new ShapesOptions(10, 10, 0, 70, 1)).shape())
        .isEqualTo(new ImageShape(70, 70, 3));
  }

  @Test
  void the_default_normalization_is_that_of_the_default_training_images() {
    ImageDataset train = provider.open(provider.defaults()).train();
    double[] sum = new double[3];
    double[] squares = new double[3];
    double pixels = (double) train.size() * 32 * 32;
    for (int i = 0; i < train.size(); i++) {
      byte[] image = TinyImages.image(train, i);
      for (int at = 0; at < image.length; at++) {
        double value = (image[at] & 0xFF) / 255.0;
        sum[at % 3] += value;
        squares[at % 3] += value * value;
      }
    }

    Normalization norm = provider.defaultNormalization();
    for (int channel = 0; channel < 3; channel++) {
      double mean = sum[channel] / pixels;
      assertThat(norm.mean().get(channel)).isCloseTo(mean, within(0.005));
      assertThat(norm.std().get(channel))
          .isCloseTo(Math.sqrt(squares[channel] / pixels - mean * mean), within(0.005));
    }
  }

  // Points read off the outlines on paper: inside (1) or outside (0).
  @ParameterizedTest
  @CsvSource({
    "CIRCLE, 0, 0, 1",
    "CIRCLE, 0.8, 0.8, 0",
    "SQUARE, 0.7, 0.7, 1",
    "SQUARE, 0, 0.8, 0",
    "TRIANGLE, 0, -0.9, 1",
    "TRIANGLE, 0.7, -0.7, 0",
    "TRIANGLE, 0.6, 0.45, 1",
    "STAR, 0, -0.9, 1",
    "STAR, 0, 0.6, 0",
    "CROSS, 0.8, 0, 1",
    "CROSS, 0.6, 0.6, 0",
    "RING, 0, 0, 0",
    "RING, 0.7, 0, 1",
    "HEART, 0, 0.7, 1",
    "HEART, 0, -0.85, 0",
    "HEXAGON, 0, 0.9, 1",
    "HEXAGON, 0.85, 0, 0",
    "CRESCENT, -0.8, 0, 1",
    "CRESCENT, 0.5, 0, 0",
    "ARROW, 0, -0.9, 1",
    "ARROW, 0.6, 0.5, 0",
    "ARROW, 0, 0.9, 1"
  })
  void outlines_are_where_they_should_be(Silhouette silhouette, double x, double y, int inside) {
    assertThat(silhouette.contains(x, y)).isEqualTo(inside == 1);
  }

  private static long checksum(ImageDataset data) {
    CRC32 sum = new CRC32();
    for (int i = 0; i < data.size(); i++) {
      sum.update(TinyImages.image(data, i));
    }
    return sum.getValue();
  }
}
