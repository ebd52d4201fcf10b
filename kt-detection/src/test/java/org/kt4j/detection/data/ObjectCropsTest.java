package org.kt4j.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.data.DataException;
import org.kt4j.data.Picture;

class ObjectCropsTest {

  /** Red is the column, green the row, of 30 columns and 20 rows. */
  private static Picture coordinates() {
    byte[] values = new byte[20 * 30 * 3];
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 30; x++) {
        values[(y * 30 + x) * 3] = (byte) x;
        values[(y * 30 + x) * 3 + 1] = (byte) y;
      }
    }
    return new Picture(20, 30, values);
  }

  @Test
  void an_object_is_cut_out_as_a_square_of_1_2_times_its_longer_side() {
    // 10 wide, 4 high around (15, 8): the square has 12 pixels, from column 9, from row 2.
    Picture square = ObjectCrops.square(coordinates(), new Box(10, 6, 20, 10));

    assertThat(square.height()).isEqualTo(12);
    assertThat(square.width()).isEqualTo(12);
    assertThat(square.pixels()).startsWith(9, 2, 0, 10, 2, 0).endsWith(20, 13, 0);
  }

  @Test
  void beyond_the_border_the_outermost_pixels_go_on() {
    // 10 wide and high around (5, 15): 12 pixels, from column -1, from row 9 to row 20.
    Picture square = ObjectCrops.square(coordinates(), new Box(0, 10, 10, 20));

    assertThat(square.pixels()).startsWith(0, 9, 0, 0, 9, 0, 1, 9, 0).endsWith(10, 19, 0);
  }

  @Test
  void a_box_below_a_pixel_gives_one_pixel() {
    Picture square = ObjectCrops.square(coordinates(), new Box(3.2, 4.1, 3.4, 4.3));

    assertThat(square.width()).isEqualTo(1);
    assertThat(square.pixels()).containsExactly(3, 4, 0);
  }

  @Test
  void training_pictures_without_objects_are_refused() {
    DetectionDataset empty =
        new DetectionDataset() {
          @Override
          public String name() {
            return "empty";
          }

          @Override
          public List<String> classes() {
            return List.of("a");
          }

          @Override
          public int size() {
            return 1;
          }

          @Override
          public String picture(int index) {
            return "p";
          }

          @Override
          public List<LabelledBox> objects(int index) {
            return List.of(new LabelledBox(new Box(0, 0, 5, 5), 0, true));
          }

          @Override
          public Picture pixels(int index) {
            return coordinates();
          }
        };

    assertThatThrownBy(() -> ObjectCrops.of("x", new DetectionSplits(empty, empty, empty), 16))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("x: the 1 training pictures hold no object to cut out");
  }
}
