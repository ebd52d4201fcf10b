package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderSearchTest {

  @TempDir Path folder;

  private Optional<FoundData> images() {
    return new ImageFolderProvider().search().orElseThrow().in(folder);
  }

  private void picture(String name, int width, int height) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, name.hashCode()); // so that no two files are the same
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
  }

  @Test
  void class_folders_are_counted_and_the_sizes_are_the_medians() throws IOException {
    for (int i = 0; i < 5; i++) {
      picture("cat/" + i + ".png", 10 + i, 30);
      picture("dog/" + i + ".png", 20 + i, 8);
    }

    FoundData found = images().orElseThrow();

    assertThat(found.data()).isEqualTo("image-folder");
    assertThat(found.options()).isEqualTo(Map.of("path", folder.toString()));
    // A fifth of 10 is for tests, a tenth of the other 8 is held out.
    assertThat(found.test()).isEqualTo(2);
    assertThat(found.heldOut()).isEqualTo(1);
    assertThat(found.train()).isEqualTo(7);
    assertThat(found.classes()).containsExactly(Map.entry("cat", 5), Map.entry("dog", 5));
    assertThat(found.sizes()).isEqualTo(new PictureSizes(8, 14, 8, 30, false));
    assertThat(found.optionsOf(32)).containsEntry("size", 32);
    assertThat(found.odd()).isEmpty();
  }

  @Test
  void folders_for_training_and_tests_are_taken_as_they_are() throws IOException {
    for (String part : new String[] {"train", "val", "test"}) {
      picture(part + "/cat/" + part + ".png", 16, 16);
      picture(part + "/dog/" + part + ".png", 16, 16);
    }

    FoundData found = images().orElseThrow();

    assertThat(found.train()).isEqualTo(2);
    assertThat(found.heldOut()).isEqualTo(2);
    assertThat(found.test()).isEqualTo(2);
    assertThat(found.sizes().one()).isTrue();
  }

  @Test
  void a_folder_without_pictures_is_none() throws IOException {
    Files.createDirectories(folder.resolve("documents"));
    Files.writeString(folder.resolve("documents/a.txt"), "text");

    assertThat(images()).isEmpty();
  }

  @Test
  void a_folder_of_many_things_with_a_picture_somewhere_is_none() throws IOException {
    picture("icons/1.png", 16, 16);
    for (String other : new String[] {"documents", "music"}) {
      Files.createDirectories(folder.resolve(other));
    }

    assertThat(images()).isEmpty();
  }

  @Test
  void all_class_folders_without_pictures_are_told_but_no_more_than_ten() throws IOException {
    for (int i = 0; i < 12; i++) {
      picture("full" + i + "/1.png", 16, 16);
      Files.createDirectories(folder.resolve("bare" + (char) ('a' + i)));
    }

    assertThatThrownBy(this::images)
        .hasMessageContaining("barea holds no picture")
        .hasMessageContaining("barej holds no picture")
        .hasMessageContaining("and so do 2 more folders")
        .message()
        .hasLineCount(11);
  }

  @Test
  void classes_with_too_few_pictures_are_named() throws IOException {
    for (int i = 0; i < 4; i++) {
      picture("cat/" + i + ".png", 16, 16);
    }
    picture("dog/1.png", 16, 16);

    assertThatThrownBy(this::images)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("fewer than 3 pictures of dog (1); expected: one to learn from");
  }

  @Test
  void classes_of_the_tests_that_training_lacks_are_named() throws IOException {
    picture("train/cat/1.png", 16, 16);
    picture("train/dog/1.png", 16, 16);
    picture("test/cat/2.png", 16, 16);
    picture("test/owl/2.png", 16, 16);

    assertThatThrownBy(this::images)
        .hasMessageContaining("different classes: only train/ has [dog]; only test/ has [owl]");
  }

  @Test
  void pictures_that_cannot_be_read_are_named() throws IOException {
    for (int i = 0; i < 3; i++) {
      picture("cat/" + i + ".png", 16, 16);
      picture("dog/" + i + ".png", 16, 16);
    }
    Files.writeString(folder.resolve("dog/bad.jpg"), "no picture");

    assertThatThrownBy(this::images)
        .hasMessageContaining("1 of 7 pictures cannot be read: ")
        .hasMessageContaining("bad.jpg (neither JPEG nor PNG)");
  }

  @Test
  void what_is_odd_is_told() throws IOException {
    for (int i = 0; i < 40; i++) {
      picture("cat/" + i + ".png", 16, 16);
    }
    for (int i = 0; i < 4; i++) {
      picture("dog/" + i + ".png", 16, 16);
    }
    Files.writeString(folder.resolve("dog/IMG_1.HEIC"), "");

    assertThat(images().orElseThrow().odd())
        .anySatisfy(odd -> assertThat(odd).contains("not read: 1 .heic, such as "))
        .anySatisfy(odd -> assertThat(odd).contains("uneven classes: cat has 40 pictures, dog 4"));
  }

  @ParameterizedTest
  @CsvSource({"5 0 4 1 9 2 1 3, mnist", "9 0 0 3 0 2 7 2, fashion-mnist"})
  void idx_files_are_told_apart_by_their_first_labels(String labels, String data)
      throws IOException {
    Files.write(folder.resolve("train-labels-idx1-ubyte"), idx(labels.split(" ", -1)));

    boolean mnist = new MnistProvider().isIn(folder);
    boolean fashion = new FashionMnistProvider().isIn(folder);

    assertThat(mnist).isEqualTo("mnist".equals(data));
    assertThat(fashion).isEqualTo("fashion-mnist".equals(data));
  }

  private static byte[] idx(String[] labels) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x0801);
    out.writeInt(labels.length);
    for (String label : labels) {
      out.writeByte(Integer.parseInt(label));
    }
    return bytes.toByteArray();
  }

  @Test
  void cifar_that_is_cut_short_is_an_error_and_no_other_data() throws IOException {
    Files.write(folder.resolve("data_batch_1.bin"), new byte[10]);

    FolderSearch ten = new Cifar10Provider().search().orElseThrow();

    assertThatThrownBy(() -> ten.in(folder)).hasMessageContaining("has 10 bytes");
    assertThat(new Cifar100Provider().search().orElseThrow().in(folder)).isEmpty();
    assertThat(images()).isEmpty();
  }
}
