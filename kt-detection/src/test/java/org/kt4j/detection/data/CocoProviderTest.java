package org.kt4j.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;

class CocoProviderTest {

  private static final String CATEGORIES =
      "[{'id': 9, 'name': 'ant', 'supercategory': 'x'}, {'id': 3, 'name': 'cat'}]";
  private static final String IMAGES =
      "[{'id': 7, 'file_name': '0007.png', 'width': 40, 'height': 30}]";

  @TempDir Path root;

  private final CocoProvider provider = new CocoProvider();

  @BeforeEach
  void three_files_of_one_picture_each() throws IOException {
    for (String split : List.of("train", "val", "test")) {
      TinyPictures.write(root.resolve(split).resolve("0007.png"), 40, 30, 0x0A141E);
      write(split, IMAGES, annotation(7, 9, "[1.5, 2, 10, 20.25]", ""), CATEGORIES);
    }
  }

  @Test
  void a_box_is_left_top_width_and_height_and_labels_follow_the_ids() {
    DetectionDataset train = open().train();

    assertThat(train.classes()).containsExactly("cat", "ant");
    assertThat(train.objects(0))
        .containsExactly(new LabelledBox(new Box(1.5, 2, 11.5, 22.25), 1, false));
    assertThat(train.picture(0)).isEqualTo("0007");
    assertThat(train.name()).isEqualTo("coco train");
    assertThat(train.pixels(0).height()).isEqualTo(30);
    assertThat(train.pixels(0).pixels()).startsWith(10, 20, 30, 10);
  }

  @Test
  void a_crowd_is_difficult() throws IOException {
    write(
        "train",
        IMAGES,
        annotation(7, 3, "[0, 0, 9, 9]", ", 'iscrowd': 1, 'segmentation': {'counts': [1, 2]}"),
        CATEGORIES);

    assertThat(open().train().objects(0))
        .containsExactly(new LabelledBox(new Box(0, 0, 9, 9), 0, true));
  }

  @Test
  void a_picture_without_objects_is_kept() throws IOException {
    write("train", IMAGES, "[]", CATEGORIES);

    assertThat(open().train().size()).isEqualTo(1);
    assertThat(open().train().objects(0)).isEmpty();
  }

  @Test
  void boxes_are_dropped_and_clipped_as_in_voc() throws IOException {
    write(
        "train",
        "[{'id': 7, 'file_name': '0007.png'}]", // 40x30 by the file's head
        "[" + box(7, 3, "[5, 5, 0, 4]") + "," + box(7, 3, "[-2, 20, 50, 50]") + "]",
        CATEGORIES);
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(), repairs);

    assertThat(splits.train().objects(0))
        .containsExactly(new LabelledBox(new Box(0, 20, 40, 30), 0, false));
    assertThat(repairs.get(0).sentence())
        .contains(
            "coco train: 1 boxes without area dropped (in 0007); 1 boxes that reach beyond their"
                + " picture clipped (in 0007)");
    assertThat(repairs.get(1).sentence()).isEmpty();
  }

  @Test
  void other_categories_in_another_file_are_refused() throws IOException {
    write("test", IMAGES, "[]", "[{'id': 9, 'name': 'ant'}, {'id': 4, 'name': 'cat'}]");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test.json: categories: {4=cat, 9=ant} are not those of")
        .hasMessageContaining("train.json: {3=cat, 9=ant}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'image_id': 8, 'category_id': 3, 'bbox': [0,0,1,1]} = annotations[0].image_id: unknown 8",
        "{'image_id': 7, 'category_id': 4, 'bbox': [0,0,1,1]} = annotations[0].category_id:"
            + " unknown 4; known: {3=cat, 9=ant}",
        "{'image_id': 7, 'category_id': 3, 'bbox': [0,0,1]} = annotations[0].bbox: [0.0, 0.0, 1.0];"
            + " expected: [left, top, width, height]",
        "{'image_id': 7, 'category_id': 3} = annotations[0].bbox is missing",
        "{'category_id': 3, 'bbox': [0,0,1,1]} = annotations[0].image_id is missing",
        "{'image_id': 7, 'bbox': [0,0,1,1]} = annotations[0].category_id is missing"
      })
  void what_is_wrong_with_an_annotation_is_named_with_its_place(String contentAndMessage)
      throws IOException {
    String[] parts = contentAndMessage.split(" = ", 2);
    write("train", IMAGES, "[" + parts[0] + "]", CATEGORIES);

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.json: ")
        .hasMessageContaining(parts[1]);
  }

  @Test
  void ids_that_occur_twice_are_refused() throws IOException {
    write(
        "train",
        "[{'id': 7, 'file_name': '0007.png'}, {'id': 7, 'file_name': '0007.png'}]",
        "[]",
        CATEGORIES);

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("images[1].id: 7 is that of another image, too");
  }

  @Test
  void categories_of_one_name_are_refused() throws IOException {
    write("train", IMAGES, "[]", "[{'id': 1, 'name': 'cat'}, {'id': 2, 'name': 'cat'}]");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("categories: [cat, cat]; allowed: different ones, at least 1");
  }

  @Test
  void a_training_file_without_pictures_is_refused() throws IOException {
    write("train", "[]", "[]", CATEGORIES);

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.json names no picture");
  }

  @Test
  void pictures_that_are_missing_are_named() throws IOException {
    Files.delete(root.resolve("val/0007.png"));

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("val.json names pictures of which 1 files are missing")
        .hasMessageContaining("0007.png; fix:");
  }

  @Test
  void a_picture_in_two_files_is_refused_even_by_another_path() {
    CocoOptions same =
        new CocoOptions(
            root.toString(),
            "train.json",
            "val.json",
            "test.json",
            "train",
            "val/../train",
            "test",
            16);

    assertThatThrownBy(() -> provider.openDetection(same))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is in train and in held-out");
  }

  @Test
  void a_file_that_is_missing_or_no_json_is_named() throws IOException {
    Files.writeString(root.resolve("val.json"), "{'images'");
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("val.json cannot be read as JSON of COCO");

    Files.delete(root.resolve("val.json"));
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("val.json does not exist; expected: annotations as JSON of COCO");
  }

  @Test
  void a_picture_that_is_cut_short_is_named_when_it_is_asked_for() throws IOException {
    TinyPictures.cutShort(root.resolve("train/0007.png"), 0.7);
    DetectionDataset train = open().train();

    assertThatThrownBy(() -> train.pixels(0))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("0007.png cannot be read");
  }

  @Test
  void a_classifier_sees_the_objects() {
    DataSplits splits = provider.open(options());

    assertThat(splits.train().size()).isEqualTo(1);
    assertThat(splits.train().label(0)).isEqualTo(1);
    byte[] image = new byte[16 * 16 * 3];
    splits.train().copyImage(0, image, 0);
    assertThat(image).startsWith(10, 20, 30).endsWith(10, 20, 30);
  }

  @Test
  void options_out_of_their_range_are_refused() {
    assertThatThrownBy(() -> new CocoOptions("p", "a", "b", "c", "t", " ", "w", 64))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("heldOutImages: ' ' is not allowed; allowed: a folder in p");
  }

  private DetectionSplits open() {
    return provider.openDetection(options());
  }

  private CocoOptions options() {
    return new CocoOptions(
        root.toString(), "train.json", "val.json", "test.json", "train", "val", "test", 16);
  }

  private static String annotation(long image, long category, String bbox, String more) {
    return "[" + box(image, category, bbox).replace("}", more + "}") + "]";
  }

  private static String box(long image, long category, String bbox) {
    return "{'id': 1, 'image_id': "
        + image
        + ", 'category_id': "
        + category
        + ", 'bbox': "
        + bbox
        + "}";
  }

  private void write(String split, String images, String annotations, String categories)
      throws IOException {
    String json =
        "{'info': {'year': 2017}, 'images': "
            + images
            + ", 'annotations': "
            + annotations
            + ", 'categories': "
            + categories
            + "}";
    Files.writeString(root.resolve(split + ".json"), json.replace('\'', '"'));
  }
}
