package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageShape;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.LabelledBox;

class RandomTransformTest {

  private static final ImageShape SHAPE = new ImageShape(60, 80, 3);

  /** Of the picture within its padding. */
  private static final int HEIGHT = 56;

  private static final int WIDTH = 70;

  private static final float[] FILL = {10, 20, 30};

  private static byte[] black() {
    return new byte[SHAPE.bytes()];
  }

  private static byte[] painted(int top, int left, int bottom, int right) {
    byte[] picture = black();
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int at = (y * SHAPE.width() + x) * 3;
        Arrays.fill(picture, at, at + 3, (byte) 255);
      }
    }
    return picture;
  }

  private static byte[] seen(RandomTransform view, byte[] picture) {
    byte[] target = new byte[SHAPE.bytes()];
    view.of(picture, SHAPE, WIDTH, FILL, target, 0);
    return target;
  }

  private static List<LabelledBox> seen(RandomTransform view, Box box) {
    return view.of(List.of(new LabelledBox(box, 1, false)), SHAPE, HEIGHT, WIDTH);
  }

  /** The bounds of what is more bright than dark. */
  private static Box bright(byte[] picture) {
    int top = Integer.MAX_VALUE;
    int left = Integer.MAX_VALUE;
    int bottom = 0;
    int right = 0;
    for (int y = 0; y < SHAPE.height(); y++) {
      for (int x = 0; x < SHAPE.width(); x++) {
        if ((picture[(y * SHAPE.width() + x) * 3] & 0xFF) > 127) {
          top = Math.min(top, y);
          left = Math.min(left, x);
          bottom = Math.max(bottom, y + 1);
          right = Math.max(right, x + 1);
        }
      }
    }
    return new Box(left, top, right, bottom);
  }

  @ParameterizedTest
  @CsvSource({
    "true, 1, 0, 0",
    "false, 1, 3, 5",
    "false, 1.3, -4.5, -7.25",
    "false, 0.6, 10, 20",
    "true, 0.75, 4.4, 12.7",
    "true, 1.2, -8, -3.5",
    "true, 1.5, -30, -60" // cut off above and on the left
  })
  void pixels_and_boxes_move_alike(boolean mirrored, double factor, double down, double right) {
    RandomTransform view = new RandomTransform(mirrored, factor, down, right);

    Box pixels = bright(seen(view, painted(15, 20, 40, 50)));
    Box box = seen(view, new Box(20, 15, 50, 40)).get(0).box();

    // An edge lies between two pixels, so that rounding alone makes half a pixel.
    assertThat(box.xMin()).isCloseTo(pixels.xMin(), within(1.0));
    assertThat(box.yMin()).isCloseTo(pixels.yMin(), within(1.0));
    assertThat(box.xMax()).isCloseTo(pixels.xMax(), within(1.0));
    assertThat(box.yMax()).isCloseTo(pixels.yMax(), within(1.0));
  }

  @Test
  void the_mirror_stands_in_the_middle_of_what_is_no_padding() {
    RandomTransform view = new RandomTransform(true, 1, 0, 0);

    byte[] pixels = seen(view, painted(5, 0, 20, 10));
    Box box = seen(view, new Box(0, 5, 10, 20)).get(0).box();

    // 70 - 10 to 70 - 0
    assertThat(box).isEqualTo(new Box(60, 5, 70, 20));
    assertThat(bright(pixels)).isEqualTo(new Box(60, 5, 70, 20));
  }

  @Test
  void a_point_is_scaled_then_moved() {
    Box box = seen(new RandomTransform(false, 0.5, 7, 11), new Box(20, 10, 40, 30)).get(0).box();

    assertThat(box).isEqualTo(new Box(10 + 11, 5 + 7, 20 + 11, 15 + 7));
  }

  @ParameterizedTest
  @CsvSource({"-5, false", "-6.9, false", "-7.1, true", "-9, true"})
  void an_object_that_is_mostly_beyond_the_border_becomes_difficult(
      double right, boolean difficult) {
    // 10 wide: 3 of 10 have to be left.
    LabelledBox seen = seen(new RandomTransform(false, 1, 0, right), new Box(0, 0, 10, 10)).get(0);

    assertThat(seen.difficult()).isEqualTo(difficult);
    assertThat(seen.label()).isEqualTo(1);
    assertThat(seen.box().xMin()).isZero();
    assertThat(seen.box().xMax()).isCloseTo(10 + right, within(1e-9));
  }

  @Test
  void what_is_wholly_beyond_the_border_is_gone_and_what_is_difficult_stays_so() {
    RandomTransform view = new RandomTransform(false, 1, 0, -10);
    List<LabelledBox> objects =
        List.of(
            new LabelledBox(new Box(0, 0, 10, 10), 0, false),
            new LabelledBox(new Box(20, 20, 30, 30), 2, true));

    List<LabelledBox> seen = view.of(objects, SHAPE, HEIGHT, WIDTH);

    assertThat(seen).containsExactly(new LabelledBox(new Box(10, 20, 20, 30), 2, true));
  }

  @Test
  void the_plain_view_copies_the_bytes_and_keeps_the_objects() {
    byte[] picture = new byte[SHAPE.bytes()];
    new Random(1).nextBytes(picture);
    byte[] target = new byte[2 * SHAPE.bytes()];
    List<LabelledBox> objects = List.of(new LabelledBox(new Box(-1, 0, 3, 4), 0, false));

    RandomTransform.PLAIN.of(picture, SHAPE, WIDTH, FILL, target, SHAPE.bytes());

    assertThat(Arrays.copyOf(target, SHAPE.bytes())).containsOnly(0);
    assertThat(Arrays.copyOfRange(target, SHAPE.bytes(), target.length)).isEqualTo(picture);
    assertThat(RandomTransform.PLAIN.of(objects, SHAPE, HEIGHT, WIDTH)).isEqualTo(objects);
  }

  @Test
  void whole_pixels_are_moved_exactly_and_what_comes_from_beyond_the_border_is_filled() {
    byte[] picture = new byte[SHAPE.bytes()];
    new Random(1).nextBytes(picture);

    byte[] seen = seen(new RandomTransform(false, 1, 4, 6), picture);

    for (int y = 0; y < SHAPE.height(); y++) {
      for (int x = 0; x < SHAPE.width(); x++) {
        for (int c = 0; c < 3; c++) {
          int at = (y * SHAPE.width() + x) * 3 + c;
          byte expected =
              y >= 4 && x >= 6
                  ? picture[((y - 4) * SHAPE.width() + x - 6) * 3 + c]
                  : (byte) FILL[c];
          assertThat(seen[at]).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void drawn_views_are_mirrored_half_of_the_time_and_scaled_within_the_limits() {
    SplittableRandom random = new SplittableRandom(1);
    int mirrored = 0;
    for (int i = 0; i < 1000; i++) {
      RandomTransform view =
          RandomTransform.draw(
              random, new RandomTransform.Range(true, 0.3, 0), SHAPE, HEIGHT, WIDTH);
      mirrored += view.mirrored() ? 1 : 0;

      assertThat(view.factor()).isBetween(0.7, 1.3);
      // A smaller picture stays within the frame, a larger one covers it.
      double below = SHAPE.height() - view.factor() * HEIGHT;
      double beside = SHAPE.width() - view.factor() * WIDTH;
      assertThat(view.down()).isBetween(Math.min(0, below), Math.max(0, below));
      assertThat(view.right()).isBetween(Math.min(0, beside), Math.max(0, beside));
    }

    // Five standard deviations of 16.
    assertThat(mirrored).isBetween(420, 580);
  }

  @Test
  void without_jitter_and_flip_every_view_is_plain() {
    RandomTransform view =
        RandomTransform.draw(
            new SplittableRandom(1), RandomTransform.Range.NONE, SHAPE, HEIGHT, WIDTH);

    assertThat(view).isEqualTo(RandomTransform.PLAIN);
  }
}
