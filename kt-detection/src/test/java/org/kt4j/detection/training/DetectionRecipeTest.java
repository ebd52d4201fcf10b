package org.kt4j.detection.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kt4j.data.FoundData;
import org.kt4j.data.Picture;
import org.kt4j.data.PictureSizes;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.LabelledBox;
import org.kt4j.engine.task.Recipe;

class DetectionRecipeTest {

  /** One picture with fifty objects of side 10, five of 20 and one of 40, a class each. */
  private static final DetectionDataset TRAIN =
      new DetectionDataset() {
        @Override
        public String name() {
          return "some";
        }

        @Override
        public List<String> classes() {
          return List.of("many", "some", "few");
        }

        @Override
        public int size() {
          return 1;
        }

        @Override
        public String picture(int index) {
          return "one";
        }

        @Override
        public List<LabelledBox> objects(int index) {
          List<LabelledBox> objects = new ArrayList<>();
          int[] counts = {50, 5, 1};
          for (int label = 0; label < counts.length; label++) {
            int side = 10 << label;
            for (int i = 0; i < counts[label]; i++) {
              objects.add(new LabelledBox(new Box(0, 0, side, side), label, false));
            }
          }
          return objects;
        }

        @Override
        public Picture pixels(int index) {
          throw new UnsupportedOperationException();
        }
      };

  private static FoundData found(int height, int width) {
    return new FoundData(
        "some",
        Map.of("path", "here"),
        null,
        null,
        true,
        1_000,
        10,
        20,
        3,
        Map.of("many", 50, "some", 5, "few", 1),
        PictureSizes.of(height, width),
        List.of(),
        null);
  }

  @Test
  void anchors_count_each_class_the_same() {
    Recipe recipe = DetectionRecipe.of(found(240, 320), TRAIN, null);

    assertThat(recipe.student()).contains("height: 240, width: 320, anchor-scales: [10, 20, 40]");
  }

  @Test
  void pictures_and_anchors_are_scaled_in_proportion() {
    // A half of 500x640 is 250x320; 250 is nearest to 16 times 16.
    Recipe recipe = DetectionRecipe.of(found(500, 640), TRAIN, null);

    // Of 5, 10 and 20 pixels the first is below the smallest anchor.
    assertThat(recipe.student()).contains("height: 256, width: 320, anchor-scales: [8, 10, 20]");
    assertThat(recipe.epochs()).isEqualTo(6); // 3 epochs of 1,000 are 3,000 pictures
    assertThat(recipe.teacherEpochs()).isEqualTo(10);
  }
}
