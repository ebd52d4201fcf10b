package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class IdxFilesTest {

  private static final List<String> CLASSES = List.of("zero", "one");

  @TempDir Path folder;

  private Path images;
  private Path labels;

  @BeforeEach
  void two_images_of_2x3() throws IOException {
    images = folder.resolve("train-images-idx3-ubyte");
    labels = folder.resolve("train-labels-idx1-ubyte");
    Files.write(images, idx3(2, 2, 3, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 255));
    Files.write(labels, idx1(2, 1, 0));
  }

  @Test
  void images_and_labels_are_read() {
    MemoryImages data = read();

    assertThat(data.shape()).isEqualTo(new ImageShape(2, 3, 1));
    assertThat(data.label(0)).isEqualTo(1);
    assertThat(data.label(1)).isZero();
    assertThat(TinyImages.image(data, 1)).isEqualTo(TinyImages.bytes(11, 12, 13, 14, 15, 255));
  }

  @Test
  void compressed_files_are_read_as_well() throws IOException {
    compress(images);
    compress(labels);

    assertThat(TinyImages.image(read(), 0)).isEqualTo(TinyImages.bytes(1, 2, 3, 4, 5, 6));
  }

  @Test
  void a_compressed_file_cut_short_is_an_error_with_the_fix() throws IOException {
    Path packed = compress(images);
    byte[] bytes = Files.readAllBytes(packed);
    Files.write(packed, Arrays.copyOf(bytes, bytes.length - 10));

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("mnist: " + packed + " cannot be read: ")
        .hasMessageEndingWith(
            "the file is cut short or corrupt, fix: delete it and kt data download mnist");
  }

  @Test
  void a_compressed_file_with_a_wrong_byte_is_an_error() throws IOException {
    Path packed = compress(images);
    byte[] bytes = Files.readAllBytes(packed);
    bytes[bytes.length - 6] ^= 0x55; // in the checksum
    Files.write(packed, bytes);

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("cut short or corrupt");
  }

  @Test
  void another_magic_number_is_an_error() throws IOException {
    Files.write(labels, idx3(1, 1, 1, 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            labels + " starts with 0x00000803; expected: 0x00000801 (uint8 values, 1 axes)");
  }

  @Test
  void a_size_that_is_not_the_headers_is_an_error() throws IOException {
    byte[] bytes = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(bytes, bytes.length - 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            images + " holds 27 bytes; expected: 28, from its header; the file is cut short");
  }

  @Test
  void bytes_behind_the_values_are_an_error() throws IOException {
    byte[] bytes = Files.readAllBytes(images);
    Files.write(images, Arrays.copyOf(bytes, bytes.length + 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            images
                + " holds more than 28 bytes; expected: 28, from its header; the file is"
                + " corrupt");
  }

  @Test
  void a_count_that_the_file_cannot_hold_is_an_error_before_room_is_made_for_it()
      throws IOException {
    for (int count : new int[] {Integer.MAX_VALUE, 1 << 28}) {
      Files.write(images, idx3(count, 2, 3, 1));

      assertThatThrownBy(this::read)
          .isInstanceOf(DataException.class)
          .hasMessageContaining(
              images
                  + " says that it holds "
                  + count
                  + " x 2 x 3 values, which its 17 bytes cannot"
                  + " be; the file is corrupt or cut short");
    }
    Files.write(images, idx3(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));

    assertThatThrownBy(this::read).hasMessageContaining("says that it holds ");
  }

  @Test
  void what_is_packed_is_known_by_its_bytes_and_not_by_its_name() throws IOException {
    Files.move(images, images.resolveSibling(images.getFileName() + ".gz"));
    Files.move(compress(labels), labels);

    assertThat(read().size()).isEqualTo(2);
  }

  @Test
  void empty_files_and_folders_of_the_name_are_errors() throws IOException {
    Files.write(images, new byte[0]);
    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(images + " has 0 bytes; expected: at least 16");

    Files.write(images, new byte[] {0x1F, (byte) 0x8B});
    assertThatThrownBy(this::read)
        .hasMessageContaining(images + " cannot be read: it ends early; the file is cut short");

    Files.delete(images);
    Files.createDirectory(images);
    assertThatThrownBy(this::read).hasMessageContaining(images + " is no regular file, and");

    Files.delete(images);
    assertThatThrownBy(this::read).hasMessageContaining(images + " is missing, and so is");
  }

  @Test
  @Timeout(20)
  void a_pipe_is_refused_instead_of_waited_for() throws Exception {
    Files.delete(images);
    Path pipe = Pipes.make(images);

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(pipe + " is no regular file, and");
  }

  @Test
  void a_file_shorter_than_its_header_is_an_error() throws IOException {
    Files.write(images, new byte[3]);

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(images + " has 3 bytes; expected: at least 16");
  }

  @Test
  void sizes_that_make_no_sense_are_an_error() throws IOException {
    Files.write(images, idx3(-2, 2, 3));

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("axis 0 has the length -2; the file is corrupt");
  }

  @Test
  void unequal_counts_are_an_error() throws IOException {
    Files.write(labels, idx1(3, 1, 0, 1));

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(labels + " has 3 labels; expected: 2");
  }

  @Test
  void a_label_out_of_range_is_an_error() throws IOException {
    Files.write(labels, idx1(2, 0, 2));

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("record 1 has the label 2; allowed: 0 to 1");
  }

  @Test
  void missing_files_say_how_to_get_them() throws IOException {
    Files.delete(labels);

    assertThatThrownBy(this::read)
        .isInstanceOf(DataException.class)
        .hasMessageContaining(labels + " is missing, and so is train-labels-idx1-ubyte.gz")
        .hasMessageContaining("kt data download mnist");
    assertThatThrownBy(
            () ->
                new FashionMnistProvider()
                    .open(new IdxOptions(folder.resolve("none").toString(), 10, 10, 1)))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "none is not a folder; fix: kt data download fashion-mnist, or set path");
  }

  @Test
  void the_provider_splits_what_it_reads() throws IOException {
    Files.write(folder.resolve("t10k-images-idx3-ubyte"), idx3(1, 2, 3, 9, 9, 9, 9, 9, 9));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte"), idx1(1, 7));

    DataSplits splits = new MnistProvider().open(new IdxOptions(folder.toString(), 2, 1, 1));

    assertThat(splits.train().size()).isEqualTo(1);
    assertThat(splits.heldOut().size()).isEqualTo(1);
    assertThat(splits.train().label(0)).isNotEqualTo(splits.heldOut().label(0));
    assertThat(splits.test().classes().get(splits.test().label(0))).isEqualTo("7");
  }

  private MemoryImages read() {
    return new IdxFiles("mnist", CLASSES).read(folder, "train");
  }

  private static Path compress(Path file) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(Files.readAllBytes(file));
    }
    Files.delete(file);
    return Files.write(file.resolveSibling(file.getFileName() + ".gz"), packed.toByteArray());
  }

  private static byte[] idx3(int count, int rows, int columns, int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(16 + values.length);
    buffer.putInt(0x0803).putInt(count).putInt(rows).putInt(columns);
    return buffer.put(TinyImages.bytes(values)).array();
  }

  private static byte[] idx1(int count, int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(8 + values.length);
    return buffer.putInt(0x0801).putInt(count).put(TinyImages.bytes(values)).array();
  }
}
