package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kt4j.data.TinyImages.bytes;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;

class AugmentationTest {

  private static final ImageShape GREY = new ImageShape(4, 4, 1);
  private static final byte[] IMAGE =
      bytes(
          1, 2, 3, 4, //
          5, 6, 7, 8, //
          9, 10, 11, 12, //
          13, 14, 15, 16);

  @Test
  void a_window_down_and_right_of_the_image_ends_in_black() {
    byte[] target = new byte[16];

    Augmentation.shift(IMAGE, GREY, 1, 2, target, 0);

    assertThat(target)
        .isEqualTo(
            bytes(
                7, 8, 0, 0, //
                11, 12, 0, 0, //
                15, 16, 0, 0, //
                0, 0, 0, 0));
  }

  @Test
  void a_window_up_and_left_of_the_image_starts_in_black() {
    byte[] target = bytes(IntStream.generate(() -> 99).limit(18).toArray());

    Augmentation.shift(IMAGE, GREY, -2, -1, target, 1);

    assertThat(target)
        .as("everything between the neighbours is written, also the black")
        .isEqualTo(
            bytes(
                99, //
                0, 0, 0, 0, //
                0, 0, 0, 0, //
                0, 1, 2, 3, //
                0, 5, 6, 7, //
                99));
  }

  @Test
  void a_window_beside_the_image_is_black() {
    byte[] target = IMAGE.clone();

    Augmentation.shift(IMAGE, GREY, 0, 5, target, 0);

    assertThat(target).isEqualTo(new byte[16]);
  }

  @Test
  void a_flip_reverses_pixels_and_keeps_their_channels() {
    ImageShape shape = new ImageShape(2, 3, 3);
    byte[] image =
        bytes(
            1, 2, 3, 4, 5, 6, 7, 8, 9, //
            11, 12, 13, 14, 15, 16, 17, 18, 19);

    Augmentation.mirror(shape, image, 0);

    assertThat(image)
        .isEqualTo(
            bytes(
                7, 8, 9, 4, 5, 6, 1, 2, 3, //
                17, 18, 19, 14, 15, 16, 11, 12, 13));
  }

  @Test
  void cutout_fills_a_square_and_is_clipped_at_the_border() {
    byte[] image = IMAGE.clone();

    Augmentation.blank(GREY, bytes(77), -1, 2, 3, image, 0);

    assertThat(image)
        .isEqualTo(
            bytes(
                1, 2, 77, 77, //
                5, 6, 77, 77, //
                9, 10, 11, 12, //
                13, 14, 15, 16));
  }

  @Test
  void the_same_seed_epoch_and_index_give_the_same_pixels() {
    Augmentation augmentation = new Augmentation(2, true, 2, 0);

    assertThat(apply(augmentation, 1, 3, 5)).isEqualTo(apply(augmentation, 1, 3, 5));
    assertThat(results(augmentation, 40)).as("other epochs give others").hasSizeGreaterThan(20);
  }

  @Test
  void with_padding_one_all_nine_windows_occur_and_no_other() {
    // Nine places of the window, no flip: worked out from the definition.
    Set<List<Byte>> expected = new HashSet<>();
    for (int down = -1; down <= 1; down++) {
      for (int right = -1; right <= 1; right++) {
        byte[] target = new byte[16];
        Augmentation.shift(IMAGE, GREY, down, right, target, 0);
        expected.add(boxed(target));
      }
    }

    assertThat(results(new Augmentation(1, false, 0, 0), 200)).isEqualTo(expected);
  }

  @Test
  void about_half_of_the_images_are_flipped() {
    long flipped =
        IntStream.range(0, 1_000)
            .filter(i -> apply(new Augmentation(0, true, 0, 0), 1, 0, i)[0] == 4)
            .count();

    assertThat(flipped).as("1000 fair coins: 500, standard deviation 16").isBetween(420L, 580L);
  }

  @Test
  void switching_the_flip_off_does_not_move_the_window() {
    byte[] plain = apply(new Augmentation(2, false, 0, 0), 9, 1, 4);
    byte[] flipped = apply(new Augmentation(2, true, 0, 0), 9, 1, 4);
    byte[] back = flipped.clone();
    Augmentation.mirror(GREY, back, 0);

    assertThat(plain)
        .satisfiesAnyOf(p -> assertThat(p).isEqualTo(flipped), p -> assertThat(p).isEqualTo(back));
  }

  @Test
  void negative_numbers_are_refused() {
    assertThatThrownBy(() -> new Augmentation(-1, true, 0, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("cropPadding: -1 is not allowed; allowed: 0 to 1024 pixels");
    assertThatThrownBy(() -> new Augmentation(0, true, -3, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("cutout: -3");
  }

  private static Set<List<Byte>> results(Augmentation augmentation, int epochs) {
    Set<List<Byte>> results = new HashSet<>();
    for (int epoch = 0; epoch < epochs; epoch++) {
      results.add(boxed(apply(augmentation, 1, epoch, 0)));
    }
    return results;
  }

  private static byte[] apply(Augmentation augmentation, long seed, int epoch, int index) {
    byte[] target = new byte[16];
    augmentation.apply(IMAGE, GREY, bytes(77), seed, epoch, index, target, 0);
    return target;
  }

  private static List<Byte> boxed(byte[] bytes) {
    return IntStream.range(0, bytes.length).mapToObj(i -> bytes[i]).toList();
  }
}
