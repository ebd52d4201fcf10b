package org.kt4j.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;

/** Files that mean harm, and files that are damaged. */
@Timeout(60)
class HostilePickleTest {

  @TempDir private Path folder;

  private Path zip(byte[] pickle, float... numbers) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("data.pkl", pickle);
    entries.put("data/0", WrittenWeights.floats(numbers));
    return WrittenWeights.zipOf(folder.resolve("w.pt"), entries);
  }

  /** A dictionary with one good row of two numbers, and beside it whatever a test wants. */
  private static byte[] beside(Consumer<PickleWriter> value) {
    PickleWriter pickle = PickleWriter.begun().codes('}', '(').text("fc.bias").row("0", 2);
    pickle.text("beside");
    value.accept(pickle);
    return pickle.codes('u').ended();
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "nt, system",
    "subprocess, Popen",
    "builtins, eval",
    "__builtin__, eval",
    "builtins, exec",
    "builtins, __import__",
    "runpy, _run_code",
    "importlib, import_module",
    "multiprocessing.util, spawnv_passfds",
    "torch._utils, _rebuild_tensor_v2.__globals__"
  })
  void what_starts_programs_is_named_and_never_run(String module, String name) throws IOException {
    Path harmed = folder.resolve("harmed");
    byte[] pickle =
        beside(p -> p.global(module, name).codes('(').text("touch " + harmed).codes('t', 'R'));

    if (module.startsWith("torch")) {
      assertThat(WeightFile.open(zip(pickle, 1, 2)).dictionary(null).arrays())
          .containsOnlyKeys("fc.bias");
    } else {
      for (Path file :
          List.of(
              zip(pickle, 1, 2),
              WrittenWeights.oldOf(
                  folder.resolve("old.pt"), pickle, List.of(WrittenWeights.floats(1, 2))))) {
        assertThatThrownBy(() -> WeightFile.open(file))
            .isInstanceOf(WeightsException.class)
            .hasMessage(
                file
                    + ": asks to call "
                    + module
                    + "."
                    + name
                    + " when it is opened, which no file of weights needs: it may be an attack."
                    + " Nothing was run; fix: take the weights from a source that you trust, as"
                    + " .safetensors");
      }
    }
    assertThat(harmed).doesNotExist();
  }

  /** By every code that can make an object: REDUCE, NEWOBJ, NEWOBJ_EX, and BUILD with a state. */
  @Test
  void objects_of_unknown_classes_beside_the_weights_are_passed_over() throws IOException {
    byte[] pickle =
        beside(
            p ->
                p.codes('(')
                    .global("argparse", "Namespace")
                    .codes(')', 0x81, '}')
                    .text("lr")
                    .integer(1)
                    .codes('s', 'b')
                    .global("a.b", "C")
                    .codes(')', 'R')
                    .global("a.b", "D")
                    .codes(')', '}', 0x92)
                    .text("module")
                    .text("f")
                    .codes(0x93, ')', 'R', 'l'));

    StateDictionary read = WeightFile.open(zip(pickle, 1, 2)).dictionary(null);

    assertThat(read.arrays()).containsOnlyKeys("fc.bias");
  }

  @Test
  void an_object_of_an_unknown_class_in_place_of_a_weight_is_named() throws IOException {
    byte[] pickle = beside(p -> p.global("custom.lib", "PackedTensor").codes(')', 'R'));

    StateDictionary read = WeightFile.open(zip(pickle, 1, 2)).dictionary(null);

    assertThat(read.others())
        .containsExactly(Map.entry("beside", "PyTorch: an object of custom.lib.PackedTensor"));
  }

  private void assertRefused(byte[] pickle, String problem) throws IOException {
    Path file = zip(pickle, 1, 2);
    assertThatThrownBy(() -> WeightFile.open(file).dictionary(null))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(problem);
  }

  @Test
  void counts_beyond_the_file_are_refused_before_memory_is_taken() throws IOException {
    assertRefused(
        beside(p -> p.codes('X').int32(-1)),
        "announces 4294967295 bytes of text or numbers where at most ");
    assertRefused(
        beside(p -> p.codes(0x8d).int64(Long.MAX_VALUE)), "announces 9223372036854775807 bytes");
    assertRefused(beside(p -> p.codes(0x8e).int64(-1)), "announces 18446744073709551615 bytes");
    assertRefused(beside(p -> p.codes(0x8b).int32(Integer.MAX_VALUE)), "announces 2147483647");
    assertRefused(
        beside(p -> p.row("0", Long.MAX_VALUE)),
        "has a storage '0' of 9223372036854775807 numbers");
    assertRefused(
        beside(p -> p.row("9", 1L << 20)), "lacks the entry 'archive/data/9' with numbers");
    assertRefused(
        PickleWriter.begun().codes('}', '(').text("a").row("0", 1L << 30).codes('u').ended(),
        "has 8 bytes in 'archive/data/0', where 1073741824 numbers of float32 are announced");
    assertRefused(
        beside(p -> p.codes('r').int32(-1).codes('j').int32(7)),
        "refers to a value 7 that it did not store");
  }

  @Test
  void tensors_outside_of_their_storage_are_refused() throws IOException {
    long[] two = {2};
    long[] one = {1};
    assertRefused(
        beside(p -> p.tensor("FloatStorage", "0", 2, 1, two, one)),
        "has a tensor that reads number 3 of the storage '0', which has 2");
    assertRefused(
        beside(p -> p.tensor("FloatStorage", "0", 2, 0, two, new long[] {Long.MAX_VALUE})),
        "of the storage '0', which has 2");
    assertRefused(
        beside(p -> p.tensor("FloatStorage", "0", 2, 0, two, new long[] {-1})),
        "whose sizes are no whole numbers of 0 or more");
    assertRefused(
        beside(p -> p.tensor("FloatStorage", "0", 2, -1, two, one)),
        "whose sizes and strides do not belong together");
    assertRefused(
        beside(p -> p.tensor("FloatStorage", "0", 2, 0, two, new long[] {1, 1})),
        "whose sizes and strides do not belong together");
    assertRefused(
        beside(
            p -> p.tensor("FloatStorage", "0", 2, 0, new long[] {1L << 31, 1L << 31}, new long[2])),
        "numbers; allowed: at most 2147483639");
    assertRefused(
        beside(p -> p.tensor("DoubleStorage", "0", 2, 0, two, one)),
        "has a storage '0' of two kinds: 2 numbers of float32 and 2 of float64");
  }

  /** One number that stands for two thousand million, several times. */
  @Test
  void numbers_that_are_repeated_without_end_are_refused() throws IOException {
    assertRefused(
        beside(
            p -> p.tensor("FloatStorage", "0", 2, 0, new long[] {2_000_000_000}, new long[] {0})),
        "has tensors that together have more than 4 numbers for each byte of the file");
  }

  /** Lists of the same list twice, forty times over: a million million in a few bytes. */
  @Test
  void a_value_that_is_stored_once_and_meant_often_takes_no_memory() throws IOException {
    byte[] pickle =
        beside(
            p -> {
              p.codes(']', 'q', 0);
              for (int i = 0; i < 40; i++) {
                p.codes(']', '(', 'h', i, 'h', i, 'e', 'q', i + 1);
              }
              for (int i = 0; i < 40; i++) {
                p.codes(0x86); // leaves one value
              }
            });

    assertThat(WeightFile.open(zip(pickle, 1, 2)).dictionary(null).arrays())
        .containsOnlyKeys("fc.bias");
  }

  /** Dictionaries that hold themselves, and each other many times. */
  @Test
  void dictionaries_in_dictionaries_are_visited_once() throws IOException {
    byte[] pickle =
        beside(
            p -> {
              p.codes('}', 'q', 0);
              for (int i = 0; i < 60; i++) {
                p.text("left" + i).codes('h', 0, 's').text("right" + i).codes('h', 0, 's');
              }
            });

    assertThat(WeightFile.open(zip(pickle, 1, 2)).dictionary(null).arrays())
        .containsOnlyKeys("fc.bias");
  }

  @Test
  void depth_takes_no_stack() throws IOException {
    byte[] pickle =
        beside(
            p -> {
              for (int i = 0; i < 200_000; i++) {
                p.codes('(');
              }
              for (int i = 0; i < 200_000; i++) {
                p.codes('l');
              }
              for (int i = 0; i < 200_000; i++) {
                p.codes(0x85);
              }
              p.codes('q', 1, '0', '}', 'h', 1, 'N', 's'); // as a key
            });

    assertThat(WeightFile.open(zip(pickle, 1, 2)).dictionary(null).arrays())
        .containsOnlyKeys("fc.bias");
  }

  @Test
  void a_pickle_of_too_many_steps_is_refused() throws IOException {
    assertRefused(
        beside(
            p -> {
              for (int i = 0; i < PickleMachine.MOST_STEPS; i++) {
                p.codes('}');
              }
            }),
        "takes more than 4000000 steps to read, which no file of weights needs");
  }

  @Test
  void a_pickle_that_is_none_is_refused() throws IOException {
    assertRefused(PickleWriter.begun().codes('u').ended(), "goes back to a mark where there is");
    assertRefused(PickleWriter.begun().ended(), "takes a value where there is none");
    assertRefused(PickleWriter.begun().codes('N', 'N', 'a').ended(), "fills what is no list");
    assertRefused(PickleWriter.begun().codes('N', 'N', 'R').ended(), "calls something with what");
    assertRefused(PickleWriter.begun().codes('N', ')', 'R').ended(), "calls what is no class");
    assertRefused(PickleWriter.begun().codes('}', '(', 'N', 'u').ended(), "a key without a value");
    assertRefused(PickleWriter.begun().codes('N', 'Q').ended(), "that is no storage");
    assertRefused(
        PickleWriter.begun().codes('I').ended(),
        "has the code 0x49 at a place where torch.save writes none");
    assertRefused(
        PickleWriter.begun().codes(0x80, 6).ended(), "is a pickle of protocol 6; allowed: 2 to 5");
    assertRefused(
        PickleWriter.begun().global("torch._utils", "_rebuild_tensor_v2").codes(')', 'R').ended(),
        "calls a function of PyTorch with too few arguments");
    assertRefused(
        PickleWriter.begun().codes('c').text("x".repeat(5000)).ended(), "holds a name of more");
    assertRefused(
        PickleWriter.begun().storage("Evil", "0", 2).ended(),
        "has a storage of the class torch.Evil, which is none of PyTorch's");
  }

  /** Keys are looked for in the archive alone. */
  @Test
  void names_of_paths_lead_nowhere() throws IOException {
    Files.write(folder.resolve("secret"), WrittenWeights.floats(1, 2));
    assertRefused(
        beside(p -> p.row("../../secret", 2)), "lacks the entry 'archive/data/../../secret'");
    assertRefused(
        beside(p -> p.row(folder.resolve("secret").toString(), 2)),
        "lacks the entry 'archive/data/");
  }

  @Test
  void a_bomb_of_an_archive_is_refused_before_it_is_unpacked() throws IOException {
    Path file = folder.resolve("bomb.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("archive/data.pkl"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 200; i++) {
        zip.write(zeros);
      }
    }

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(
            "is compressed, which torch.save never does: 'archive/data.pkl' takes ")
        .hasMessageContaining(" bytes for 209715200; fix: ");
  }

  /** Two entries of the directory that say the same bytes are theirs. */
  @Test
  void entries_that_overlap_are_refused() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("data.pkl", beside(p -> p.codes('N')));
    entries.put("data/0", new byte[4000]);
    byte[] bytes = Files.readAllBytes(WrittenWeights.zipOf(folder.resolve("w.pt"), entries));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int directory = text.indexOf("PK\u0001\u0002");
    int last = text.lastIndexOf("PK\u0001\u0002");
    int end = text.indexOf("PK\u0005\u0006");
    byte[] again = Arrays.copyOfRange(bytes, last, end);
    byte[] renamed =
        new String(again, StandardCharsets.ISO_8859_1)
            .replace("data/0", "data/1")
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] tail = Arrays.copyOfRange(bytes, end, bytes.length);
    tail[8]++;
    tail[10]++;
    int size = end - directory + renamed.length;
    tail[12] = (byte) size;
    tail[13] = (byte) (size >> 8);
    Path file = folder.resolve("overlap.pt");
    Files.write(file, WrittenWeights.joined(Arrays.copyOf(bytes, end), renamed, tail));

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("has entries that overlap: together they take more than the ");
  }

  @Test
  void a_damaged_number_is_seen_by_the_checksum() throws IOException {
    Path file =
        WrittenWeights.zip(
            folder.resolve("w.pt"),
            Map.of("a", new Weights.Array(Shape.of(3), new float[] {1.5f, 2.5f, 3.5f})));
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String number = new String(WrittenWeights.floats(2.5f), StandardCharsets.ISO_8859_1);
    bytes[text.indexOf(number, text.indexOf("data/0"))] ^= 1;
    Files.write(file, bytes);

    Weights.Array damaged =
        WeightFile.open(file).dictionary(null).arrays().values().iterator().next();

    assertThatThrownBy(damaged::values)
        .isInstanceOf(WeightsException.class)
        .hasMessage(
            file + ": the array 'a' is damaged: the checksum (CRC-32) of 'archive/data/0' differs");
  }

  /** Whatever is done to a file, it is read or refused in words. */
  @Test
  void a_spoilt_file_is_read_or_refused_in_words() throws IOException {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    arrays.put("fc.weight", new Weights.Array(Shape.of(2, 2), new float[] {1, 2, 3, 4}));
    arrays.put("fc.bias", new Weights.Array(Shape.of(2), new float[] {5, 6}));
    List<byte[]> valid =
        List.of(
            Files.readAllBytes(WrittenWeights.zip(folder.resolve("a.pt"), arrays)),
            Files.readAllBytes(WrittenWeights.old(folder.resolve("b.pt"), arrays)),
            Files.readAllBytes(
                WrittenWeights.safetensors(folder.resolve("c.safetensors"), arrays)));
    SplittableRandom random = new SplittableRandom(7);
    Path file = folder.resolve("spoilt.pt");
    for (int i = 0; i < 900; i++) {
      byte[] bytes = valid.get(i % 3).clone();
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      } else {
        for (int k = random.nextInt(3); k >= 0; k--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      Files.write(file, bytes);
      try {
        WeightFile.open(file).dictionary(null).arrays().values().forEach(Weights.Array::values);
      } catch (WeightsException e) {
        assertThat(e).hasMessageStartingWith(file + ": ");
      }
    }
  }

  @Test
  void an_old_file_that_is_cut_short_is_refused() throws IOException {
    Path whole =
        WrittenWeights.old(
            folder.resolve("old.pt"),
            Map.of("a", new Weights.Array(Shape.of(3), new float[] {1, 2, 3})));
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = folder.resolve("cut.pt");
    for (int length = 0; length < bytes.length; length++) {
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> WeightFile.open(cut))
          .as("%s bytes", length)
          .isInstanceOf(WeightsException.class);
    }
    ByteArrayOutputStream more = new ByteArrayOutputStream();
    more.writeBytes(bytes);
    more.write(0);
    Files.write(cut, more.toByteArray());
    assertThatThrownBy(() -> WeightFile.open(cut))
        .hasMessage(cut + ": has 1 bytes behind the last of its storages");
  }
}
