package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;

class SplitDrawTest {

  private static final List<String> CLASSES = List.of("a", "b", "c");

  /** 60 images: 30 of a, 20 of b, 10 of c, in blocks; each byte is the image's index. */
  private static final MemoryImages TRAINING =
      TinyImages.numbered(
          CLASSES, IntStream.range(0, 60).map(i -> i < 30 ? 0 : i < 50 ? 1 : 2).toArray());

  private static final MemoryImages TESTING = TinyImages.numbered(CLASSES, 0, 1, 2);

  @Test
  void the_held_out_images_have_the_classes_in_proportion() {
    DataSplits splits = draw(60, 12);

    assertThat(splits.heldOut().classCounts()).containsExactly(6, 4, 2); // 12/60 of 30, 20, 10
    assertThat(splits.train().classCounts()).containsExactly(24, 16, 8);
  }

  @Test
  void no_image_is_in_two_splits_and_none_is_lost() {
    DataSplits splits = draw(60, 12);
    Set<Integer> train = identities(splits.train());
    Set<Integer> heldOut = identities(splits.heldOut());

    assertThat(train).hasSize(48).doesNotContainAnyElementsOf(heldOut);
    assertThat(heldOut).hasSize(12);
  }

  @Test
  void a_subset_is_stratified_and_a_larger_one_holds_it() {
    DataSplits small = draw(18, 6);
    DataSplits large = draw(42, 6);

    assertThat(small.train().classCounts()).containsExactly(6, 4, 2);
    assertThat(identities(large.heldOut())).isEqualTo(identities(small.heldOut()));
    assertThat(identities(large.train())).containsAll(identities(small.train()));
  }

  @Test
  void every_stretch_of_the_order_has_the_classes_in_proportion_to_within_one() {
    int[] order = StratifiedOrder.of(TRAINING);

    for (int length = 1; length <= 60; length++) {
      int[] counts = new int[3];
      for (int i = 0; i < length; i++) {
        counts[TRAINING.label(order[i])]++;
      }
      assertThat((double) counts[0]).isBetween(length / 2.0 - 1, length / 2.0 + 1);
      assertThat((double) counts[1]).isBetween(length / 3.0 - 1, length / 3.0 + 1);
      assertThat((double) counts[2]).isBetween(length / 6.0 - 1, length / 6.0 + 1);
    }
  }

  @Test
  void the_draw_is_the_same_every_time_and_not_in_file_order() {
    int[] order = StratifiedOrder.of(TRAINING);

    assertThat(StratifiedOrder.of(TRAINING)).isEqualTo(order);
    assertThat(order).containsExactlyInAnyOrder(IntStream.range(0, 60).toArray());
    int[] ofA = IntStream.of(order).filter(i -> i < 30).toArray();
    assertThat(ofA).isNotEqualTo(IntStream.range(0, 30).toArray());
  }

  @Test
  void no_held_out_images_are_allowed() {
    assertThat(draw(60, 0).heldOut().size()).isZero();
  }

  @Test
  void more_images_than_there_are_is_an_error_that_says_how_many_there_are() {
    assertThatThrownBy(() -> draw(61, 12))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "tiny: train: 61 images asked for, but data/tiny holds 60 training images; allowed: 1"
                + " to 60");
    assertThatThrownBy(() -> SplitDraw.draw("tiny", TRAINING, TESTING, 60, 12, 4, "data/tiny"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test: 4 images asked for, but data/tiny holds 3 test images");
  }

  @Test
  void counts_out_of_range_are_refused_by_the_options() {
    assertThatThrownBy(() -> new CifarOptions("x", 100, 10, 100))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage(
            "heldOut: 100 is not allowed; allowed: 0 to 99, because the held-out images are taken"
                + " from the 100 of train");
    assertThatThrownBy(() -> new IdxOptions("x", 0, 10, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("train: 0");
    assertThatThrownBy(() -> new ShapesOptions(10, 0, 0, 32, 1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("test: 0");
    assertThatThrownBy(() -> new ShapesOptions(10, 1, 0, 15, 1))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("size: 15");
    assertThatThrownBy(() -> new CifarOptions(" ", 10, 1, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("path:");
  }

  @Test
  void a_subset_by_indices_is_a_view_in_the_order_given() {
    ImageDataset subset = TRAINING.subset(59, 0, 59);

    assertThat(subset.size()).isEqualTo(3);
    assertThat(subset.label(0)).isEqualTo(2);
    assertThat(TinyImages.image(subset, 1)).containsOnly(0);
    assertThatThrownBy(() -> TRAINING.subset(60)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void splits_of_different_shapes_do_not_go_together() {
    MemoryImages other =
        new MemoryImages(
            "other", new ImageShape(1, 1, 1), CLASSES, new byte[][] {{1}}, new int[] {0});

    assertThatThrownBy(() -> new DataSplits(TRAINING, TRAINING, other))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("other: images of 1x1x1 in 3 classes do not fit tiny");
  }

  private static DataSplits draw(int train, int heldOut) {
    return SplitDraw.draw("tiny", TRAINING, TESTING, train, heldOut, 3, "data/tiny");
  }

  private static Set<Integer> identities(ImageDataset data) {
    Set<Integer> identities = new TreeSet<>();
    for (int i = 0; i < data.size(); i++) {
      identities.add((int) TinyImages.image(data, i)[0]);
    }
    return identities;
  }
}
