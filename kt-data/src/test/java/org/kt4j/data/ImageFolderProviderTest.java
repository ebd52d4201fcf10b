package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.InvalidOptionException;

class ImageFolderProviderTest {

  @TempDir Path folder;

  private final ImageFolderProvider provider = new ImageFolderProvider();

  @Test
  void train_and_test_folders_become_splits_with_classes_by_name() throws IOException {
    for (String split : new String[] {"train", "test"}) {
      plain(folder.resolve(split + "/zebra/1.png"), 0x112233);
      plain(folder.resolve(split + "/zebra/2.PNG"), 0x112233);
      plain(folder.resolve(split + "/ant/1.png"), 0x445566);
      plain(folder.resolve(split + "/ant/2.png"), 0x445566);
    }
    Files.createDirectories(folder.resolve("train/.thumbnails"));
    Files.writeString(folder.resolve("train/ant/notes.txt"), "not a picture");

    DataSplits splits = provider.open(options(8, 0.2, 0.5));

    assertThat(splits.train().classes()).containsExactly("ant", "zebra");
    assertThat(splits.train().classCounts()).containsExactly(1, 1);
    assertThat(splits.heldOut().classCounts()).containsExactly(1, 1);
    assertThat(splits.test().classCounts()).containsExactly(2, 2);
    byte[] zebra = TinyImages.image(splits.test(), 3);
    assertThat(splits.test().label(3)).isEqualTo(1);
    assertThat(zebra).hasSize(8 * 8 * 3).startsWith(0x11, 0x22, 0x33);
  }

  @Test
  void one_tree_is_divided_in_proportion() throws IOException {
    for (int i = 0; i < 10; i++) {
      plain(folder.resolve("a/" + i + ".png"), i);
      plain(folder.resolve("b/" + i + ".png"), 0x100 + i);
    }

    DataSplits splits = provider.open(options(8, 0.2, 0.25));

    assertThat(splits.test().classCounts()).containsExactly(2, 2);
    assertThat(splits.heldOut().classCounts()).containsExactly(2, 2);
    assertThat(splits.train().classCounts()).containsExactly(6, 6);
  }

  @Test
  void all_unreadable_pictures_are_named_in_one_error() throws IOException {
    plain(folder.resolve("a/good.png"), 1);
    plain(folder.resolve("b/good.png"), 1);
    Files.write(folder.resolve("a/bad.jpg"), new byte[] {1, 2, 3});
    byte[] png = Files.readAllBytes(folder.resolve("b/good.png"));
    Files.write(folder.resolve("b/cut.png"), Arrays.copyOf(png, png.length / 2));

    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("image-folder: 2 of 4 pictures cannot be read: ")
        .hasMessageContaining(folder.resolve("a/bad.jpg") + " (neither JPEG nor PNG)")
        .hasMessageContaining(folder.resolve("b/cut.png").toString())
        .hasMessageEndingWith("fix: convert or remove them");
  }

  @Test
  void folders_that_are_not_as_they_should_be_are_errors() throws IOException {
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds 0 class folders; allowed: at least 2");

    Files.createDirectories(folder.resolve("a"));
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(folder.resolve("a") + " holds no picture");

    Files.createDirectories(folder.resolve("train"));
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has a folder train but none test");

    assertThatThrownBy(
            () ->
                provider.open(new ImageFolderOptions(folder.resolve("none").toString(), 8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none is not a folder");
  }

  @Test
  void train_and_test_must_have_the_same_classes() throws IOException {
    plain(folder.resolve("train/a/1.png"), 1);
    plain(folder.resolve("train/b/1.png"), 1);
    plain(folder.resolve("test/a/1.png"), 1);
    plain(folder.resolve("test/c/1.png"), 1);

    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("train/ has the classes [a, b], test/ has [a, c]");
  }

  @Test
  void a_fraction_that_leaves_nothing_is_an_error() throws IOException {
    plain(folder.resolve("a/1.png"), 1);
    plain(folder.resolve("b/1.png"), 1);

    assertThatThrownBy(() -> provider.open(options(8, 0.1, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test-fraction: 0.1 of the 2 images in " + folder)
        .hasMessageContaining("leaves nothing to test on");
  }

  @Test
  void options_out_of_range_are_refused() {
    assertThatThrownBy(() -> options(7, 0.5, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("size: 7");
    assertThatThrownBy(() -> options(8, 1, 0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("testFraction: 1.0");
    assertThatThrownBy(() -> options(8, 0.5, Double.NaN))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("heldOutFraction: NaN");
  }

  @Test
  void images_that_cannot_fit_the_heap_are_refused_before_they_are_read() {
    assertThatThrownBy(
            () ->
                HeapRoom.require(
                    "image-folder", 100_000_000L, new ImageShape(512, 512, 3), "a smaller size"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("100000000 images of 512x512x3 need 75000000 MiB")
        .hasMessageEndingWith("fix: a smaller size, or a larger heap (-Xmx)");
  }

  private ImageFolderOptions options(int size, double testFraction, double heldOutFraction) {
    return new ImageFolderOptions(folder.toString(), size, testFraction, heldOutFraction);
  }

  private static void plain(Path file, int rgb) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 10; y++) {
      for (int x = 0; x < 20; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    ImageIO.write(image, "png", file.toFile());
  }
}
