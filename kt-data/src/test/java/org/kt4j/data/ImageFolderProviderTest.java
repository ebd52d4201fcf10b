package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
  void a_picture_that_was_changed_is_read_again() throws IOException {
    for (String split : new String[] {"train", "test"}) {
      plain(folder.resolve(split + "/a/1.png"), 0x010203);
      plain(folder.resolve(split + "/b/1.png"), 0x040506);
    }
    assertThat(TinyImages.image(provider.open(options(8, 0.5, 0)).train(), 0)).startsWith(1, 2, 3);
    assertThat(TinyImages.image(provider.open(options(8, 0.5, 0)).train(), 0)).startsWith(1, 2, 3);

    Path changed = folder.resolve("train/a/1.png");
    FileTime before = Files.getLastModifiedTime(changed);
    plain(changed, 0x0A0B0C);
    Files.setLastModifiedTime(changed, FileTime.fromMillis(before.toMillis() + 1));

    assertThat(TinyImages.image(provider.open(options(8, 0.5, 0)).train(), 0))
        .startsWith(10, 11, 12);
    assertThat(provider.open(options(16, 0.5, 0)).shape()).isEqualTo(new ImageShape(16, 16, 3));
  }

  @Test
  void all_unreadable_pictures_are_named_in_one_error() throws IOException {
    plain(folder.resolve("a/good.png"), 1);
    plain(folder.resolve("b/good.png"), 1);
    Files.write(folder.resolve("a/bad.jpg"), new byte[] {1, 2, 3});
    Files.write(folder.resolve("a/empty.png"), new byte[0]);
    byte[] png = Files.readAllBytes(folder.resolve("b/good.png"));
    Files.write(folder.resolve("b/cut.png"), Arrays.copyOf(png, png.length / 2));

    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("image-folder: 3 of 5 pictures cannot be read: ")
        .hasMessageContaining(folder.resolve("a/bad.jpg") + " (neither JPEG nor PNG)")
        .hasMessageContaining(folder.resolve("a/empty.png") + " (empty: the file has no bytes)")
        .hasMessageContaining(folder.resolve("b/cut.png") + " (cut short: the PNG ends in IDAT;")
        .hasMessageEndingWith("fix: convert or remove them");
  }

  @Test
  void folders_that_are_not_as_they_should_be_are_errors() throws IOException {
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds 0 class folders; allowed: at least 2");

    Files.createDirectories(folder.resolve("a"));
    plain(folder.resolve("b/1.png"), 1);
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "image-folder: "
                + folder.resolve("a")
                + " holds no picture; read are files that end in .jpg, .jpeg and .png, also in"
                + " capitals; fix: add some, or remove the folder");

    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> provider.open(new ImageFolderOptions(file.toString(), 8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("file is not a folder; allowed: a folder with");

    Path none = folder.resolve("none");
    assertThatThrownBy(() -> provider.open(new ImageFolderOptions(none.toString(), 8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none is not there; allowed: a folder with");
  }

  @Test
  void classes_may_be_called_as_the_parts_of_the_data_are() throws IOException {
    for (String name : new String[] {"bus", "car", "train", "val"}) {
      for (int i = 0; i < 4; i++) {
        plain(folder.resolve(name + "/" + i + ".png"), i);
      }
    }

    DataSplits splits = provider.open(options(8, 0.25, 0));

    assertThat(splits.train().classes()).containsExactly("bus", "car", "train", "val");
    assertThat(splits.train().classCounts()).containsExactly(3, 3, 3, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"val", "valid", "validation", "Val"})
  void a_folder_for_validation_beside_train_and_test_is_held_out(String name) throws IOException {
    for (String split : new String[] {"train", "test", name}) {
      plain(folder.resolve(split + "/a/1.png"), split.charAt(0));
      plain(folder.resolve(split + "/b/1.png"), split.charAt(0));
    }
    plain(folder.resolve("train/b/2.png"), 't');

    DataSplits splits = provider.open(options(8, 0.5, 0.5));

    assertThat(splits.train().classCounts()).containsExactly(1, 2);
    assertThat(splits.heldOut().classCounts()).containsExactly(1, 1);
    assertThat(splits.heldOut().name()).isEqualTo("image-folder held-out");
    assertThat(splits.test().classCounts()).containsExactly(1, 1);
    assertThat(TinyImages.image(splits.heldOut(), 0)).startsWith(0, 0, name.charAt(0));
  }

  @Test
  void parts_that_are_not_complete_are_errors() throws IOException {
    plain(folder.resolve("train/a/1.png"), 1);
    plain(folder.resolve("train/b/1.png"), 1);
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has a folder train with class folders but none test; allowed: both")
        .hasMessageEndingWith(
            "fix: add test, or name "
                + folder.resolve("train")
                + " as path, and test pictures are taken out of it");

    plain(folder.resolve("val/a/1.png"), 1);
    plain(folder.resolve("val/b/1.png"), 1);
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .hasMessageEndingWith(
            "fix: rename val to test, and checkpoints are selected by pictures held out of train");

    plain(folder.resolve("validation/a/1.png"), 1);
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .hasMessageEndingWith(
            "has the folders val and validation, which mean the same; fix: keep one of them");
  }

  @Test
  void parts_without_class_folders_are_an_error() throws IOException {
    plain(folder.resolve("train/1.png"), 1);
    plain(folder.resolve("test/1.png"), 1);

    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("test/, train/ hold no class folders; allowed: train/CLASS/a.jpg");
  }

  @Test
  void links_to_nothing_are_counted_and_one_is_named() throws IOException {
    plain(folder.resolve("cat/1.png"), 1);
    plain(folder.resolve("dog/1.png"), 1);
    for (int i = 2; i < 5; i++) {
      Files.createSymbolicLink(folder.resolve("cat/" + i + ".png"), Path.of("../gone/" + i));
    }

    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "image-folder: %s: 3 links point to nothing, such as %s -> ../gone/2; fix: bring what"
                    .formatted(folder, folder.resolve("cat/2.png"))
                + " they point to (git annex get, or mount the disk), or remove the links");

    Files.delete(folder.resolve("dog/1.png"));
    Files.delete(folder.resolve("dog"));
    Files.createSymbolicLink(folder.resolve("dog"), Path.of("/no/such/disk/dog"));
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .hasMessageContaining("holds 1 class folders and 1 link points to nothing, such as");
  }

  @Test
  void links_to_pictures_and_to_folders_are_followed() throws IOException {
    plain(folder.resolve(".store/cat.png"), 1);
    plain(folder.resolve(".store/dogs/1.png"), 1);
    plain(folder.resolve(".store/dogs/2.png"), 1);
    plain(folder.resolve("cat/1.png"), 1);
    Files.createSymbolicLink(folder.resolve("cat/2.png"), folder.resolve(".store/cat.png"));
    Files.createSymbolicLink(folder.resolve("dog"), folder.resolve(".store/dogs"));

    DataSplits splits = provider.open(options(8, 0.5, 0));

    assertThat(splits.train().classCounts()).containsExactly(1, 1);
    assertThat(splits.test().classCounts()).containsExactly(1, 1);
  }

  @Test
  void class_folders_within_class_folders_are_told() throws IOException {
    plain(folder.resolve("cat/2020/1.png"), 1);
    plain(folder.resolve("dog/1.png"), 1);

    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "image-folder: %1$s holds no picture but 1 folder, such as 2020; allowed: the pictures of"
                    .formatted(folder.resolve("cat"))
                + " a class directly in its folder; fix: move them up, or, if "
                + folder.resolve("cat")
                + " holds the classes, name it as path");
  }

  @Test
  void endings_are_read_in_any_capitals_and_others_are_told() throws IOException {
    for (String ending : new String[] {"png", "PNG", "Png"}) {
      plain(folder.resolve("cat/" + ending + "." + ending), 1);
      plain(folder.resolve("dog/" + ending + "." + ending), 1);
    }
    assertThat(provider.open(options(8, 0.5, 0)).train().size()).isEqualTo(3);

    plain(folder.resolve("fox/1.webp"), 1);
    plain(folder.resolve("fox/2.WEBP"), 1);
    plain(folder.resolve("fox/3.bmp"), 1);
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .hasMessageContaining(
            "fox holds no picture but 2 .webp, 1 .bmp; read are files that end in")
        .hasMessageEndingWith("fix: convert them, or remove the folder");
  }

  @Test
  void what_desktops_leave_in_folders_is_passed_over() throws IOException {
    for (String name : new String[] {"cat", "dog"}) {
      plain(folder.resolve(name + "/1.png"), 1);
      plain(folder.resolve(name + "/2.png"), 1);
      Files.writeString(folder.resolve(name + "/._1.png"), "resource fork");
      Files.writeString(folder.resolve(name + "/.DS_Store"), "");
      Files.writeString(folder.resolve(name + "/Thumbs.db"), "");
    }
    plain(folder.resolve("__MACOSX/cat/._1.png"), 1);

    ClassFolders folders = ClassFolders.of("image-folder", folder);

    assertThat(folders.classes()).containsExactly("cat", "dog");
    assertThat(folders.files()).hasSize(4);
    assertThat(folders.notes()).isEmpty();
  }

  @Test
  void what_is_not_read_is_noted() throws IOException {
    plain(folder.resolve("cat/1.png"), 1);
    plain(folder.resolve("Cat/1.png"), 1);
    plain(folder.resolve("cat/thumbnails/1.png"), 1);
    Files.writeString(folder.resolve("cat/notes.txt"), "");
    plain(folder.resolve("loose.png"), 1);

    assertThat(ClassFolders.of("image-folder", folder).notes())
        .containsExactly(
            folder + ": 'Cat' and 'cat' differ only in capitals and are taken for two classes",
            folder
                + ": not read: 1 .png, 1 .txt, such as "
                + folder.resolve("loose.png")
                + "; read are those in class folders that end in .jpg, .jpeg and .png, also in"
                + " capitals",
            folder
                + ": not read: folders within class folders (1), such as "
                + folder.resolve("cat/thumbnails"));
  }

  @Test
  void a_pipe_is_noted_as_no_regular_file() throws Exception {
    plain(folder.resolve("cat/1.png"), 1);
    plain(folder.resolve("dog/1.png"), 1);
    Path pipe = Pipes.make(folder.resolve("cat/pipe.png"));

    assertThat(ClassFolders.of("image-folder", folder).notes())
        .containsExactly(
            folder
                + ": not read: pipes, sockets and devices, which are no regular files (1), such as "
                + pipe);
  }

  @Test
  void files_with_the_content_of_files_of_another_part_are_found() throws IOException {
    Path first = Files.writeString(folder.resolve("1"), "one");
    Path second = Files.writeString(folder.resolve("2"), "two");
    Path longer = Files.writeString(folder.resolve("3"), "three");
    Path same = Files.writeString(folder.resolve("4"), "two");
    Path again = Files.writeString(folder.resolve("5"), "two");
    Path missing = folder.resolve("6");

    assertThat(SameFiles.in(List.of(first, second, longer), List.of(missing, same, again)))
        .contains(new SameFiles(2, second, same));
    assertThat(SameFiles.in(List.of(first, longer), List.of(same, again))).isEmpty();
    assertThat(new SameFiles(2, second, same).described())
        .isEqualTo(
            "2, such as "
                + second
                + " and "
                + same
                + "; what is learned by heart makes a result look better; fix: remove one of each"
                + " two");
  }

  @Test
  void pictures_of_training_that_are_test_pictures_too_are_told() throws IOException {
    for (String part : new String[] {"train", "test"}) {
      plain(folder.resolve(part + "/ant/1.png"), part.equals("train") ? 0x102030 : 0x302010);
      plain(folder.resolve(part + "/bee/1.png"), 0x445566);
    }
    ClassFolders train = ClassFolders.of("image-folder", folder.resolve("train"));
    ClassFolders test = ClassFolders.of("image-folder", folder.resolve("test"));

    assertThat(ImageFolderProvider.samePictures(List.of(train, test)))
        .containsExactly(
            folder
                + ": train/ and test/ hold the same pictures, byte for byte: 1, such as "
                + folder.resolve("train/bee/1.png")
                + " and "
                + folder.resolve("test/bee/1.png")
                + "; what is learned by heart makes a result look better; fix: remove one of each"
                + " two");
  }

  @Test
  void a_class_without_held_out_pictures_is_told() throws IOException {
    for (String split : new String[] {"train", "val", "test"}) {
      plain(folder.resolve(split + "/ant/1.png"), 1);
      plain(folder.resolve(split + "/bee/1.png"), 2);
    }
    plain(folder.resolve("train/ant/2.png"), 3);
    DataSplits whole = provider.open(options(8, 0.5, 0));
    MemoryImages ants = TinyImages.numbered(List.of("ant", "bee"), 0, 0);
    MemoryImages both = TinyImages.numbered(List.of("ant", "bee"), 0, 1);
    MemoryImages none = TinyImages.numbered(List.of("ant", "bee"));

    assertThat(whole.gaps()).isEmpty();
    assertThat(new DataSplits(both, none, both).gaps()).isEmpty();
    assertThat(new DataSplits(both, ants, both).gaps())
        .containsExactly(
            "tiny: no picture of the class bee, so nothing of it counts when a checkpoint is"
                + " selected");
  }

  @Test
  void names_that_unicode_composes_differently_are_one_class() throws IOException {
    assumeThat(FileNames.encoding()).isEqualTo(StandardCharsets.UTF_8);
    String composed = "caf\u00E9";
    String decomposed = "cafe\u0301";
    for (String path : new String[] {"train/" + composed, "test/" + decomposed}) {
      plain(folder.resolve(path + "/1.png"), 1);
    }
    plain(folder.resolve("train/tea/1.png"), 1);
    plain(folder.resolve("test/tea/1.png"), 1);

    assertThat(provider.open(options(8, 0.5, 0)).test().classes()).containsExactly(composed, "tea");

    plain(folder.resolve("train/" + decomposed + "/1.png"), 1);
    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .hasMessageContaining("holds two class folders '" + composed + "' that differ only in how");
  }

  @Test
  void a_folder_that_cannot_be_listed_is_told() throws IOException {
    plain(folder.resolve("a/1.png"), 1);
    plain(folder.resolve("b/1.png"), 1);
    Path closed = folder.resolve("a");
    assumeThat(closed.getFileSystem().supportedFileAttributeViews()).contains("posix");
    Files.setPosixFilePermissions(closed, Set.of());
    try {
      assumeThat(Files.isReadable(closed)).as("not as root").isFalse();

      assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
          .isInstanceOf(DataException.class)
          .hasMessage(
              "image-folder: "
                  + closed
                  + " cannot be listed: permission denied; fix: let it be"
                  + " read, or remove it");
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
  }

  @Test
  void train_and_test_must_have_the_same_classes() throws IOException {
    plain(folder.resolve("train/a/1.png"), 1);
    plain(folder.resolve("train/b/1.png"), 1);
    plain(folder.resolve("test/a/1.png"), 1);
    plain(folder.resolve("test/c/1.png"), 1);

    assertThatThrownBy(() -> provider.open(options(8, 0.5, 0)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "train/ and test/ have different classes: only train/ has [b]; only test/ has [c]; fix:"
                + " give both the same folders");
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
  void a_class_without_pictures_of_a_split_is_told() throws IOException {
    for (int i = 0; i < 9; i++) {
      plain(folder.resolve("many/" + i + ".png"), 1);
    }
    plain(folder.resolve("few/1.png"), 1);

    DataSplits splits = provider.open(options(8, 0.3, 0));

    assertThat(splits.gaps())
        .containsExactly(
            "image-folder test: no picture of the class few, so nothing of it counts in the"
                + " result");
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
