package org.kt4j.detection.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.FoundData;
import org.kt4j.data.Picture;
import org.kt4j.data.PictureSizes;

class VocProviderTest {

  @TempDir Path root;

  private final VocProvider provider = new VocProvider();

  @BeforeEach
  void three_sets_of_one_picture_each() throws IOException {
    set("train", "a");
    set("val", "b");
    set("test", "c");
    for (String name : List.of("a", "b", "c")) {
      TinyPictures.write(picture(name + ".jpg"), 40, 30, 0x808080);
      annotate(name, size(40, 30), object("cat", 1, 1, 10, 10));
    }
  }

  @Test
  void the_first_pixel_counts_as_one_and_the_last_is_included() throws IOException {
    annotate("a", size(40, 30), object("cat", 1, 2, 40, 30) + object("ant", 5, 5, 6, 6.5));

    DetectionDataset train = open().train();

    assertThat(train.objects(0))
        .containsExactly(
            new LabelledBox(new Box(0, 1, 40, 30), 1, false),
            new LabelledBox(new Box(4, 4, 6, 6.5), 0, false));
    assertThat(train.classes()).containsExactly("ant", "cat");
    assertThat(train.picture(0)).isEqualTo("a");
    assertThat(train.name()).isEqualTo("voc train");
    assertThat(train).hasToString("voc train: 1 pictures");
  }

  @Test
  void classes_have_the_order_in_which_they_are_given() throws IOException {
    annotate("a", size(40, 30), object("ant", 1, 2, 40, 30));

    DetectionDataset train = open(List.of("cat", "dog", "ant")).train();

    assertThat(train.classes()).containsExactly("cat", "dog", "ant");
    assertThat(train.objects(0).get(0).label()).isEqualTo(2);
  }

  @Test
  void a_class_that_is_not_among_the_given_ones_is_named_with_its_file_and_the_nearest() {
    assertThatThrownBy(() -> open(List.of("cast", "dog")))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "voc: "
                + root.resolve("Annotations").resolve("a.xml")
                + ": unknown class 'cat'; known: cast, dog; did you mean 'cast'?; fix: correct the"
                + " annotation, or add the class to classes");
  }

  @Test
  void a_flag_behind_a_name_and_empty_lines_are_passed_over() throws IOException {
    Files.writeString(root.resolve("ImageSets/Main/train.txt"), "a  1\r\n\nd -1\n");
    TinyPictures.write(picture("d.png"), 40, 30, 0);
    annotate("d", size(40, 30), object("cat", 1, 1, 10, 10));

    DetectionDataset train = open().train();

    assertThat(train.size()).isEqualTo(2);
    assertThat(train.picture(1)).isEqualTo("d");
    assertThat(train.pixels(1).pixels()).containsOnly(0);
  }

  @Test
  void boxes_without_area_are_dropped_and_counted() throws IOException {
    annotate(
        "a",
        size(40, 30),
        object("cat", 7, 7, 7, 7) + object("cat", 3, 5, 9, 5) + object("cat", 2, 2, 3, 3));
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(List.of()), repairs);

    assertThat(splits.train().objects(0))
        .containsExactly(new LabelledBox(new Box(1, 1, 3, 3), 0, false));
    assertThat(repairs.get(0).sentence())
        .contains("voc train: 2 boxes without area dropped (in a)");
    assertThat(repairs.get(1).sentence()).isEmpty();
  }

  @Test
  void boxes_beyond_their_picture_are_clipped_or_dropped() throws IOException {
    annotate("a", size(40, 30), object("cat", 0, 20, 50, 31) + object("cat", 41, 1, 45, 9));
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(List.of()), repairs);

    assertThat(splits.train().objects(0))
        .containsExactly(new LabelledBox(new Box(0, 19, 40, 30), 0, false));
    assertThat(repairs.get(0).sentence())
        .contains(
            "voc train: 1 boxes outside their picture dropped (in a); 1 boxes that reach beyond"
                + " their picture clipped (in a)");
  }

  @Test
  void swapped_corners_are_put_in_order() throws IOException {
    annotate(
        "a",
        size(40, 30),
        object("cat", 9, 2, 3, 8) + object("cat", 3, 8, 9, 2) + object("cat", 9, 8, 3, 2));
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(List.of()), repairs);

    assertThat(splits.train().objects(0))
        .hasSize(3)
        .containsOnly(new LabelledBox(new Box(2, 1, 9, 8), 0, false));
    assertThat(repairs.get(0).sentence())
        .contains("voc train: 3 boxes with swapped corners put in order (in a)");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "0, false", "0.0, false", "false, false", "False, false", "FALSE, false", "no, false",
        "Unspecified, false", "'', false", "' ', false", "none, false", "1, true", "1.0, true",
        "true, true", "True, true", "yes, true", "' 1 ', true"
      })
  void difficult_is_a_number_or_a_word(@Nullable String text, boolean difficult)
      throws IOException {
    String flag = text == null ? "" : "<difficult>" + text + "</difficult>";
    annotate("a", size(40, 30), object("cat", 1, 1, 9, 9).replace("<name>", flag + "<name>"));

    assertThat(open().train().objects(0).get(0).difficult()).isEqualTo(difficult);
  }

  @Test
  void a_name_may_end_with_a_space_and_a_number() throws IOException {
    set("train", "photo 1", "photo 0", "scan -1", "lone 1 -1");
    for (String name : List.of("photo 1", "photo 0", "scan -1", "lone 1")) {
      TinyPictures.write(picture(name + ".png"), 40, 30, 0);
      annotate(name, size(40, 30), object("cat", 1, 1, 9, 9));
    }

    DetectionDataset train = open().train();

    assertThat(train.picture(0)).isEqualTo("photo 1");
    assertThat(train.picture(1)).isEqualTo("photo 0");
    assertThat(train.picture(2)).isEqualTo("scan -1");
    assertThat(train.picture(3)).isEqualTo("lone 1");
    assertThat(train.size()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(strings = {"JPG", "Jpeg", "PNG", "Png"})
  void endings_may_be_in_capital_letters(String ending) throws IOException {
    set("train", "a.b", "sub/c");
    for (String name : List.of("a.b", "sub/c")) {
      TinyPictures.write(picture(name + ".png"), 40, 30, 0);
      Files.move(picture(name + ".png"), picture(name + "." + ending));
      annotate(name, size(40, 30), object("cat", 1, 1, 9, 9));
    }
    Files.move(root.resolve("Annotations/a.b.xml"), root.resolve("Annotations/a.b.XML"));

    DetectionDataset train = open().train();

    assertThat(train.picture(0)).isEqualTo("a.b");
    assertThat(train.pixels(0).width()).isEqualTo(40);
    assertThat(train.pixels(1).width()).isEqualTo(40);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void a_byte_order_mark_before_the_first_name_is_read(String charset) throws IOException {
    Path file = root.resolve("ImageSets/Main/train.txt");
    Files.write(file, "\uFEFFa\r\n".getBytes(Charset.forName(charset)));

    assertThat(open().train().picture(0)).isEqualTo("a");
  }

  @Test
  void a_list_that_is_no_text_is_told() throws IOException {
    Path file = root.resolve("ImageSets/Main/train.txt");
    Files.write(file, "a\nbild_\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessage("voc: " + file + " is no text in UTF-8; fix: save it in that encoding");

    Files.write(file, "a\n".getBytes(StandardCharsets.UTF_16LE));
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "train.txt: line 1: 'a\\0.xml' holds a NUL character, which no file's name has");
  }

  @Test
  void classes_without_an_object_to_learn_from_are_named() throws IOException {
    annotate(
        "a",
        size(40, 30),
        object("ant", 1, 1, 9, 9).replace("<name>", "<difficult>1</difficult><name>")
            + object("cat", 1, 1, 9, 9));

    DetectionDataset train = open(List.of("bee", "cat", "ant")).train();

    assertThat(LearnableClasses.sentenceOnOthers(train))
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .startsWith("voc train: no object of bee, ant to learn from, so that"));
  }

  @ParameterizedTest
  @ValueSource(ints = {101, 20_000})
  void elements_deep_within_each_other_are_refused(int depth) throws IOException {
    annotate(
        "a",
        size(40, 30),
        "<object><name>" + "<x>".repeat(depth) + "</x>".repeat(depth) + "</name>");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.xml cannot be read as an annotation: line 1, column")
        .hasMessageContaining("elements are more than 100 deep within each other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<size/>",
        "<size><width>0</width><height>0</height></size>",
        "<size><width></width></size>"
      })
  void a_size_that_is_absent_or_0_is_the_pictures_own(String size) throws IOException {
    annotate("a", size, object("cat", 1, 1, 99, 99));

    DetectionDataset train = open().train();

    assertThat(train.objects(0).get(0).box()).isEqualTo(new Box(0, 0, 40, 30));
    assertThat(train.pixels(0).width()).isEqualTo(40);
  }

  @Test
  void difficult_objects_stay_and_parts_of_objects_are_passed_over() throws IOException {
    annotate(
        "a",
        size(40, 30),
        "<object><part><name>tail</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax>"
            + "<ymax>2</ymax></bndbox></part><name>cat</name><difficult>1</difficult><bndbox>"
            + "<xmin>3</xmin><ymin>4</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object>");

    DetectionDataset train = open().train();

    assertThat(train.objects(0)).containsExactly(new LabelledBox(new Box(2, 3, 5, 6), 0, true));
    assertThat(train.classes()).containsExactly("cat");
  }

  @Test
  void a_picture_without_objects_is_kept() throws IOException {
    annotate("a", size(40, 30), "");

    assertThat(open().train().objects(0)).isEmpty();
  }

  @Test
  void annotations_without_any_object_are_refused() throws IOException {
    for (String name : List.of("a", "b", "c")) {
      annotate(name, size(40, 30), "");
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("hold no object");
  }

  @Test
  void pixels_are_red_green_and_blue_rows() throws IOException {
    TinyPictures.write(picture("b.png"), 2, 1, 0x102030);
    Files.delete(picture("b.jpg"));
    annotate("b", size(2, 1), "");

    Picture pixels = open().heldOut().pixels(0);

    assertThat(pixels.height()).isEqualTo(1);
    assertThat(pixels.width()).isEqualTo(2);
    assertThat(pixels.pixels()).containsExactly(0x10, 0x20, 0x30, 0x10, 0x20, 0x30);
  }

  @Test
  void an_external_entity_is_not_read() throws IOException {
    Path secret = root.resolve("secret.txt");
    Files.writeString(secret, "hidden");
    Files.writeString(
        root.resolve("Annotations/a.xml"),
        "<?xml version=\"1.0\"?><!DOCTYPE annotation [<!ENTITY x SYSTEM \""
            + secret.toUri()
            + "\">]><annotation><object><name>&x;</name><bndbox><xmin>1</xmin><ymin>1</ymin>"
            + "<xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.xml cannot be read as an annotation")
        .hasMessageContaining("DOCTYPE")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void entities_that_grow_without_bound_are_refused() throws IOException {
    Files.writeString(
        root.resolve("Annotations/a.xml"),
        "<!DOCTYPE annotation [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>"
            + "<annotation><folder>&b;</folder></annotation>");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("DOCTYPE");
  }

  @Test
  void files_that_are_missing_are_counted_and_the_first_ten_named() throws IOException {
    List<String> names = new ArrayList<>(List.of("a"));
    for (int i = 0; i < 6; i++) {
      names.add("gone" + i);
    }
    set("train", names.toArray(String[]::new));

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.txt names 12 missing files")
        .hasMessageContaining("gone0.xml")
        .hasMessageContaining("gone4.jpg")
        .hasMessageNotContaining("gone5")
        .hasMessageContaining(" and 2 more; fix:");
  }

  @Test
  void names_with_folder_and_ending_are_told_how_they_are_listed() throws IOException {
    set("train", "JPEGImages/a.jpg");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.txt names 2 missing files")
        .hasMessageEndingWith(
            "list names without folder and ending, such as 'a' for 'JPEGImages/a.jpg'");
  }

  @Test
  void a_picture_in_two_sets_is_refused() throws IOException {
    set("test", "c", "a");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.jpg is in train (train) and in test (test)");
  }

  @Test
  void a_picture_that_is_named_twice_is_refused() throws IOException {
    set("test", "c", "c");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("c.jpg is named twice in test (test)");
  }

  @Test
  void a_training_set_without_pictures_is_refused_and_others_may_be_empty() throws IOException {
    set("val");
    assertThat(open().heldOut().size()).isZero();

    set("train");
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.txt names no picture");
  }

  @Test
  void an_unknown_image_set_is_named_with_the_known_ones() {
    assertThatThrownBy(
            () ->
                provider.openDetection(
                    new VocOptions(root.toString(), "trian", "val", "test", List.of(), 64)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "unknown image set 'trian'; known: test, train, val; did you mean 'train'?");
  }

  @Test
  void a_folder_that_does_not_exist_is_named() {
    assertThatThrownBy(
            () ->
                provider.openDetection(
                    new VocOptions(root + "/none", "train", "val", "test", List.of(), 64)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none is not a folder; allowed: a folder with Annotations");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jpg", "a.png"})
  void a_picture_that_is_cut_short_is_named_when_it_is_asked_for(String file) throws IOException {
    Files.delete(picture("a.jpg"));
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 1_200; i++) {
      image.setRGB(i % 40, i / 40, i * 7_654_321);
    }
    TinyPictures.write(picture(file), image);
    TinyPictures.cutShort(picture(file), 0.8);
    DetectionDataset train = open().train();

    assertThatThrownBy(() -> train.pixels(0))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(file + " cannot be read");
  }

  @Test
  void a_file_that_is_no_picture_is_named_when_its_size_is_needed() throws IOException {
    Files.writeString(picture("a.jpg"), "text");
    annotate("a", "", "");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.jpg cannot be read: neither JPEG nor PNG");
  }

  /**
   * A phone's picture: 40 columns and 30 rows are stored, and shown turned clockwise by 90 degrees.
   * A stored point (x, y) is shown at (30 - y, x).
   */
  @Test
  void boxes_of_a_turned_picture_may_be_annotated_as_stored_or_as_shown() throws IOException {
    TinyPictures.turnBy90(picture("a.jpg"));
    TinyPictures.turnBy90(picture("b.jpg"));
    annotate("a", size(40, 30), object("cat", 1, 2, 40, 20));
    annotate("b", size(30, 40), object("cat", 1, 2, 30, 20));
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits = provider.openDetection(options(List.of()), repairs);

    assertThat(splits.train().objects(0))
        .containsExactly(new LabelledBox(new Box(10, 0, 29, 40), 0, false));
    assertThat(splits.heldOut().objects(0))
        .containsExactly(new LabelledBox(new Box(0, 1, 30, 20), 0, false));
    assertThat(splits.train().pixels(0).height()).isEqualTo(40);
    assertThat(splits.heldOut().pixels(0).height()).isEqualTo(40);
    assertThat(repairs.get(0).sentence())
        .contains(
            "voc train: 1 pictures annotated as they are stored: boxes turned upright with them (in"
                + " a)");
    assertThat(repairs.get(1).sentence()).isEmpty();
  }

  @Test
  void a_picture_of_another_size_than_annotated_is_refused() throws IOException {
    annotate("a", size(30, 40), object("cat", 25, 1, 40, 10));
    List<BoxRepairs> repairs = new ArrayList<>();

    assertThatThrownBy(() -> provider.openDetection(options(List.of()), repairs))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.jpg: the picture is 40x30, but its annotation says 30x40");
    assertThat(repairs).allSatisfy(each -> assertThat(each.sentence()).isEmpty());

    annotate("a", size(80, 60), object("cat", 25, 1, 40, 10));
    assertThatThrownBy(this::open)
        .hasMessageContaining("says 80x60, so its boxes cannot be right; fix: correct the annota");
  }

  @Test
  void a_picture_that_has_changed_its_size_since_is_refused() throws IOException {
    DetectionDataset train = open().train();
    TinyPictures.write(picture("a.jpg"), 30, 40, 0x808080);

    assertThatThrownBy(() -> train.pixels(0))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("the picture is 30x40, but its annotation says 40x30");
  }

  @Test
  void boxes_that_are_all_fractions_of_the_picture_are_refused() throws IOException {
    String first = object("cat", 0.12, 0.13, 0.62, 0.63);
    annotate("b", size(40, 30), first + object("cat", 0, 0, 1, 1));
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessage(
            "voc: the annotations of "
                + root.resolve("ImageSets/Main/val.txt")
                + ": every box lies within 0 to 1: these are fractions of the picture; allowed:"
                + " pixels; fix: multiply by width and height");

    annotate("b", size(40, 30), first + object("cat", 2, 2, 9, 9));
    assertThat(open().heldOut().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<object><bndbox/></object>: object[0].name is missing",
        "<object><name>a&#10;b</name></object>: expected: the class's name in one line",
        "<object><name>cat</name></object>: object[0].bndbox is missing",
        "<object><name>cat</name><bndbox/></object>: object[0].bndbox.xmin is missing",
        "<object><name>cat</name><bndbox><xmin>x</xmin></bndbox></object>: object[0].bndbox.xmin: 'x'",
        "<object><name>cat</name><bndbox><xmin>NaN</xmin></bndbox></object>: object[0].bndbox.xmin: 'NaN'",
        "<object><name>cat</name><bndbox><xmin>1,5</xmin></bndbox></object>: object[0].bndbox.xmin:"
            + " '1,5'; expected: a number of pixels, such as 12 or 12.5",
        "<object><name>cat</name><bndbox><xmin>0x1p3</xmin></bndbox></object>: xmin: '0x1p3'",
        "<object><name>cat</name><bndbox><xmin>1e999</xmin></bndbox></object>: xmin: '1e999'",
        "<object><name>cat</name><bndbox><xmin> </xmin></bndbox></object>: xmin is missing or empty",
        "<object><name>cat</name><difficult>maybe</difficult><bndbox><xmin>1</xmin><ymin>1</ymin>"
            + "<xmax>9</xmax><ymax>9</ymax></bndbox></object>: object[0].difficult: 'maybe';"
            + " expected: 0 or 1, false or true, no or yes",
        "<size><width>4.5</width></size>: size.width: '4.5'; expected: a whole number of pixels",
        "<size><width>-4</width></size>: size.width: '-4'; expected: a whole number of pixels",
        "<object><name>cat</name><polygon><x1>5</x1></polygon></object>: object[0].bndbox is"
            + " missing or empty; expected: xmin, ymin, xmax and ymax; a box is needed, and"
            + " <polygon> is not read; fix: correct the file",
        "<object><name>cat</name><bndbox/><bndbox/></object>: object[0].bndbox is there 2 times;"
            + " expected: once; fix: an <object> for each box",
        "<object><name>cat</name><name>ant</name></object>: object[0].name is there 2 times;"
            + " expected: once; fix: take out all but one",
        "<object>: cannot be read as an annotation: line 1, column"
      })
  void what_is_wrong_in_an_annotation_is_named_with_its_place(String contentAndMessage)
      throws IOException {
    String[] parts = contentAndMessage.split(": ", 2);
    annotate("a", parts[0].startsWith("<size>") ? "" : size(40, 30), parts[0]);

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.xml")
        .hasMessageContaining(parts[1]);
  }

  @Test
  void xml_in_an_unknown_encoding_is_told() throws IOException {
    Path file = root.resolve("Annotations/a.xml");
    Files.writeString(file, "<?xml version='1.0' encoding='KLINGON-8'?><annotation/>");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.xml cannot be read as an annotation: its encoding 'KLINGON-8' is")
        .hasMessageEndingWith("; fix: correct the file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|ISO-8859-1| is empty; expected: XML of PASCAL VOC; fix: bring the annotation, or take",
        "'  ~'|ISO-8859-1| is empty; expected: XML of PASCAL VOC; fix: bring the annotation, or",
        "~<?xml version='1.0'?><annotation/>|UTF-8|`<?xml` must be the first characters; fix:",
        "#~<?xml version='1.0'?><annotation/>|UTF-8|`<?xml` must be the first characters; fix:",
        "<annotation>caf\u00e9</annotation>|ISO-8859-1|it is not UTF-8; fix: save it as UTF-8 or"
            + " declare its encoding",
        "<annotation>\u00e9|ISO-8859-1|it is not UTF-8; fix: save it as UTF-8 or declare its",
        "<?xml version='1.0' encoding='us-ascii'?><annotation>\u00e9</annotation>|ISO-8859-1|it is"
            + " not us-ascii; fix: save it as us-ascii or declare its encoding",
        "<annotation>|UTF-8|: line 1, column 13: ",
        "<annotation><!DOCTYPE a></annotation>|UTF-8|it is no well-formed XML; fix: correct the",
        "<!DOCTYPE annotation><annotation/>|UTF-8|it has a document type (DOCTYPE); expected: XML"
            + " of PASCAL VOC without a document type; fix: remove it"
      })
  void why_a_file_is_no_xml_is_told(String content, String charset, String message)
      throws IOException {
    String text = content.replace('~', '\n').replace('#', '\uFEFF');
    Files.write(root.resolve("Annotations/a.xml"), text.getBytes(Charset.forName(charset)));

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.xml")
        .hasMessageContaining(message)
        .hasMessageNotContainingAny(".;", "Exception")
        .satisfies(
            e -> {
              if (!content.contains("DOCTYPE")) {
                assertThat(e).hasMessageNotContaining("document type");
              }
            });
  }

  @Test
  void xml_of_another_kind_is_refused() throws IOException {
    Files.writeString(root.resolve("Annotations/a.xml"), "<html/>");

    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("root: 'html'; expected: annotation");
  }

  @Test
  void a_classifier_sees_the_objects_that_are_not_difficult() throws IOException {
    annotate(
        "a",
        size(40, 30),
        object("cat", 1, 1, 10, 10)
            + object("ant", 11, 1, 20, 10).replace("<name>", "<difficult>1</difficult><name>")
            + object("ant", 21, 1, 30, 10));

    DataSplits splits = provider.open(options(List.of()));

    assertThat(splits.train().size()).isEqualTo(2);
    assertThat(splits.train().label(0)).isEqualTo(1);
    assertThat(splits.train().label(1)).isEqualTo(0);
    assertThat(splits.heldOut().size()).isEqualTo(1);
    assertThat(splits.test().size()).isEqualTo(1);
    assertThat(splits.shape()).hasToString("16x16x3");
    assertThat(splits.train().classes()).containsExactly("ant", "cat");
  }

  @Test
  void a_classifier_is_told_which_picture_is_broken() throws IOException {
    TinyPictures.cutShort(picture("b.jpg"), 0.9);

    assertThatThrownBy(() -> provider.open(options(List.of())))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("voc val: ")
        .hasMessageContaining("b.jpg cannot be read: cut short");
  }

  @Test
  void the_service_loader_finds_all_data_sets_with_boxes() {
    assertThat(ServiceLoader.load(DatasetProvider.class))
        .filteredOn(found -> found instanceof DetectionDatasetProvider)
        .extracting(found -> found.name())
        .containsExactlyInAnyOrder("shapes-detection", "voc", "coco");
  }

  @Test
  void defaults_are_allowed_and_photographs_have_the_numbers_of_imagenet() {
    assertThat(provider.defaults().cropSize()).isEqualTo(64);
    assertThat(new CocoProvider().defaults().cropSize()).isEqualTo(64);
    assertThat(new ShapesDetectionProvider().defaults().train()).isEqualTo(600);
    assertThat(provider.defaultNormalization().mean()).containsExactly(0.485, 0.456, 0.406);
    assertThat(new CocoProvider().defaultNormalization())
        .isEqualTo(provider.defaultNormalization());
  }

  @Test
  void options_out_of_their_range_are_refused() {
    assertThatThrownBy(() -> new VocOptions(" ", "a", "b", "c", List.of(), 64))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("path: ' ' is not allowed; allowed: a folder");
    assertThatThrownBy(() -> new VocOptions("a\0b", "a", "b", "c", List.of(), 64))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("path: 'a\\0b' is not allowed; allowed: a folder; it holds a NUL");
    assertThatThrownBy(() -> new VocOptions("p", "a", "", "c", List.of(), 64))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("heldOut");
    assertThatThrownBy(() -> new VocOptions("p", "a", "b", "c", List.of("x", "x"), 64))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("classes: [x, x]");
    assertThatThrownBy(() -> new VocOptions("p", "a", "b", "c", List.of(), 7))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("cropSize: 7 is not allowed; allowed: 8 to 1024 pixels");
  }

  @Test
  @Tag("shared")
  void the_blood_cells_open_with_their_two_mistakes_dropped() {
    String path = Path.of(System.getProperty("kt.shared"), "data", "bccd").toString();
    List<BoxRepairs> repairs = new ArrayList<>();

    DetectionSplits splits =
        provider.openDetection(
            new VocOptions(path, "train", "val", "test", List.of(), 64), repairs);

    assertThat(splits.train().size()).isEqualTo(205);
    assertThat(splits.heldOut().size()).isEqualTo(87);
    assertThat(splits.test().size()).isEqualTo(72);
    assertThat(splits.test().classes()).containsExactly("Platelets", "RBC", "WBC");
    assertThat(repairs.get(0).sentence())
        .contains("voc train: 1 boxes without area dropped (in BloodImage_00343)");
    assertThat(repairs.get(1).sentence())
        .contains("voc val: 1 boxes without area dropped (in BloodImage_00338)");
    assertThat(repairs.get(2).sentence()).isEmpty();
    // 4,888 boxes in all, two of them without area.
    assertThat(objects(splits.train()) + objects(splits.heldOut()) + objects(splits.test()))
        .isEqualTo(4_886);
    Picture pixels = splits.test().pixels(0);
    assertThat(pixels.pixels()).hasSize(480 * 640 * 3);
  }

  @Test
  @Timeout(20)
  void a_pipe_in_the_place_of_an_image_set_is_refused_instead_of_waited_for() throws Exception {
    Path list = Files.createDirectories(root.resolve("ImageSets/Main")).resolve("train.txt");
    Files.deleteIfExists(list);
    assertThat(new ProcessBuilder("mkfifo", list.toString()).start().waitFor()).isZero();
    assertThatThrownBy(this::open)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train.txt is no regular file");
  }

  @Test
  void a_folder_of_this_layout_is_recognised() throws IOException {
    FoundData found = provider.search().orElseThrow().in(root).orElseThrow();

    assertThat(found.options()).isEqualTo(Map.of("path", root.toString()));
    assertThat(found.classes()).containsExactly(Map.entry("cat", 1));
    assertThat(List.of(found.train(), found.heldOut(), found.test())).containsOnly(1);
    // Pixels 1 to 10 of either side, and a fifth of that around them.
    assertThat(found.objects())
        .isNotNull()
        .satisfies(
            objects -> {
              assertThat(objects.sizes()).isEqualTo(PictureSizes.of(12, 12));
              assertThat(objects.train()).isEqualTo(1);
              assertThat(objects.optionsOf(32)).containsEntry("crop-size", 32);
            });

    Files.delete(root.resolve("ImageSets/Main/test.txt"));
    assertThatThrownBy(() -> provider.search().orElseThrow().in(root))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("lacks test.txt; expected: the names of the pictures");
  }

  private static int objects(DetectionDataset data) {
    int count = 0;
    for (int i = 0; i < data.size(); i++) {
      count += data.objects(i).size();
    }
    return count;
  }

  private DetectionSplits open() {
    return open(List.of());
  }

  private DetectionSplits open(List<String> classes) {
    return provider.openDetection(options(classes));
  }

  private VocOptions options(List<String> classes) {
    return new VocOptions(root.toString(), "train", "val", "test", classes, 16);
  }

  private Path picture(String file) {
    return root.resolve("JPEGImages").resolve(file);
  }

  private void set(String set, String... names) throws IOException {
    Path file = root.resolve("ImageSets/Main").resolve(set + ".txt");
    Files.createDirectories(file.getParent());
    Files.writeString(file, String.join("\n", names) + "\n");
  }

  private void annotate(String name, String size, String objects) throws IOException {
    Path file = root.resolve("Annotations").resolve(name + ".xml");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "<annotation>" + size + objects + "</annotation>");
  }

  private static String size(int width, int height) {
    return "<size><width>" + width + "</width><height>" + height + "</height></size>";
  }

  private static String object(String name, double xMin, double yMin, double xMax, double yMax) {
    return "<object><name>"
        + name
        + "</name><bndbox><xmin>"
        + xMin
        + "</xmin><ymin>"
        + yMin
        + "</ymin><xmax>"
        + xMax
        + "</xmax><ymax>"
        + yMax
        + "</ymax></bndbox></object>";
  }
}
