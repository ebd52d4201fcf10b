package org.kt4j.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;

class SafetensorsFileTest {

  @TempDir private Path folder;

  private static byte[] bytes(int... octets) {
    byte[] bytes = new byte[octets.length];
    for (int i = 0; i < octets.length; i++) {
      bytes[i] = (byte) octets[i];
    }
    return bytes;
  }

  private Path file(String header, byte[] numbers) throws IOException {
    return WrittenWeights.safetensors(
        folder.resolve("w.safetensors"), header.replace('\'', '"'), numbers);
  }

  private static Weights.Array array(Path file, String name) {
    return Objects.requireNonNull(WeightFile.open(file).dictionary(null).arrays().get(name));
  }

  @Test
  void arrays_are_read_where_the_header_says() throws IOException {
    Path file =
        file(
            "{'__metadata__':{'format':'pt'},"
                + "'b':{'dtype':'F32','shape':[2],'data_offsets':[24,32]},"
                + "'a':{'dtype':'F32','shape':[2,3],'data_offsets':[0,24]},"
                + "'none':{'dtype':'F32','shape':[0,3],'data_offsets':[32,32]},"
                + "'one':{'dtype':'F32','shape':[],'data_offsets':[32,36]}}   ",
            WrittenWeights.floats(1, 2, 3, 4, 5, 6, 7, 8, 9));

    assertThat(WeightFile.open(file).form()).isEqualTo("safetensors");
    assertThat(array(file, "a").shape()).isEqualTo(Shape.of(2, 3));
    assertThat(array(file, "a").values()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(array(file, "b").values()).containsExactly(7, 8);
    assertThat(array(file, "none").values()).isEmpty();
    assertThat(array(file, "one").values()).containsExactly(9);
    assertThat(array(file, "one").shape()).isEqualTo(Shape.scalar());
  }

  /** Bytes by IEEE 754, bfloat16 as the upper half of a float32, and two's complement. */
  @Test
  void every_type_of_numbers_is_read() throws IOException {
    Path file =
        file(
            "{'half':{'dtype':'F16','shape':[2],'data_offsets':[0,4]},"
                + "'brain':{'dtype':'BF16','shape':[2],'data_offsets':[4,8]},"
                + "'double':{'dtype':'F64','shape':[1],'data_offsets':[8,16]},"
                + "'i8':{'dtype':'I8','shape':[2],'data_offsets':[16,18]},"
                + "'u8':{'dtype':'U8','shape':[2],'data_offsets':[18,20]},"
                + "'i16':{'dtype':'I16','shape':[1],'data_offsets':[20,22]},"
                + "'u16':{'dtype':'U16','shape':[1],'data_offsets':[22,24]},"
                + "'i32':{'dtype':'I32','shape':[1],'data_offsets':[24,28]},"
                + "'u32':{'dtype':'U32','shape':[1],'data_offsets':[28,32]},"
                + "'i64':{'dtype':'I64','shape':[1],'data_offsets':[32,40]},"
                + "'u64':{'dtype':'U64','shape':[1],'data_offsets':[40,48]},"
                + "'flag':{'dtype':'BOOL','shape':[1],'data_offsets':[48,49]}}",
            bytes(
                0x00, 0x3e, 0xff, 0x7b, // 1.5 and 65504
                0xc0, 0x3f, 0x49, 0xc0, // 1.5 and -3.140625
                0, 0, 0, 0, 0, 0, 0xd0, 0x3f, // 0.25
                0x80, 0x7f, 0, 0xff, 0xfe, 0xff, 0xfe, 0xff, // -128 127, 0 255, -2, 65534
                0xfb, 0xff, 0xff, 0xff, 5, 0, 0, 0, // -5, 5
                0xf9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 7, 0, 0, 0, 0, 0, 0, 0, // -7, 7
                1));

    assertThat(array(file, "half").values()).containsExactly(1.5f, 65504);
    assertThat(array(file, "half").type()).isEqualTo("float16");
    assertThat(array(file, "brain").values()).containsExactly(1.5f, -3.140625f);
    assertThat(array(file, "brain").type()).isEqualTo("bfloat16");
    assertThat(array(file, "double").values()).containsExactly(0.25f);
    assertThat(array(file, "i8").values()).containsExactly(-128, 127);
    assertThat(array(file, "u8").values()).containsExactly(0, 255);
    assertThat(array(file, "i16").values()).containsExactly(-2);
    assertThat(array(file, "u16").values()).containsExactly(65534);
    assertThat(array(file, "i32").values()).containsExactly(-5);
    assertThat(array(file, "u32").values()).containsExactly(5);
    assertThat(array(file, "i64").values()).containsExactly(-7);
    assertThat(array(file, "u64").values()).containsExactly(7);
    assertThat(WeightFile.open(file).dictionary(null).others()).containsOnlyKeys("flag");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[0],'data_offsets':[8,8]}} | has a header that is no JSON
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} x | has a header that is no JSON
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | has 4 bytes behind its last array
          {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | is cut short: its arrays take 16 bytes, and 8 are there
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | the array 'a' begins at byte 4 of the numbers, and the one before it ends at 0: there is a gap
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | the array 'b' begins at byte 4 of the numbers, and the one before it ends at 8: they overlap
          {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | the array 'a' of the type F32 and the shape [3] has the data_offsets [0,8], which are not as far apart as its bytes
          {'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,8]}} | which are not as far apart as its bytes
          {'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | the array 'a' has the shape [-2]; allowed: whole numbers of 0 or more
          {'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | the array 'a' has the shape [2.0]; allowed: whole numbers of 0 or more
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | which are not as far apart as its bytes
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | which are not as far apart as its bytes
          {'a':{'dtype':'F32','shape':[2]}} | the array 'a' has no data_offsets that is a list of numbers
          {'a':{'dtype':'F4','shape':[2],'data_offsets':[0,8]}} | the array 'a' is of the type F4; allowed: F16, BF16, F32, F64 and whole numbers (I8 to I64, U8 to U64); fix: value.float() in PyTorch, and save it again
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'more':1}} | says 'more' of 'a', which the form has not
          {'__metadata__':{'x':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | has a __metadata__ that is no map from text to text
          """)
  void a_header_that_does_not_suit_the_numbers_is_refused(String header, String problem)
      throws IOException {
    Path file = file(header, WrittenWeights.floats(1, 2));

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(problem)
        .hasMessageContaining("; fix: ");
  }

  @Test
  void a_file_that_is_cut_short_or_announces_too_much_is_refused() throws IOException {
    Path whole =
        file("{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", WrittenWeights.floats(1, 2));
    byte[] all = Files.readAllBytes(whole);

    for (int length = 0; length < all.length; length++) {
      Path cut = folder.resolve("cut.safetensors");
      Files.write(cut, Arrays.copyOf(all, length));
      assertThatThrownBy(() -> WeightFile.open(cut))
          .as("%s bytes", length)
          .isInstanceOf(WeightsException.class)
          .hasMessageStartingWith(cut + ": ")
          .hasMessageContaining("fix: ");
    }
    byte[] huge = all.clone();
    Arrays.fill(huge, 0, 8, (byte) 0xff);
    Files.write(whole, huge);
    assertThatThrownBy(() -> WeightFile.open(whole))
        .hasMessageContaining(
            "announces a header of 18446744073709551615 bytes, and " + (all.length - 8));
  }

  @Test
  void arrays_are_those_that_were_written() throws IOException {
    Map<String, Weights.Array> arrays =
        Map.of("fc.weight", new Weights.Array(Shape.of(1, 2), new float[] {-0f, Float.NaN}));
    Path file = WrittenWeights.safetensors(folder.resolve("x.safetensors"), arrays);

    float[] values = array(file, "fc.weight").values();

    assertThat(Float.floatToRawIntBits(values[0])).isEqualTo(Float.floatToRawIntBits(-0f));
    assertThat(values[1]).isNaN();
  }
}
