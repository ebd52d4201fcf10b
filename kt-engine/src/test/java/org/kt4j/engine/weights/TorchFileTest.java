package org.kt4j.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;

/**
 * Files that PyTorch 1.13 wrote. Each array of floats of {@code state} counts from 100 times its
 * place in the state dictionary of a convolution, a normalisation and a dense layer.
 */
class TorchFileTest {

  @TempDir private Path folder;

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = TorchFileTest.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), file);
    }
    return file;
  }

  private static float[] values(StateDictionary dictionary, String name) {
    return Objects.requireNonNull(dictionary.arrays().get(name), name).values();
  }

  private static void assertState(StateDictionary state, float more) {
    assertThat(state.arrays().keySet())
        .containsExactly(
            "conv.weight",
            "conv.bias",
            "bn.weight",
            "bn.bias",
            "bn.running_mean",
            "bn.running_var",
            "linear.weight",
            "linear.bias");
    assertThat(Objects.requireNonNull(state.arrays().get("conv.weight")).shape())
        .isEqualTo(Shape.of(3, 1, 2, 2));
    float[] weight = values(state, "conv.weight");
    assertThat(weight).hasSize(12);
    for (int i = 0; i < 12; i++) {
      assertThat(weight[i]).isEqualTo(i + more);
    }
    assertThat(values(state, "bn.running_var")).containsExactly(500 + more, 501 + more, 502 + more);
    assertThat(Objects.requireNonNull(state.arrays().get("linear.weight")).shape())
        .isEqualTo(Shape.of(2, 3));
    assertThat(values(state, "linear.weight"))
        .containsExactly(700 + more, 701 + more, 702 + more, 703 + more, 704 + more, 705 + more);
    assertThat(values(state, "linear.bias")).containsExactly(800 + more, 801 + more);
    assertThat(state.others()).containsExactly(Map.entry("bn.num_batches_tracked", "<i8"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"state-zip.pt", "state-old.pt", "state-p4.pt"})
  void a_state_dictionary_is_read(String name) throws IOException {
    WeightFile file = WeightFile.open(resource(name));

    assertThat(file.form()).isEqualTo(name.contains("old") ? "PyTorch, old form" : "PyTorch");
    assertState(file.dictionary(null), 0);
    assertThat(file.said(file.dictionary(null))).isEmpty();
  }

  /** With an epoch, arguments, an optimizer, a date and a moving average of the weights. */
  @ParameterizedTest
  @ValueSource(strings = {"checkpoint-zip.pt", "checkpoint-old.pt", "checkpoint-p4.pt"})
  void of_a_checkpoint_the_weights_are_taken(String name) throws IOException {
    WeightFile file = WeightFile.open(resource(name));

    assertState(file.dictionary(null), 0);
    assertState(file.dictionary("state_dict_ema"), 0.5f);
    assertThat(file.dictionary("linear").arrays()).containsOnlyKeys("weight", "bias");
    assertThat(file.said(file.dictionary(null)))
        .isEqualTo(" (state_dict; also there: state_dict_ema)");
    assertThatThrownBy(() -> file.dictionary("model"))
        .isInstanceOf(WeightsException.class)
        .hasMessageEndingWith(
            name
                + ": has no part 'model'; allowed: state_dict, state_dict_ema, or what names begin"
                + " with up to a dot");
  }

  /** Of 0 to 23: rows of six. Numbers of the other types as PyTorch was given them. */
  @ParameterizedTest
  @ValueSource(strings = {"views-zip.pt", "views-old.pt"})
  void views_of_a_storage_and_all_types_are_read(String name) throws IOException {
    StateDictionary views = WeightFile.open(resource(name)).dictionary(null);

    assertThat(values(views, "whole")).hasSize(24).startsWith(0, 1, 2).endsWith(22, 23);
    assertThat(values(views, "transposed"))
        .startsWith(0, 6, 12, 18, 1, 7, 13, 19)
        .endsWith(5, 11, 17, 23);
    assertThat(Objects.requireNonNull(views.arrays().get("transposed")).shape())
        .isEqualTo(Shape.of(6, 4));
    assertThat(values(views, "strided")).containsExactly(6, 8, 10, 12, 14, 16, 18, 20, 22);
    assertThat(values(views, "part")).containsExactly(5, 6, 7, 8);
    assertThat(values(views, "expanded")).containsExactly(7, 7, 7, 8, 8, 8);
    // [2, 3, 4] with its last axis first: number 12 i + 4 j + k at [k, i, j].
    assertThat(values(views, "permuted")).startsWith(0, 4, 8, 12, 16, 20, 1, 5).endsWith(19, 23);
    // Half a step of float16 at 6.1e-5.
    assertThat(values(views, "half"))
        .containsExactly(new float[] {1.5f, -2, 65504, 6.1e-5f}, within(6e-8f));
    assertThat(values(views, "bf")).startsWith(1.5f, -2, 3.140625f);
    assertThat(values(views, "bf")[3]).isBetween(0.996e30f, 1.004e30f); // eight bits are kept
    assertThat(values(views, "double")).containsExactly(0.1f, 1e-30f);
    assertThat(values(views, "i8")).containsExactly(-128, 127);
    assertThat(values(views, "u8")).containsExactly(0, 255);
    assertThat(values(views, "i16")).containsExactly(-32768, 32767);
    assertThat(values(views, "i32")).containsExactly(-5, 1 << 24);
    assertThat(values(views, "i64")).containsExactly(-7, 9);
    assertThat(values(views, "scalar")).containsExactly(2.5f);
    assertThat(values(views, "empty")).isEmpty();
    assertThat(values(views, "parameter")).containsExactly(1, 2);
    assertThat(views.others()).containsExactly(Map.entry("flag", "PyTorch: bool"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"module-zip.pt", "module-inside-zip.pt"})
  void a_whole_model_is_refused_with_the_way_out(String name) throws IOException {
    Path file = resource(name);
    boolean inside = name.contains("inside");

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(WeightsException.class)
        .hasMessage(
            file
                + ": holds a whole model, that is its Python code by name ("
                + (inside ? "model: " : "")
                + "torch.nn.modules.container.Sequential), and not its weights alone; fix: in"
                + " Python, where it can be loaded, torch.save("
                + (inside ? "checkpoint['model']" : "model")
                + ".state_dict(), 'weights.pt')");
  }

  /** The old form names its class outside of the pickle, with its source. */
  @Test
  void a_whole_model_in_the_old_form_is_refused() throws IOException {
    byte[] pickle =
        PickleWriter.begun()
            .codes('(')
            .text("module")
            .global("__main__", "Net")
            .text("net.py")
            .text("class Net(nn.Module): ...")
            .codes('t', 'Q', ')', 0x81, '}', '(')
            .text("_parameters")
            .codes('}')
            .text("_modules")
            .codes('}', 'u', 'b')
            .ended();
    Path file = WrittenWeights.oldOf(folder.resolve("old.pt"), pickle, List.of());

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(
            "holds a whole model, that is its Python code by name (__main__.Net)");
  }

  @Test
  void a_program_of_torchscript_is_told_apart() throws IOException {
    Path file = resource("script.pt");

    assertThatThrownBy(() -> WeightFile.open(file))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith(
            file
                + ": is a program of TorchScript (torch.jit.save), not weights alone; fix: name it"
                + " as a model, teacher: {model: "
                + file
                + "}, or ");
  }

  @Test
  void numbers_of_a_machine_of_the_other_order_are_read() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(
        "data.pkl", PickleWriter.begun().codes('}', '(').text("a").row("0", 2).codes('u').ended());
    entries.put("byteorder", "big".getBytes(StandardCharsets.US_ASCII));
    entries.put("data/0", new byte[] {0x3f, (byte) 0x80, 0, 0, 0x40, 0, 0, 0}); // 1 and 2

    Path file = WrittenWeights.zipOf(folder.resolve("big.pt"), entries);

    assertThat(values(WeightFile.open(file).dictionary(null), "a")).containsExactly(1, 2);
  }

  /** As PyTorch 2 writes types without a storage class of their own. */
  @Test
  void a_tensor_that_says_its_type_itself_is_read() throws IOException {
    PickleWriter pickle = PickleWriter.begun().codes('}', '(');
    for (String type : List.of("uint16", "float8_e4m3fn")) {
      pickle
          .text(type)
          .global("torch._utils", "_rebuild_tensor_v3")
          .codes('(')
          .codes('(')
          .text("storage")
          .global("torch.storage", "UntypedStorage")
          .text("0")
          .text("cpu")
          .integer(4)
          .codes('t', 'Q')
          .integer(0)
          .integers(2)
          .integers(1)
          .codes(0x89, 'N')
          .global("torch", type)
          .codes('t', 'R');
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("data.pkl", pickle.codes('u').ended());
    entries.put("data/0", new byte[] {1, 0, (byte) 0xff, (byte) 0xff});

    StateDictionary read =
        WeightFile.open(WrittenWeights.zipOf(folder.resolve("v3.pt"), entries)).dictionary(null);

    assertThat(values(read, "uint16")).containsExactly(1, 65535);
    assertThat(read.others()).containsExactly(Map.entry("float8_e4m3fn", "PyTorch: float8_e4m3fn"));
  }

  /** Parts of a storage in the old form, as PyTorch wrote them before 0.4. */
  @Test
  void a_part_of_a_storage_is_read() throws IOException {
    byte[] pickle =
        PickleWriter.begun()
            .codes('}', '(')
            .text("a")
            .global("torch._utils", "_rebuild_tensor")
            .codes('(', '(')
            .text("storage")
            .global("torch", "FloatStorage")
            .text("0")
            .text("cpu")
            .integer(6)
            .codes('(')
            .text("view")
            .integer(2)
            .integer(3)
            .codes('t', 't', 'Q')
            .integer(1)
            .integers(2)
            .integers(1)
            .codes('t', 'R', 'u')
            .ended();

    Path file =
        WrittenWeights.oldOf(
            folder.resolve("part.pt"), pickle, List.of(WrittenWeights.floats(0, 1, 2, 3, 4, 5)));

    assertThat(values(WeightFile.open(file).dictionary(null), "a")).containsExactly(3, 4);
  }

  @Test
  void arrays_are_those_that_were_written_in_every_form() throws IOException {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    arrays.put("fc.weight", new Weights.Array(Shape.of(2, 2), new float[] {1, -0f, 3, 4}));
    arrays.put("fc.bias", new Weights.Array(Shape.of(2), new float[] {5, 1e-40f}));

    for (Path file :
        List.of(
            WrittenWeights.zip(folder.resolve("a.pt"), arrays),
            WrittenWeights.old(folder.resolve("b.pth"), arrays),
            WrittenWeights.safetensors(folder.resolve("c.safetensors"), arrays))) {
      StateDictionary read = WeightFile.open(file).dictionary(null);
      assertThat(read.arrays()).containsOnlyKeys("fc.weight", "fc.bias");
      assertThat(values(read, "fc.weight")).containsExactly(1, -0f, 3, 4);
      assertThat(values(read, "fc.bias")).containsExactly(5, 1e-40f);
    }
  }
}
