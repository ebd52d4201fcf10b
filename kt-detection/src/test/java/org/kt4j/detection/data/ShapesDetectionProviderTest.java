package org.kt4j.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;

class ShapesDetectionProviderTest {

  private final ShapesDetectionProvider provider = new ShapesDetectionProvider();

  @Test
  void splits_have_the_sizes_asked_for_and_no_picture_in_common() {
    DetectionSplits splits = provider.openDetection(options(30, 10, 8, 1));
    Set<Long> sums = new HashSet<>();

    for (DetectionDataset part : List.of(splits.train(), splits.heldOut(), splits.test())) {
      for (int i = 0; i < part.size(); i++) {
        sums.add(checksum(part.pixels(i)));
      }
    }

    assertThat(splits.train().size()).isEqualTo(22);
    assertThat(splits.heldOut().size()).isEqualTo(8);
    assertThat(splits.test().size()).isEqualTo(10);
    assertThat(sums).hasSize(40);
    assertThat(splits.train().classes()).containsExactly("triangle", "cross", "ring", "heart");
    assertThat(splits.train().picture(0)).isEqualTo("8");
    assertThat(splits.train().name()).isEqualTo("shapes-detection train");
  }

  @Test
  void the_same_seed_gives_the_same_pictures_and_another_does_not() {
    DetectionDataset once = provider.openDetection(options(5, 1, 0, 4)).train();
    DetectionDataset again = provider.openDetection(options(5, 1, 0, 4)).train();
    DetectionDataset other = provider.openDetection(options(5, 1, 0, 5)).train();

    assertThat(checksum(again.pixels(3))).isEqualTo(checksum(once.pixels(3)));
    assertThat(again.objects(3)).isEqualTo(once.objects(3));
    assertThat(checksum(other.pixels(3))).isNotEqualTo(checksum(once.pixels(3)));
  }

  @Test
  void more_pictures_keep_the_first_ones_and_those_held_out() {
    DetectionSplits few = provider.openDetection(options(12, 2, 4, 1));
    DetectionSplits many = provider.openDetection(options(20, 5, 4, 1));

    assertThat(checksum(many.train().pixels(7))).isEqualTo(checksum(few.train().pixels(7)));
    assertThat(checksum(many.heldOut().pixels(3))).isEqualTo(checksum(few.heldOut().pixels(3)));
    assertThat(checksum(many.test().pixels(1))).isEqualTo(checksum(few.test().pixels(1)));
  }

  @Test
  void objects_vary_in_number_size_and_class_lie_inside_and_hardly_overlap() {
    DetectionDataset train = provider.openDetection(options(300, 1, 0, 1)).train();
    int[] counts = new int[5];
    int[] classes = new int[4];
    double smallest = 1_000;
    double largest = 0;

    for (int i = 0; i < train.size(); i++) {
      List<LabelledBox> objects = train.objects(i);
      counts[objects.size()]++;
      for (LabelledBox object : objects) {
        Box box = object.box();
        classes[object.label()]++;
        smallest = Math.min(smallest, Math.max(box.width(), box.height()));
        largest = Math.max(largest, Math.max(box.width(), box.height()));
        assertThat(box.iou(new Box(0, 0, 160, 128)) * 160 * 128)
            .isEqualTo(box.area(), within(1e-6));
        assertThat(object.difficult()).isFalse();
        for (LabelledBox other : objects) {
          assertThat(other.equals(object) || other.box().iou(box) < 0.2).isTrue();
        }
      }
    }

    // 300 pictures with 1 to 4 objects: 75 of each number, 750 objects, 188 of each class.
    assertThat(counts[0]).isZero();
    for (int number = 1; number <= 4; number++) {
      assertThat(counts[number]).isBetween(50, 100);
    }
    for (int label = 0; label < 4; label++) {
      assertThat(classes[label]).isBetween(140, 240);
    }
    assertThat(smallest).isBetween(16.0, 24.0);
    assertThat(largest).isBetween(60.0, 80.0);
  }

  @Test
  void eight_objects_fit_even_on_a_small_picture() {
    DetectionDataset train =
        provider.openDetection(new ShapesDetectionOptions(50, 1, 0, 32, 32, 8, 8, 1, 16)).train();

    for (int i = 0; i < train.size(); i++) {
      assertThat(train.objects(i)).hasSize(8);
    }
  }

  @Test
  void a_classifier_sees_every_object() {
    DetectionSplits whole = provider.openDetection(options(20, 5, 5, 1));
    DataSplits cut = provider.open(options(20, 5, 5, 1));
    int objects = 0;
    for (int i = 0; i < whole.train().size(); i++) {
      objects += whole.train().objects(i).size();
    }

    assertThat(cut.train().size()).isEqualTo(objects);
    assertThat(cut.train().label(0)).isEqualTo(whole.train().objects(0).get(0).label());
    assertThat(cut.shape()).hasToString("24x24x3");
    assertThat(cut.heldOut().name()).isEqualTo("shapes-detection held-out");
  }

  @Test
  void the_default_normalization_is_close_to_the_pictures_own() {
    DetectionDataset train = provider.openDetection(options(200, 1, 0, 1)).train();
    double sum = 0;
    double squares = 0;
    double values = 200.0 * 160 * 128 * 3;
    for (int i = 0; i < train.size(); i++) {
      for (byte pixel : train.pixels(i).pixels()) {
        double value = (pixel & 0xFF) / 255.0;
        sum += value;
        squares += value * value;
      }
    }

    Normalization norm = provider.defaultNormalization();
    double mean = sum / values;
    assertThat(norm.mean().get(0)).isCloseTo(mean, within(0.03));
    assertThat(norm.std().get(0))
        .isCloseTo(Math.sqrt(squares / values - mean * mean), within(0.03));
  }

  @Test
  void options_out_of_their_range_are_refused() {
    assertThatThrownBy(() -> new ShapesDetectionOptions(5, 1, 5, 128, 160, 1, 4, 1, 32))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("heldOut: 5");
    assertThatThrownBy(() -> new ShapesDetectionOptions(5, 1, 0, 31, 160, 1, 4, 1, 32))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("height: 31 is not allowed; allowed: 32 to 1024 pixels");
    assertThatThrownBy(() -> new ShapesDetectionOptions(5, 1, 0, 128, 160, 0, 4, 1, 32))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("minObjects: 0");
    assertThatThrownBy(() -> new ShapesDetectionOptions(5, 1, 0, 128, 160, 3, 2, 1, 32))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("maxObjects: 2");
  }

  private static ShapesDetectionOptions options(int train, int test, int heldOut, long seed) {
    return new ShapesDetectionOptions(train, test, heldOut, 128, 160, 1, 4, seed, 24);
  }

  private static long checksum(Picture pixels) {
    CRC32 sum = new CRC32();
    sum.update(pixels.pixels());
    return sum.getValue();
  }
}
