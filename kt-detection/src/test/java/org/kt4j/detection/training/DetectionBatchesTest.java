package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.kt4j.data.Augmentation;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Share;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.LabelledBox;

class DetectionBatchesTest {

  private static final ImageShape SHAPE = new ImageShape(64, 96, 3);

  private static List<DetectionBatch> batches(long seed, int epoch, double jitter) {
    return batches(seed, epoch, jitter, 0);
  }

  private static List<DetectionBatch> batches(long seed, int epoch, double jitter, int views) {
    return batches(seed, epoch, jitter, views, Share.WHOLE);
  }

  private static List<DetectionBatch> batches(
      long seed, int epoch, double jitter, int views, Share share) {
    List<DetectionBatch> batches = new ArrayList<>();
    try (PictureScaling scaling = new PictureScaling(SHAPE, SmallDetectors.NORMALIZATION);
        DetectionBatches source =
            new DetectionBatches(
                new ScaledPictures(new PaintedBoxes(10, 64, 96, 5), scaling),
                SHAPE,
                PictureScaling.fill(SmallDetectors.NORMALIZATION),
                4,
                new RandomTransform.Range(jitter > 0, jitter, 0),
                views,
                seed,
                share)) {
      source.epoch(epoch).forEachRemaining(batches::add);
    }
    return batches;
  }

  private static int[] indices(List<DetectionBatch> batches) {
    return batches.stream().flatMapToInt(batch -> Arrays.stream(batch.indices())).toArray();
  }

  @Test
  void the_same_seed_and_epoch_give_the_same_batches() {
    List<DetectionBatch> first = batches(3, 2, 0.2);
    List<DetectionBatch> again = batches(3, 2, 0.2);

    assertThat(first).hasSize(2);
    for (int i = 0; i < 2; i++) {
      assertThat(again.get(i).indices()).isEqualTo(first.get(i).indices());
      assertThat(again.get(i).images()).isEqualTo(first.get(i).images());
      assertThat(again.get(i).objects()).isEqualTo(first.get(i).objects());
      assertThat(again.get(i).areas()).isEqualTo(first.get(i).areas());
    }
  }

  @Test
  void another_epoch_or_seed_has_another_order_and_no_picture_comes_twice() {
    int[] indices = indices(batches(3, 2, 0));

    assertThat(indices).hasSize(8).doesNotHaveDuplicates();
    assertThat(indices(batches(3, 3, 0))).isNotEqualTo(indices);
    assertThat(indices(batches(4, 2, 0))).isNotEqualTo(indices);
  }

  @Test
  void without_jitter_a_picture_and_its_objects_are_as_in_the_data_set() {
    PaintedBoxes data = new PaintedBoxes(10, 64, 96, 5);

    DetectionBatch batch = batches(3, 0, 0).get(1);

    for (int i = 0; i < 4; i++) {
      int index = batch.indices()[i];
      byte[] pixels =
          Arrays.copyOfRange(batch.images(), i * SHAPE.bytes(), (i + 1) * SHAPE.bytes());
      assertThat(pixels).isEqualTo(data.pixels(index).pixels());
      assertThat(batch.objects().get(i)).isEqualTo(data.objects(index));
    }
    assertThat(batch.areas()).containsExactly(64, 96, 64, 96, 64, 96, 64, 96);
  }

  /** The picture of each index. */
  private static Map<Integer, String> pictures(List<DetectionBatch> batches) {
    Map<Integer, String> pictures = new TreeMap<>();
    for (DetectionBatch batch : batches) {
      int bytes = SHAPE.bytes();
      for (int i = 0; i < batch.size(); i++) {
        byte[] one = Arrays.copyOfRange(batch.images(), i * bytes, (i + 1) * bytes);
        pictures.put(batch.indices()[i], Arrays.toString(one));
      }
    }
    return pictures;
  }

  @Test
  void fixed_views_come_again_and_are_the_same_for_every_seed() {
    Map<Integer, String> first = pictures(batches(1, 0, 0.2, 2));
    Map<Integer, String> second = pictures(batches(1, 1, 0.2, 2));
    Map<Integer, String> again = pictures(batches(1, 2, 0.2, 2));
    Map<Integer, String> otherSeed = pictures(batches(2, 0, 0.2, 2));

    first.keySet().retainAll(again.keySet());
    first.keySet().retainAll(second.keySet());
    first.keySet().retainAll(otherSeed.keySet());
    assertThat(first).isNotEmpty();
    first.forEach(
        (index, picture) -> {
          assertThat(again.get(index)).isEqualTo(picture);
          assertThat(otherSeed.get(index)).isEqualTo(picture);
          assertThat(second.get(index)).isNotEqualTo(picture);
        });
    assertThat(batches(1, 3, 0.2, 2)).allMatch(batch -> batch.view() == 1);
    assertThat(batches(1, 3, 0.2, 0)).allMatch(batch -> batch.view() == Augmentation.FRESH);
  }

  @Test
  void an_epoch_ends_with_its_last_whole_batch() {
    try (PictureScaling scaling = new PictureScaling(SHAPE, SmallDetectors.NORMALIZATION);
        DetectionBatches source =
            new DetectionBatches(
                new ScaledPictures(new PaintedBoxes(3, 64, 96, 5), scaling),
                SHAPE,
                PictureScaling.fill(SmallDetectors.NORMALIZATION),
                2,
                RandomTransform.Range.NONE,
                0,
                1,
                Share.WHOLE)) {
      Iterator<DetectionBatch> epoch = source.epoch(0);
      epoch.next();

      assertThat(epoch.hasNext()).isFalse();
      assertThatThrownBy(epoch::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void boxes_and_labels_of_a_batch_are_padded() {
    DetectionBatch batch =
        new DetectionBatch(
            new byte[0],
            List.of(
                List.of(
                    new LabelledBox(new Box(1, 2, 3, 4), 0, false),
                    new LabelledBox(new Box(5, 6, 7, 8), 4, true)),
                List.of()),
            new float[0],
            new int[] {0, 1},
            Augmentation.FRESH);

    assertThat(Arrays.deepToString(batch.boxes()))
        .isEqualTo(
            Arrays.deepToString(
                new float[][][] {{{2, 1, 4, 3}, {6, 5, 8, 7}}, {{0, 0, 0, 0}, {0, 0, 0, 0}}}));
    assertThat(batch.labels()).isDeepEqualTo(new int[][] {{1, -1}, {0, 0}});
  }
}
