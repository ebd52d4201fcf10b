package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarFilesTest {

  private static final List<String> CLASSES = List.of("cat", "dog");

  @TempDir Path folder;

  @Test
  void planes_of_colour_become_pixels() throws IOException {
    byte[] record = new byte[3073];
    record[0] = 1;
    record[1] = 10; // red of the first pixel
    record[1 + 1024] = 20; // its green
    record[1 + 2048] = (byte) 200; // its blue
    record[1 + 33] = 7; // red of row 1, column 1
    Files.write(folder.resolve("one.bin"), record);

    MemoryImages images =
        new CifarFiles("cifar-10", CLASSES, 1).read(folder, List.of("one.bin"), 1);

    assertThat(images.shape()).isEqualTo(new ImageShape(32, 32, 3));
    assertThat(images.label(0)).isEqualTo(1);
    byte[] pixels = TinyImages.image(images, 0);
    assertThat(Arrays.copyOf(pixels, 4)).isEqualTo(TinyImages.bytes(10, 20, 200, 0));
    assertThat(pixels[(32 + 1) * 3]).isEqualTo((byte) 7);
  }

  @Test
  void files_follow_one_another() throws IOException {
    Files.write(folder.resolve("a.bin"), records(1, 0, 1));
    Files.write(folder.resolve("b.bin"), records(1, 1, 1));

    MemoryImages images =
        new CifarFiles("cifar-10", CLASSES, 1).read(folder, List.of("a.bin", "b.bin"), 2);

    assertThat(images.size()).isEqualTo(4);
    assertThat(images.classCounts()).containsExactly(1, 3);
    assertThat(images.label(0)).isZero();
  }

  @Test
  void of_two_label_bytes_the_fine_one_counts() throws IOException {
    byte[] record = new byte[3074];
    record[0] = 19; // coarse
    record[1] = 1; // fine
    record[2] = 42;
    Files.write(folder.resolve("train.bin"), record);

    MemoryImages images =
        new CifarFiles("cifar-100", CLASSES, 2).read(folder, List.of("train.bin"), 1);

    assertThat(images.label(0)).isEqualTo(1);
    assertThat(TinyImages.image(images, 0)[0]).isEqualTo((byte) 42);
  }

  @Test
  void a_file_cut_short_is_named_with_both_sizes_and_the_fix() throws IOException {
    Path file = folder.resolve("one.bin");
    Files.write(file, new byte[3072]);

    assertThatThrownBy(() -> read(2))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "cifar-10: "
                + file
                + " has 3072 bytes; expected: 6146; the file is cut short, fix: delete it and kt"
                + " data download cifar-10");
  }

  @Test
  void a_file_too_long_is_not_of_the_binary_version() throws IOException {
    Files.write(folder.resolve("one.bin"), new byte[3074]);

    assertThatThrownBy(() -> read(1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has 3074 bytes; expected: 3073; the file is not of the binary");
  }

  @Test
  void a_label_out_of_range_names_the_record() throws IOException {
    Files.write(folder.resolve("one.bin"), records(1, 0, 2));

    assertThatThrownBy(() -> read(2))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("one.bin: record 1 has the label 2; allowed: 0 to 1");
  }

  @Test
  void a_missing_file_and_a_missing_folder_say_how_to_get_them() {
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("one.bin is missing; expected: a file of 3073 bytes")
        .hasMessageContaining("kt data download cifar-10");
    assertThatThrownBy(
            () ->
                new Cifar10Provider()
                    .open(new CifarOptions(folder.resolve("none").toString(), 100, 10, 10)))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("none is not a folder; fix: kt data download cifar-10, or set path");
  }

  @Test
  void the_python_version_and_a_folder_in_the_place_of_a_file_are_told() throws IOException {
    Files.createFile(folder.resolve("one"));
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("; the folder holds the Python version; fix: kt data download");

    Files.createDirectory(folder.resolve("one.bin"));
    assertThatThrownBy(() -> read(1)).hasMessageContaining("one.bin is not a file; expected: a");
  }

  @Test
  void cifar_100_names_a_hundred_classes_in_alphabetical_order() throws IOException {
    Files.write(folder.resolve("train.bin"), records100(50_000));
    Files.write(folder.resolve("test.bin"), records100(10_000));

    DataSplits splits =
        new Cifar100Provider().open(new CifarOptions(folder.toString(), 300, 200, 100));

    assertThat(splits.train().classes())
        .hasSize(100)
        .isSorted()
        .doesNotHaveDuplicates()
        .startsWith("apple")
        .endsWith("worm");
    assertThat(splits.heldOut().classCounts()).containsOnly(1);
    assertThat(splits.train().classCounts()).containsOnly(2);
    assertThat(splits.test().classCounts()).containsOnly(2);
  }

  @Test
  @Tag("shared")
  void cifar_10_reads_whole_with_its_published_statistics() {
    Cifar10Provider provider = new Cifar10Provider();

    DataSplits splits =
        provider.open(new CifarOptions(System.getProperty("kt.cifar10"), 50_000, 10_000, 5_000));

    assertThat(splits.train().classCounts()).containsOnly(4_500);
    assertThat(splits.heldOut().classCounts()).containsOnly(500);
    assertThat(splits.test().classCounts()).containsOnly(1_000);
    // The first test labels are cat, ship, ship, airplane, frog in every published listing.
    assertThat(List.of(0, 1, 2, 3, 4))
        .extracting(i -> splits.test().classes().get(splits.test().label(i)))
        .containsExactly("cat", "ship", "ship", "airplane", "frog");
  }

  private MemoryImages read(int records) {
    return new CifarFiles("cifar-10", CLASSES, 1).read(folder, List.of("one.bin"), records);
  }

  private static byte[] records(int labelBytes, int... labels) {
    int length = labelBytes + 3072;
    byte[] bytes = new byte[labels.length * length];
    for (int i = 0; i < labels.length; i++) {
      bytes[i * length + labelBytes - 1] = (byte) labels[i];
    }
    return bytes;
  }

  private static byte[] records100(int count) {
    byte[] bytes = new byte[count * 3074];
    for (int i = 0; i < count; i++) {
      bytes[i * 3074 + 1] = (byte) (i % 100);
    }
    return bytes;
  }
}
