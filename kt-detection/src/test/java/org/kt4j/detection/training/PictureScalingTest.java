package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Picture;

class PictureScalingTest {

  /** 255 times 0.47 is 119.85. */
  private static final int MEAN = 120;

  private static PictureScaling.Scaled scaled(ImageShape shape, Picture picture) {
    try (PictureScaling scaling = new PictureScaling(shape, SmallDetectors.NORMALIZATION)) {
      return scaling.scaled(picture);
    }
  }

  @FunctionalInterface
  private interface Colour {
    int at(int y, int x, int channel);
  }

  private static Picture picture(int height, int width, Colour colour) {
    byte[] values = new byte[height * width * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) colour.at(i / 3 / width, i / 3 % width, i % 3);
    }
    return new Picture(height, width, values);
  }

  private static int value(PictureScaling.Scaled scaled, int width, int y, int x, int channel) {
    return scaled.pixels()[(y * width + x) * 3 + channel] & 0xFF;
  }

  @Test
  void the_factor_is_the_largest_that_fits() {
    ImageShape shape = new ImageShape(60, 80, 3);

    assertThat(PictureScaling.factor(shape, 120, 100)).isEqualTo(0.5);
    assertThat(PictureScaling.factor(shape, 30, 80)).isEqualTo(1.0);
    assertThat(PictureScaling.factor(shape, 20, 20)).isEqualTo(3.0);
  }

  @Test
  void a_picture_of_the_right_size_stays_as_it_is() {
    Random random = new Random(1);
    Picture picture = picture(8, 12, (y, x, channel) -> random.nextInt(256));

    PictureScaling.Scaled scaled = scaled(new ImageShape(8, 12, 3), picture);

    assertThat(scaled.pixels()).isEqualTo(picture.pixels());
    assertThat(scaled.factor()).isEqualTo(1.0);
  }

  @Test
  void halved_each_pixel_is_about_the_mean_of_four_and_the_rest_is_the_mean_colour() {
    // A slope: the mean of 2 x 2 is its value in their middle.
    Picture picture = picture(16, 16, (y, x, channel) -> 10 * x + 4 * y + channel);

    PictureScaling.Scaled scaled = scaled(new ImageShape(8, 12, 3), picture);

    assertThat(scaled.factor()).isEqualTo(0.5);
    assertThat(scaled.height()).isEqualTo(8f);
    assertThat(scaled.width()).isEqualTo(8f);
    for (int y = 1; y < 7; y++) {
      for (int x = 1; x < 7; x++) {
        for (int c = 0; c < 3; c++) {
          // Halves are rounded to either side.
          assertThat((float) value(scaled, 12, y, x, c))
              .isCloseTo(10 * (2 * x + 0.5f) + 4 * (2 * y + 0.5f) + c, within(0.51f));
        }
      }
    }
    for (int y = 0; y < 8; y++) {
      for (int x = 8; x < 12; x++) {
        assertThat(value(scaled, 12, y, x, y % 3)).isEqualTo(MEAN);
      }
    }
  }

  /**
   * The triangle of twice the width reaches 1.5 pixels to either side: weights 1, 3, 3, 1 of 8, as
   * in any antialiased bilinear downscaling.
   */
  @Test
  void halved_an_edge_is_smoothed_by_the_triangle_filter() {
    Picture picture = picture(8, 8, (y, x, channel) -> x < 4 ? 0 : 200);

    PictureScaling.Scaled scaled = scaled(new ImageShape(4, 4, 3), picture);

    for (int y = 0; y < 4; y++) {
      assertThat(value(scaled, 4, y, 0, 0)).isZero();
      assertThat(value(scaled, 4, y, 1, 1)).isEqualTo(25);
      assertThat(value(scaled, 4, y, 2, 2)).isEqualTo(175);
      assertThat(value(scaled, 4, y, 3, 0)).isEqualTo(200);
    }
  }

  @Test
  void a_small_picture_is_enlarged_in_the_upper_left_corner() {
    Picture picture = picture(10, 7, (y, x, channel) -> 200);

    PictureScaling.Scaled scaled = scaled(new ImageShape(20, 20, 3), picture);

    assertThat(scaled.factor()).isEqualTo(2.0);
    assertThat(scaled.height()).isEqualTo(20f);
    assertThat(scaled.width()).isEqualTo(14f);
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 20; x++) {
        assertThat(value(scaled, 20, y, x, 0)).isEqualTo(x < 14 ? 200 : MEAN);
      }
    }
  }

  /** The same means by their formula, in double precision and without rounding in between. */
  private static double mean(Picture picture, double factor, int y, int x, int channel) {
    double wide = Math.max(1, 1 / factor);
    double sum = 0;
    double weights = 0;
    for (int row = 0; row < picture.height(); row++) {
      double down = 1 - Math.abs(row + 0.5 - (y + 0.5) / factor) / wide;
      for (int column = 0; down > 0 && column < picture.width(); column++) {
        double weight = down * (1 - Math.abs(column + 0.5 - (x + 0.5) / factor) / wide);
        if (weight > 0) {
          int at = (row * picture.width() + column) * 3 + channel;
          sum += weight * (picture.pixels()[at] & 0xFF);
          weights += weight;
        }
      }
    }
    return sum / weights;
  }

  @Test
  void noise_of_any_size_is_scaled_as_the_formula_says() {
    ImageShape shape = new ImageShape(40, 60, 3);
    int[][] sizes = {{97, 131}, {500, 333}, {20, 100}, {39, 60}, {1, 1}, {3, 700}, {80, 1}};
    for (int[] size : sizes) {
      Random random = new Random(size[0]);
      Picture picture = picture(size[0], size[1], (y, x, channel) -> random.nextInt(256));

      PictureScaling.Scaled scaled = scaled(shape, picture);

      for (int y = 0; y < 40; y++) {
        for (int x = 0; x < 60; x++) {
          boolean inside = y + 0.5 <= scaled.height() && x + 0.5 <= scaled.width();
          for (int c = 0; c < 3; c++) {
            // Half a level by rounding to a byte, an eighth before.
            assertThat((double) value(scaled, 60, y, x, c))
                .isCloseTo(inside ? mean(picture, scaled.factor(), y, x, c) : MEAN, within(0.625));
          }
        }
      }
    }
  }
}
