package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.ndarray.Shape;

class NpzFileTest {

  @TempDir private Path folder;

  private static Weights.Array array(long... axes) {
    Shape shape = Shape.of(axes);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = i / 3f;
    }
    return new Weights.Array(shape, values);
  }

  /** A convolution, a depthwise one, a dense layer, a vector, and numbers that are easily lost. */
  private static Map<String, Weights.Array> arrays() {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    arrays.put("layer1.0.conv1.weight", array(4, 3, 3, 2));
    arrays.put("features.1.conv.0.0.weight", array(5, 1, 3, 3));
    arrays.put("linear.weight", array(10, 7));
    arrays.put("linear.bias", array(10));
    arrays.put("one", array(1));
    arrays.put(
        "odd",
        new Weights.Array(
            Shape.of(6),
            new float[] {
              -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.NEGATIVE_INFINITY, Float.NaN, 0.1f
            }));
    return arrays;
  }

  private Path written() throws IOException {
    Path file = folder.resolve("weights.npz");
    NpzFile.write(new Weights("a test", arrays()), file);
    return file;
  }

  @Test
  void what_is_written_is_read_again_bit_by_bit() throws IOException {
    Map<String, Weights.Array> read = NpzFile.read(written()).arrays();

    assertThat(read).containsOnlyKeys(arrays().keySet());
    arrays()
        .forEach(
            (name, expected) -> {
              Weights.Array found = read.get(name);
              assertThat(found).isNotNull();
              assertThat(found.shape()).isEqualTo(expected.shape());
              assertThat(bits(found.values())).isEqualTo(bits(expected.values()));
            });
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /** Read by numpy's description of its format, in numpy/lib/format.py. */
  @Test
  void each_entry_is_an_npy_file_of_32_bits_in_the_order_of_c() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (InputStream in = Files.newInputStream(written());
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        entries.put(entry.getName(), zip.readAllBytes());
      }
    }

    assertThat(entries)
        .containsOnlyKeys(arrays().keySet().stream().map(name -> name + ".npy").toList());
    arrays()
        .forEach(
            (name, expected) ->
                assertNpy(entries.getOrDefault(name + ".npy", new byte[0]), expected));
  }

  private static void assertNpy(byte[] bytes, Weights.Array expected) {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[6];
    file.get(magic);
    assertThat(magic).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y');
    assertThat(file.get()).isEqualTo((byte) 1);
    assertThat(file.get()).isZero();
    byte[] header = new byte[file.getShort()];
    file.get(header);
    String text = new String(header, StandardCharsets.US_ASCII);
    assertThat(text).endsWith("\n");
    assertThat(file.position() % 16).isZero();
    assertThat(text.replace(" ", ""))
        .contains("'descr':'<f4'")
        .contains("'fortran_order':False")
        .contains("'shape':" + tuple(expected.shape().asArray()));
    float[] values = new float[file.remaining() / 4];
    file.asFloatBuffer().get(values);
    assertThat(bits(values)).isEqualTo(bits(expected.values()));
  }

  /** As Python writes it: one of one has a comma. */
  private static String tuple(long[] axes) {
    StringBuilder tuple = new StringBuilder("(");
    for (int a = 0; a < axes.length; a++) {
      tuple.append(a == 0 ? "" : ",").append(axes[a]);
    }
    return tuple.append(axes.length == 1 ? ",)" : ")").toString();
  }
}
