package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.FoundData;
import org.kt4j.data.PictureSizes;
import org.kt4j.engine.task.Recipe;

class ClassificationRecipeTest {

  private static FoundData pictures(
      int train, int channels, @Nullable String sideOption, int height, int width) {
    return new FoundData(
        "some",
        Map.of("path", "here"),
        sideOption,
        null,
        false,
        train,
        10,
        20,
        channels,
        Map.of("a", 1, "b", 2),
        PictureSizes.of(height, width),
        List.of(),
        null);
  }

  private static Recipe recipe(FoundData data) {
    return ClassificationRecipe.of(data, null).orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "20, 30, 32, resnet-8",
    "32, 32, 32, resnet-8",
    "63, 90, 32, resnet-8",
    "480, 640, 64, imagenet-resnet-10"
  })
  void the_side_follows_from_the_shorter_one_and_the_networks_from_the_side(
      int height, int width, int side, String student) {
    Recipe recipe = recipe(pictures(5_000, 3, "size", height, width));

    assertThat(recipe.side()).isEqualTo(side);
    assertThat(recipe.data()).containsEntry("path", "here").containsEntry("size", side);
    assertThat(recipe.student()).startsWith("{network: " + student);
  }

  /** 300,000 pictures are seen in 10 to 60 epochs; an epoch has 10 steps where it can. */
  @ParameterizedTest
  @CsvSource({"50000, 10, 64", "10000, 30, 64", "640, 60, 64", "639, 60, 32", "40, 60, 8"})
  void epochs_and_batch_follow_from_the_number_of_pictures(int train, int epochs, int batch) {
    Recipe recipe = recipe(pictures(train, 3, null, 32, 32));

    assertThat(recipe.epochs()).isEqualTo(epochs);
    assertThat(recipe.batchSize()).isEqualTo(batch);
  }

  @Test
  void grey_pictures_are_not_flipped() {
    assertThat(recipe(pictures(5_000, 1, null, 28, 28)).further())
        .containsEntry("augmentation", "{flip: false}");
    assertThat(recipe(pictures(5_000, 3, null, 28, 28)).further()).isEmpty();
  }

  @Test
  void of_pictures_with_boxes_the_objects_count() {
    FoundData objects = pictures(30_000, 3, "crop-size", 50, 50);
    FoundData boxes =
        new FoundData(
            "some",
            Map.of(),
            null,
            null,
            true,
            100,
            10,
            20,
            3,
            Map.of("a", 1, "b", 2),
            PictureSizes.of(480, 640),
            List.of(),
            objects);

    Recipe recipe = recipe(boxes);

    assertThat(recipe.found()).isEqualTo(objects);
    assertThat(recipe.data()).containsEntry("crop-size", 32);
    assertThat(recipe.epochs()).isEqualTo(10);
    assertThat(recipe.boxes()).isFalse();
  }
}
