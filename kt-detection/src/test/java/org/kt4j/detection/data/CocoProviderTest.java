package org.kt4j.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.FoundData;
import org.kt4j.data.PictureSizes;

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
        "["
            + box(7, 3, "[5, 5, 0, 4]")
            + ","
            + box(7, 3, "[-2, 20, 50, 50]").replace("'id': 1", "'id': 2")
            + "]",
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
  void boxes_of_a_turned_picture_are_turned_as_in_voc() throws IOException {
    Path picture = root.resolve("pictures").resolve("turned.jpg");
    TinyPictures.write(picture, 40, 30, 0x808080);
    TinyPictures.turnBy90(picture);
    write(
        "train",
        "[{'id': 7, 'file_name': '" + picture + "', 'width': 40, 'height': 30}]",
        "[" + box(7, 3, "[0, 1, 40, 19]") + "]",
        CATEGORIES);
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(), repairs);

    assertThat(splits.train().objects(0))
        .containsExactly(new LabelledBox(new Box(10, 0, 29, 40), 0, false));
    assertThat(repairs.get(0).sentence())
        .contains(
            "coco train: 1 pictures annotated as they are stored: boxes turned upright with them (in"
                + " turned)");
  }

  @Test
  void other_categories_in_another_file_are_refused() throws IOException {
    write("test", IMAGES, "[]", "[{'id': 9, 'name': 'ant'}, {'id': 4, 'name': 'cat'}]");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test.json: categories: they are not those of")
        .hasMessageContaining("train.json: only here: 4 (cat); only there: 3 (cat); fix: the same");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'image_id': 8, 'category_id': 3, 'bbox': [0,0,1,1]} = annotations[0].image_id: unknown 8; known: 7;"
            + " fix: correct it, or add the picture to images",
        "{'image_id': 7, 'category_id': 4, 'bbox': [0,0,1,1]} = annotations[0].category_id:"
            + " unknown 4; known: 3 (cat), 9 (ant); fix: correct it, or add the class to",
        "{'image_id': 7, 'category_id': 3, 'bbox': [0,0,1]} = annotations[0].bbox: [0, 0, 1] has"
            + " 3 numbers; expected: [left, top, width, height]; fix: correct it",
        "{'image_id': 7, 'category_id': 3, 'bbox': [15,12,20,16.5,45]} = annotations[0].bbox: [15,"
            + " 12, 20, 16.5, 45] has 5 numbers; expected: [left, top, width, height]; boxes that"
            + " are turned by an angle are not read; fix: write the upright box",
        "{'image_id': 7, 'category_id': 3, 'segmentation': [[1,1,9,1,9,9]]} = annotations[0].bbox:"
            + " is missing or empty; expected: [left, top, width, height]; a segmentation is not"
            + " turned into a box; fix: write the box",
        "{'image_id': 7, 'category_id': 3, 'bbox': []} = annotations[0].bbox: is missing or empty",
        "{'image_id': 7, 'category_id': 3, 'bbox': null} = annotations[0].bbox: is missing or empty",
        "{'image_id': 7, 'category_id': 3, 'bbox': ['5','4','20','16']} = annotations[0].bbox[0]:"
            + " expected a number, found the text \"5\"",
        "{'image_id': 7, 'category_id': 3, 'bbox': [0,0,1,1], 'iscrowd': '0'} ="
            + " annotations[0].iscrowd: expected 0, 1, false or true, found the text",
        "{'category_id': 3, 'bbox': [0,0,1,1]} = annotations[0].image_id: is missing",
        "{'image_id': 7, 'bbox': [0,0,1,1]} = annotations[0].category_id: is missing",
        "{'id': 'x', 'image_id': 7, 'category_id': 3, 'bbox': [0,0,1]} = annotations[0] (id x).bbox",
        "null = annotations[0]: expected an object, found null",
        "7 = annotations[0]: expected an object, found 7",
        "{'image_id': 1.5, 'category_id': 3, 'bbox': [0,0,1,1]} = annotations[0].image_id: expected"
            + " an id, which is a whole number or a text, found 1.5",
        "{'image_id': 7, 'category_id': null, 'bbox': [0,0,1,1]} = annotations[0].category_id:"
            + " expected an id, which is a whole number or a text, found null",
        "{'image_id': 7, 'category_id': [3], 'bbox': [0,0,1,1]} = annotations[0].category_id:"
            + " expected an id, which is a whole number or a text, found a list",
        "{'image_id': 7, 'category_id': true, 'bbox': [0,0,1,1]} = found true",
        "{'image_id': 7, 'category_id': ' ', 'bbox': [0,0,1,1]} = found the text",
        "{'image_id': 7, 'category_id': 3, 'bbox': ['NaN',0,1,1]} = annotations[0].bbox[0]:"
            + " expected a number, found the text",
        "{'image_id': 7, 'category_id': 3, 'bbox': [0,0,NaN,1]} = annotations[0].bbox[2]: expected"
            + " a number, found NaN",
        "{'image_id': 7, 'category_id': 3, 'bbox': [0,0,1,null]} = annotations[0].bbox[3]: expected"
            + " a number, found null",
        "{'image_id': 7, 'category_id': 3, 'bbox': '0 0 1 1'} = annotations[0].bbox: expected a"
            + " list, found the text",
        "{'image_id': 7, 'category_id': 3, 'bbox': [0,0,1,1], 'iscrowd': 2} ="
            + " annotations[0].iscrowd: expected 0, 1, false or true, found 2",
        "{'image_id': 7, 'category_id': 3, 'bbox': [0,0,1,1], 'iscrowd': 'no'} ="
            + " annotations[0].iscrowd: expected 0, 1, false or true, found the text"
      })
  void what_is_wrong_with_an_annotation_is_named_with_its_place(String contentAndMessage)
      throws IOException {
    String[] parts = contentAndMessage.split(" = ", 2);
    write("train", IMAGES, "[" + parts[0] + "]", CATEGORIES);

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.json")
        .hasMessageContaining(parts[1])
        .hasMessageNotContainingAny("java", "REDACTED", "CocoFile");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null = expected an object, found null",
        "[{'image_id': 7, 'bbox': [0,0,1,1], 'score': 1}] = expected an object, found a list",
        "{'images': [], 'annotations': []} = categories: is missing",
        "{'images': 'zz', 'annotations': [], 'categories': []} = images: expected a list, found",
        "{'images': [null], 'annotations': [], 'categories': []} = images[0]: expected an object",
        "{'images': [], 'annotations': null, 'categories': []} = annotations: expected a list",
        "{'images': [], 'annotations': [], 'categories': [null]} = categories[0]: expected an",
        "{'images': [], 'annotations': [], 'categories': []} {} = more stands behind the end",
        "{'images': [], 'images': [], 'annotations': []} = is no JSON (line 1, column"
      })
  void what_is_no_file_of_annotations_is_told_what_one_is(String contentAndMessage)
      throws IOException {
    String[] parts = contentAndMessage.split(" = ", 2);
    Files.writeString(root.resolve("train.json"), parts[0].replace('\'', '"'));

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.json cannot be read as JSON of COCO: " + parts[1])
        .hasMessageContaining("a file of COCO is one object with the lists images, annotations and")
        .hasMessageNotContainingAny("java", "REDACTED", "CocoFile");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id': 7} = images[0].file_name: is missing",
        "{'id': 7, 'file_name': ''} = images[0].file_name: is empty; expected: a picture in",
        "{'id': 7, 'file_name': '0007.png', 'height': 1.5} = images[0].height: 1.5; expected: a"
            + " whole number of pixels",
        "{'id': 7, 'file_name': '0007.png', 'width': -4} = images[0].width: -4; expected",
        "{'id': 7, 'file_name': '0007.png', 'width': '40'} = images[0].width: expected a number,"
            + " found the text",
        "{'id': 7, 'file_name': '00\\u000007.png'} = images[0].file_name: '00\\007.png' holds a NUL"
            + " character",
        "{'id': 7, 'file_name': '0007.PNG'} = names 1 missing file"
      })
  void what_is_wrong_with_an_image_is_named_with_its_place(String contentAndMessage)
      throws IOException {
    String[] parts = contentAndMessage.split(" = ", 2);
    write("train", "[" + parts[0] + "]", "[]", CATEGORIES);

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.json")
        .hasMessageContaining(parts[1]);
  }

  @Test
  void ids_may_be_texts_and_only_have_to_be_equal() throws IOException {
    TinyPictures.write(root.resolve("train/other.png"), 40, 30, 0);
    for (String split : List.of("train", "val", "test")) {
      write(
          split,
          "[{'id': '0012', 'file_name': '0007.png'}"
              + (split.equals("train") ? ",{'id': 'img_a', 'file_name': 'other.png'}]" : "]"),
          "[]",
          "[{'id': 'b', 'name': 'bee'}, {'id': '10', 'name': 'cat'}, {'id': 9.0, 'name': 'ant'}]");
    }
    write(
        "train",
        "[{'id': '0012', 'file_name': '0007.png'}, {'id': 'img_a', 'file_name': 'other.png'}]",
        "[{'id': 'x', 'image_id': 'img_a', 'category_id': 'b', 'bbox': [0, 0, 4, 4]},"
            + "{'id': 2, 'image_id': '0012', 'category_id': 10, 'bbox': [0, 0, 5, 5]}]",
        "[{'id': 'b', 'name': 'bee'}, {'id': 10, 'name': 'cat'}, {'id': '9', 'name': 'ant'}]");

    DetectionDataset train = open().train();

    assertThat(train.classes()).containsExactly("ant", "cat", "bee");
    assertThat(train.objects(0)).containsExactly(new LabelledBox(new Box(0, 0, 5, 5), 1, false));
    assertThat(train.objects(1)).containsExactly(new LabelledBox(new Box(0, 0, 4, 4), 2, false));
  }

  @Test
  void a_number_with_zeros_before_it_is_another_id() throws IOException {
    write("train", IMAGES, "[{'image_id':'007','category_id':3,'bbox':[0,0,1,1]}]", CATEGORIES);

    assertThatThrownBy(this::open)
        .hasMessageContaining("annotations[0].image_id: unknown 007; known: 7; fix");
  }

  @ParameterizedTest
  @CsvSource({
    "0,false",
    "1,true",
    "0.0,false",
    "1.0,true",
    "false,false",
    "true,true",
    "null,false"
  })
  void a_crowd_is_marked_by_numbers_or_words(String mark, boolean crowd) throws IOException {
    write("train", IMAGES, annotation(7, 3, "[0, 0, 9, 9]", ", 'iscrowd': " + mark), CATEGORIES);

    assertThat(open().train().objects(0).get(0).difficult()).isEqualTo(crowd);
  }

  @Test
  void numbers_that_nobody_needs_may_be_none() throws IOException {
    write(
        "train",
        "[{'id': 7, 'file_name': '0007.png', 'license': NaN, 'width': 40.0, 'height': null}]",
        annotation(7, 3, "[0, 0, 9, 8]", ", 'score': NaN, 'segmentation': [[NaN, Infinity]]"),
        CATEGORIES);

    assertThat(open().train().objects(0))
        .containsExactly(new LabelledBox(new Box(0, 0, 9, 8), 0, false, 72));
  }

  @Test
  void an_object_has_the_area_of_its_outline_or_that_of_its_box() throws IOException {
    List<String> areas =
        List.of("12.5", "NaN", "null", "0", "'x'", "-1", "'320'", "'1.5e1'", "'NaN'", "'0x1p3'");
    List<String> objects = new ArrayList<>(List.of(box(7, 3, "[0, 0, 9, 8]")));
    for (String area : areas) {
      objects.add(box(7, 3, "[0, 0, 9, 8]").replace("}", ", 'area': " + area + "}"));
    }
    for (int i = 0; i < objects.size(); i++) {
      objects.set(i, objects.get(i).replace("'id': 1,", "'id': " + i + ","));
    }
    write("train", IMAGES, objects.toString(), CATEGORIES);
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(), repairs);

    assertThat(splits.train().objects(0))
        .extracting(LabelledBox::area)
        .containsExactly(72.0, 12.5, 72.0, 72.0, 72.0, 72.0, 72.0, 320.0, 15.0, 72.0, 72.0);
    assertThat(repairs.get(0).sentence())
        .contains(
            "coco train: 6 areas that are no number above 0 replaced by that of the box (in 0007)");
  }

  @Test
  void a_box_of_a_negative_width_or_height_is_turned() throws IOException {
    write("train", IMAGES, "[" + box(7, 3, "[9, 8, -4, -5]") + "]", CATEGORIES);
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(), repairs);

    assertThat(splits.train().objects(0))
        .containsExactly(new LabelledBox(new Box(5, 3, 9, 8), 0, false));
    assertThat(repairs.get(0).sentence())
        .contains("coco train: 1 boxes with swapped corners put in order (in 0007)");
  }

  @Test
  void backslashes_part_folders() throws IOException {
    TinyPictures.write(root.resolve("train/images/a.png"), 40, 30, 0);
    write("train", "[{'id': 7, 'file_name': 'images\\\\a.png'}]", "[]", CATEGORIES);

    DetectionDataset train = open().train();

    assertThat(train.picture(0)).isEqualTo("a");
    assertThat(train.pixels(0).width()).isEqualTo(40);
  }

  @Test
  void a_file_name_from_another_folder_is_told_where_the_picture_is() throws IOException {
    for (String name : List.of("/data/train/0007.png", "train/0007.png", "C:\\\\x\\\\0007.png")) {
      write("train", "[{'id': 7, 'file_name': '" + name + "'}]", "[]", CATEGORIES);

      assertThatThrownBy(this::open)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("names 1 missing file: ")
          .hasMessageEndingWith(
              root.resolve("train/0007.png")
                  + " is there: file_name has to lead to it from "
                  + root.resolve("train"));
    }
  }

  @Test
  void a_root_category_with_the_name_of_its_child_is_left_out() throws IOException {
    for (String split : List.of("train", "val", "test")) {
      write(
          split,
          IMAGES,
          annotation(7, 2, "[0, 0, 9, 9]", ""),
          "[{'id': 0, 'name': 'cell', 'supercategory': 'none'},"
              + " {'id': 1, 'name': 'ant', 'supercategory': 'cell'},"
              + " {'id': 2, 'name': 'cell', 'supercategory': 'cell'}]");
    }

    DetectionDataset train = open().train();

    assertThat(train.classes()).containsExactly("ant", "cell");
    assertThat(train.objects(0).get(0).label()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-8"})
  void a_byte_order_mark_is_read(String charset) throws IOException {
    Path file = root.resolve("train.json");
    String json = '\uFEFF' + Files.readString(file);
    Files.write(file, json.getBytes(Charset.forName(charset)));

    assertThat(open().train().classes()).containsExactly("cat", "ant");
  }

  @Test
  void classes_without_an_object_to_learn_from_are_named() throws IOException {
    assertThat(LearnableClasses.sentenceOnOthers(open().train()))
        .hasValueSatisfying(
            sentence -> assertThat(sentence).startsWith("coco train: no object of cat to learn"));
    write(
        "train",
        IMAGES,
        "[" + box(7, 3, "[0,0,9,9]") + "," + box(7, 9, "[0,0,9,9]").replace("1,", "2,") + "]",
        CATEGORIES);
    assertThat(LearnableClasses.sentenceOnOthers(open().train())).isEmpty();
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
    write("train", IMAGES, "[]", "[{'id': 3, 'name': 'a'}, {'id': 3, 'name': 'b'}]");
    assertThatThrownBy(this::open)
        .hasMessageContaining("categories[1].id: 3 is that of 'a', too; fix: every id once");
  }

  @Test
  void annotations_may_have_no_id_or_all_the_same() throws IOException {
    String same = box(7, 3, "[0, 0, 9, 9]");
    String none = box(7, 3, "[0, 0, 8, 8]").replace("'id': 1, ", "");
    write("train", IMAGES, List.of(same, same, none, none).toString(), CATEGORIES);

    assertThat(open().train().objects(0)).hasSize(4);
  }

  @Test
  void a_category_may_be_named_by_a_number() throws IOException {
    for (String split : List.of("train", "val", "test")) {
      write(split, IMAGES, "[]", "[{'id': 1, 'name': 5}, {'id': 2, 'name': '6'}]");
    }
    assertThat(open().train().classes()).containsExactly("5", "6");

    for (String name : List.of("NaN", "null", "true", "[5]")) {
      write("train", IMAGES, "[]", "[{'id': 1, 'name': " + name + "}]");
      assertThatThrownBy(this::open)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("categories[0].name: expected a text, found ");
    }
  }

  @Test
  void boxes_that_are_all_fractions_of_the_picture_are_refused() throws IOException {
    String first = box(7, 3, "[0.1, 0.2, 0.5, 0.7]");
    write("val", IMAGES, List.of(first, box(7, 9, "[0, 0, 1, 1.0001]")).toString(), CATEGORIES);
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "coco: "
                + root.resolve("val.json")
                + ": every box lies within 0 to 1: these are fractions of the picture; allowed:"
                + " pixels; fix: multiply by width and height");

    write("val", IMAGES, List.of(first, box(7, 9, "[3, 4, 1, 1]")).toString(), CATEGORIES);
    assertThat(open().heldOut().objects(0)).hasSize(2);
  }

  @Test
  void many_ids_are_listed_by_the_first_ones() throws IOException {
    List<String> categories = new ArrayList<>();
    for (int id = 1; id <= 8; id++) {
      categories.add("{'id': " + id + ", 'name': 'c" + id + "'}");
    }
    for (String split : List.of("train", "val", "test")) {
      write(split, IMAGES, annotation(7, 9, "[0, 0, 9, 9]", ""), categories.toString());
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "unknown 9; known: 1 (c1), 2 (c2), 3 (c3), 4 (c4), 5 (c5) and 3 more; fix: correct");
  }

  @Test
  void swapped_width_and_height_are_told_before_boxes_are_clipped() throws IOException {
    write(
        "train",
        "[{'id': 7, 'file_name': '0007.png', 'width': 30, 'height': 40}]",
        annotation(7, 3, "[25, 5, 15, 10]", ""),
        CATEGORIES);
    List<BoxRepairs> repairs = new ArrayList<>();

    assertThatThrownBy(() -> provider.openDetection(options(), repairs))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("0007.png: the picture is 40x30, but its annotation says 30x40")
        .hasMessageEndingWith("; fix: swap the annotation's width and height");
    assertThat(repairs).allSatisfy(each -> assertThat(each.sentence()).isEmpty());
  }

  @Test
  void categories_of_one_name_with_objects_are_refused() throws IOException {
    for (String split : List.of("train", "val", "test")) {
      write(
          split,
          IMAGES,
          annotation(7, split.equals("test") ? 1 : 2, "[0, 0, 9, 9]", ""),
          "[{'id': 1, 'name': 'cat'}, {'id': 2, 'name': 'cat'}]");
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("categories: 1 and 2 are both 'cat' and have annotations; fix: one");
  }

  @Test
  void categories_have_names_and_there_is_one() throws IOException {
    write("train", IMAGES, "[]", "[]");
    assertThatThrownBy(this::open)
        .hasMessageContaining("categories: is empty; expected: at least one class");

    write("train", IMAGES, "[]", "[{'id': 1, 'name': ' '}]");
    assertThatThrownBy(this::open)
        .hasMessageContaining("categories[0].name: \" \"; expected: the name of a class");

    write("train", IMAGES, "[]", "[{'id': 1, 'name': 'a\\nb'}]");
    assertThatThrownBy(this::open)
        .hasMessageContaining(
            "categories[0].name: \"a\\nb\"; expected: the name of a class in one line");
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
        .hasMessageContaining("val.json names 1 missing file")
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
  @Timeout(20)
  void a_pipe_in_the_place_of_annotations_is_refused_instead_of_waited_for() throws Exception {
    Path pipe = root.resolve("val.json");
    Files.delete(pipe);
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("val.json is no regular file; expected: annotations as JSON of COCO");
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

  @Test
  void the_files_of_a_folder_are_found_by_their_names() throws IOException {
    FoundData found = provider.search().orElseThrow().in(root).orElseThrow();

    assertThat(found.options())
        .containsEntry("path", root.toString())
        .containsEntry("train", "train.json")
        .containsEntry("held-out", "val.json")
        .containsEntry("test", "test.json")
        .containsEntry("train-images", "train")
        .containsEntry("held-out-images", "val")
        .containsEntry("test-images", "test");
    assertThat(found.boxes()).isTrue();
    assertThat(found.classes()).containsExactly(Map.entry("cat", 0), Map.entry("ant", 1));
    assertThat(found.sizes()).isEqualTo(PictureSizes.of(30, 40));
  }

  @Test
  void files_beside_the_pictures_or_in_annotations_are_found_too() throws IOException {
    for (String split : List.of("train", "val", "test")) {
      Files.move(root.resolve(split + ".json"), root.resolve(split + "/_annotations.coco.json"));
    }
    assertThat(provider.search().orElseThrow().in(root).orElseThrow().options())
        .containsEntry("held-out", "val/_annotations.coco.json")
        .containsEntry("held-out-images", "val");

    Path annotations = Files.createDirectories(root.resolve("annotations"));
    Path pictures = Files.createDirectories(root.resolve("images"));
    for (String split : List.of("train", "val", "test")) {
      Files.move(
          root.resolve(split + "/_annotations.coco.json"),
          annotations.resolve("instances_" + split + "2017.json"));
      Files.writeString(annotations.resolve("captions_" + split + "2017.json"), "{}");
      Files.move(root.resolve(split), pictures.resolve(split + "2017"));
    }
    assertThat(provider.search().orElseThrow().in(root).orElseThrow().options())
        .containsEntry("train", "annotations/instances_train2017.json")
        .containsEntry("train-images", "images/train2017");
  }

  @Test
  void a_split_without_a_file_is_named() throws IOException {
    Files.delete(root.resolve("test.json"));

    assertThatThrownBy(() -> provider.search().orElseThrow().in(root))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has no JSON file with test in its name; expected: one for each")
        .hasMessageContaining("there are train.json, val.json");
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
