package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

  @Test
  void the_same_weights_are_the_same_bytes_at_any_time() throws IOException {
    try (ZipFile archive = new ZipFile(written().toFile())) {
      assertThat(archive.stream().map(ZipEntry::getTimeLocal))
          .hasSize(arrays().size())
          .containsOnly(LocalDateTime.of(1980, 1, 1, 0, 0));
    }
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

  /**
   * The file numpy.npz was written by NumPy 2.4, {@code numpy.savez_compressed}, from {@code a =
   * numpy.arange(24).reshape(2, 3, 4) / 4 - 1} in the types and orders that the names say.
   */
  @Test
  void every_type_and_order_of_numpy_is_read() throws IOException {
    Path file = folder.resolve("numpy.npz");
    try (InputStream in = NpzFileTest.class.getResourceAsStream("numpy.npz")) {
      Files.copy(Objects.requireNonNull(in), file);
    }
    float[] expected = new float[24];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = i / 4f - 1;
    }

    Weights read = NpzFile.read(file);

    for (String name : List.of("plain", "fortran", "double", "half", "big", "bigdouble")) {
      Weights.Array array = Objects.requireNonNull(read.arrays().get(name), name);
      assertThat(array.shape()).as(name).isEqualTo(Shape.of(2, 3, 4));
      assertThat(array.values()).as(name).containsExactly(expected);
    }
    assertThat(values(read, "whole")).startsWith(-4, -3, -2).hasSize(24);
    assertThat(values(read, "bytes")).containsExactly(0, 127, 255);
    assertThat(values(read, "best_acc")).containsExactly(93.5f);
    assertThat(values(read, "empty")).isEmpty();
    assertThat(read.others())
        .containsOnly(
            Map.entry("arch", "<U7"),
            Map.entry("epoch", "<i8"),
            Map.entry("any", "|O"),
            Map.entry("flags", "|b1"));
    assertThat(read.arrays().values())
        .extracting(Weights.Array::type)
        .contains("float16", "float32", "float64", "uint8");
  }

  /** Bytes that are changed, left out or put in, wherever they are. */
  @Test
  void a_damaged_file_is_read_or_refused_and_nothing_else() throws IOException {
    byte[] whole;
    try (InputStream in = NpzFileTest.class.getResourceAsStream("numpy.npz")) {
      whole = Objects.requireNonNull(in).readAllBytes();
    }
    Path file = folder.resolve("damaged.npz");
    SplittableRandom random = new SplittableRandom(15);
    int refused = 0;
    for (int i = 0; i < 600; i++) {
      byte[] damaged = whole.clone();
      for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      int from = random.nextInt(damaged.length);
      int to = i % 3 == 0 ? Math.min(damaged.length, from + random.nextInt(40)) : from;
      byte[] put = new byte[i % 5 == 0 ? random.nextInt(40) : 0];
      Files.write(
          file,
          joined(
              Arrays.copyOf(damaged, from), put, Arrays.copyOfRange(damaged, to, damaged.length)));
      try {
        NpzFile.read(file);
      } catch (WeightsException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(300, 600);
  }

  private static float[] values(Weights weights, String name) {
    return Objects.requireNonNull(weights.arrays().get(name), name).values();
  }

  @Test
  void the_three_versions_of_the_format_are_read() throws IOException {
    byte[] one = floats(1);
    for (int version = 1; version <= 3; version++) {
      byte[] npy = npy(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", one);

      assertThat(values(NpzFile.read(zip(Map.of("a.npy", npy))), "a")).containsExactly(1);
    }
    // Other writers: of Python 2, without spaces, with the keys in another order.
    for (String header :
        List.of(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }",
            "{'descr':'<f4','fortran_order':False,'shape':(1,)}",
            "{\"shape\": (1,), \"descr\": \"<f4\", \"fortran_order\": False}")) {
      assertThat(values(NpzFile.read(zip(Map.of("a.npy", npy(1, header, one)))), "a"))
          .containsExactly(1);
    }
  }

  @Test
  void what_is_no_npz_file_is_told() throws IOException {
    byte[] npy = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", floats(1));
    Path file = folder.resolve("w.npz");
    Map<String, byte[]> cases = new LinkedHashMap<>();
    cases.put("is no .npz file: it is an .npy file, one array without a name; fix: ", npy);
    cases.put("is no .npz file: it is empty; fix: copy or download it again", new byte[0]);
    cases.put("is no .npz file: it is a web page (HTML); fix: ", ascii("<!DOCTYPE html>"));
    cases.put("is no .npz file: it is a pointer of", ascii("version https://git-lfs.github.com"));
    cases.put("is no whole .npz file (", ascii("weights"));
    for (Map.Entry<String, byte[]> each : cases.entrySet()) {
      Files.write(file, each.getValue());

      assertThatThrownBy(() -> NpzFile.read(file))
          .isInstanceOf(WeightsException.class)
          .hasMessageStartingWith(file + ": " + each.getKey())
          .hasMessageContaining("; fix: ");
    }
    assertThatThrownBy(() -> NpzFile.read(zip(Map.of("archive/data.pkl", ascii("pickle")))))
        .hasMessage(
            file
                + ": holds no arrays of numbers, but archive/data.pkl; fix: numpy.savez(file, **{name:"
                + " value.numpy() for name, value in state.items()})");
    assertThatThrownBy(() -> NpzFile.read(folder))
        .hasMessage(folder + ": is a folder; fix: name an .npz file");
  }

  @Test
  void a_header_that_is_none_of_numpys_is_refused_by_the_arrays_name() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("{'descr': '<f4', 'fortran_order': False}", "has a header that is none of NumPy's");
    headers.put(
        "{'descr': '<f4', 'fortran_order': False, 'shape': __import__('os').getcwd(), }",
        "has a header that is none of NumPy's");
    headers.put(
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
        "has a header that is none of NumPy's");
    headers.put(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "has a header that is none of NumPy's");
    headers.put(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }",
        "has the shape [99999999999, 99999999999]; allowed: at most 2147483639 numbers");
    headers.put(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1000, 1000, 1000), }",
        "is <f4 of the shape [1000, 1000, 1000], which takes 4000000");
    headers.put(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }",
        "is <f8 of the shape [1], which takes 136 bytes with its header, and the file holds 132");
    headers.put(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }" + " ".repeat(20_000),
        "has a header of 20");
    headers.forEach(
        (header, problem) ->
            assertThatThrownBy(
                    () -> NpzFile.read(zip(Map.of("conv.weight.npy", npy(1, header, floats(1))))))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("w.npz: the array 'conv.weight' " + problem)
                .hasMessageEndingWith("; fix: save it again by numpy.savez"));
    assertThatThrownBy(() -> NpzFile.read(zip(Map.of("a.npy", npy(4, "{}", new byte[0])))))
        .hasMessageContaining("has the .npy format version 4.0; allowed: 1.0, 2.0 and 3.0");
    assertThatThrownBy(() -> NpzFile.read(zip(Map.of("a.npy", ascii("text")))))
        .hasMessageContaining("the array 'a' is cut short");
  }

  @Test
  void an_integer_that_float32_does_not_hold_is_refused() throws IOException {
    byte[] number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(1 << 25).array();
    String single = "{'descr': '<i8', 'fortran_order': False, 'shape': (), }";

    assertThatThrownBy(
            () -> NpzFile.read(zip(Map.of("a.npy", npy(1, single.replace("()", "(1,)"), number)))))
        .hasMessageContaining("the array 'a' holds the integer 33554432; allowed: those that")
        .hasMessageContaining("up to 16777216");
    // A count of steps is no weight.
    Weights beside =
        NpzFile.read(
            zip(
                Map.of(
                    "step.npy",
                    npy(1, single, number),
                    "a.npy",
                    npy(
                        1,
                        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
                        floats(1)))));
    assertThat(beside.arrays()).containsOnlyKeys("a");
    assertThat(beside.others()).containsKey("step");
  }

  @Test
  void a_damaged_or_doubled_entry_is_refused() throws IOException {
    byte[] npy = npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", floats(1, 2));
    byte[] zip = Files.readAllBytes(zip(Map.of("a.npy", npy, "b.npy", npy)));
    String text = new String(zip, StandardCharsets.ISO_8859_1);
    Path file = folder.resolve("w.npz");

    Files.writeString(file, text.replace("b.npy", "a.npy"), StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(WeightsException.class)
        .hasMessage(file + ": holds 'a' twice; fix: save it again, each array once");

    byte[] changed = zip.clone();
    changed[text.indexOf("\n", text.indexOf("shape")) + 1] ^= 1;
    Files.write(file, changed);
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("' is damaged: its checksum (CRC-32) differs; fix: ");

    for (int cut : new int[] {1, 30, zip.length / 2, zip.length - 20}) {
      Files.write(file, Arrays.copyOf(zip, zip.length - cut));
      assertThatThrownBy(() -> NpzFile.read(file))
          .as("%s bytes less", cut)
          .isInstanceOf(WeightsException.class)
          .hasMessageStartingWith(file + ": is no whole .npz file (");
    }
  }

  private static String header(String type, int size) {
    return "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + size + ",), }";
  }

  @Test
  void a_file_without_arrays_of_numbers_tells_what_it_holds() throws IOException {
    byte[] counter =
        npy(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (), }", little(8, 1));
    byte[] halves = npy(1, header("|V2", 2), new byte[4]);
    Map<String, byte[]> bfloat16 = new LinkedHashMap<>();
    bfloat16.put("bn.num_batches_tracked.npy", counter);
    for (String name : List.of("a", "b", "c", "d")) {
      bfloat16.put(name + ".npy", halves);
    }
    String raw = " is raw bytes, as bfloat16 becomes in NumPy (|V2)";
    String allowed = "; allowed: arrays of floats of 16, 32 or 64 bits or of integers; fix: ";

    assertThatThrownBy(() -> NpzFile.read(zip(bfloat16)))
        .isInstanceOf(WeightsException.class)
        .hasMessageEndingWith(
            "w.npz: holds no arrays of numbers: a"
                + raw
                + ", b"
                + raw
                + ", c"
                + raw
                + " and 2 more"
                + allowed
                + "bfloat16 as floats: value.float().numpy() in PyTorch");
    assertThatThrownBy(
            () ->
                NpzFile.read(
                    zip(
                        Map.of(
                            "state.npy",
                            npy(
                                1,
                                "{'descr': '|O', 'fortran_order': False, 'shape': (), }",
                                ascii("a pickle"))))))
        .isInstanceOf(WeightsException.class)
        .hasMessageEndingWith(
            "w.npz: holds no arrays of numbers: state is Python objects (|O)"
                + allowed
                + "numpy.savez(file, **{name: value.numpy() for name, value in state.items()})");
    assertThatThrownBy(() -> NpzFile.read(zip(Map.of("__MACOSX/._a.npy", ascii("Apple")))))
        .hasMessageContaining("w.npz: holds no arrays of numbers, but nothing; fix: numpy.savez(");
  }

  /** A folder that was packed on a Mac, or by another tool than NumPy. */
  @Test
  void what_other_packers_write_is_passed_over_or_told() throws IOException {
    byte[] npy = npy(1, header("<f4", 1), floats(1));

    assertThat(
            NpzFile.read(
                    zip(
                        Map.of(
                            "weights/a.npy",
                            npy,
                            "__MACOSX/weights/._a.npy",
                            new byte[] {0, 5, 22, 7},
                            "weights/read.me",
                            ascii("a text"))))
                .arrays())
        .containsOnlyKeys("weights/a");

    assertThatThrownBy(() -> NpzFile.read(zip(Map.of("conv.weight", npy))))
        .isInstanceOf(WeightsException.class)
        .hasMessageEndingWith(
            "w.npz: the array 'conv.weight' lacks the ending .npy of its entry in the archive; fix:"
                + " save it again by numpy.savez");

    // The method stands 8 bytes behind the start of a local header, 10 behind that of a central.
    byte[] archive = Files.readAllBytes(zip(Map.of("a.npy", npy)));
    int central = new String(archive, StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
    archive[8] = 14;
    archive[central + 10] = 14;
    Path file = folder.resolve("lzma.npz");
    Files.write(file, archive);
    assertThatThrownBy(() -> NpzFile.read(file))
        .isInstanceOf(WeightsException.class)
        .hasMessage(
            file
                + ": is compressed by method 14 of ZIP; allowed: stored (0) or deflated (8); fix:"
                + " numpy.savez or numpy.savez_compressed");
  }

  /** A gigabyte of zeros is a megabyte in a file. */
  @Test
  void what_does_not_fit_into_memory_is_refused_before_it_is_unpacked() throws IOException {
    byte[] npy =
        npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (5, 5), }", new byte[100]);
    Path file = zip(Map.of("a.npy", npy, "b.npy", npy));

    assertThat(NpzFile.read(file, 200).arrays()).hasSize(2);
    assertThatThrownBy(() -> NpzFile.read(file, 199))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith(
            file + ": holds more numbers than fit into a third of Java's memory of ")
        .hasMessageContaining("' alone is [5, 5]; fix: ")
        .hasMessageEndingWith("JAVA_TOOL_OPTIONS=-Xmx8g");
  }

  /** Numbers, each behind the bytes that it takes. */
  private static byte[] little(long... sizesAndNumbers) {
    ByteBuffer all = ByteBuffer.allocate(8 * sizesAndNumbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < sizesAndNumbers.length; i += 2) {
      int at = all.position();
      all.putLong(sizesAndNumbers[i + 1]).position(at + (int) sizesAndNumbers[i]);
    }
    return Arrays.copyOf(all.array(), all.position());
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** An .npy file with a header padded as NumPy pads it. */
  private static byte[] npy(int version, String header, byte[] data) {
    int before = 6 + 2 + (version == 1 ? 2 : 4);
    int length = (before + header.length() + 1 + 63) / 64 * 64 - before;
    String padded = header + " ".repeat(length - header.length() - 1) + "\n";
    return joined(
        new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0},
        version == 1 ? little(2, length) : little(4, length),
        ascii(padded),
        data);
  }

  /** A zip file that stores its entries, as {@code numpy.savez} does. */
  private Path zip(Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve("w.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        ZipEntry entry = new ZipEntry(each.getKey());
        CRC32 crc = new CRC32();
        crc.update(each.getValue());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(each.getValue().length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(each.getValue());
      }
    }
    return file;
  }

  @Test
  @Timeout(20)
  void a_pipe_is_refused_instead_of_waited_for() throws Exception {
    Path pipe = folder.resolve("pipe.npz");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> NpzFile.read(pipe))
        .isInstanceOf(WeightsException.class)
        .hasMessage(pipe + ": is no regular file; fix: name an .npz file");
  }
}
