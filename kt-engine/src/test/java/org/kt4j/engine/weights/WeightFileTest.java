package org.kt4j.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.WeightSource;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;

class WeightFileTest {

  @TempDir private Path folder;

  private static Map<String, Weights.Array> arrays(String... names) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    for (String name : names) {
      arrays.put(name, new Weights.Array(Shape.of(1), new float[] {1}));
    }
    return arrays;
  }

  /** A file of torch.save with a dictionary of one row under each path; "" is the outermost. */
  private Path checkpoint(String... paths) throws IOException {
    PickleWriter pickle = PickleWriter.begun().codes('}', '(').text("epoch").integer(3);
    for (String path : paths) {
      List<String> keys = path.isEmpty() ? List.of() : List.of(path.split("/", -1));
      for (String key : keys) {
        pickle.text(key).codes('}', '(');
      }
      pickle.text("fc.bias." + path).row("0", 1);
      keys.forEach(key -> pickle.codes('u'));
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("data.pkl", pickle.codes('u').ended());
    entries.put("data/0", WrittenWeights.floats(1));
    return WrittenWeights.zipOf(folder.resolve("c.pt"), entries);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "state_dict | state_dict",
        "model | model",
        "net | net",
        "model_state_dict | model_state_dict",
        "ema | ema",
        "state_dict_ema,state_dict | state_dict",
        "model_ema,model | model",
        "generator | generator",
        "model/state_dict | model.state_dict",
        "ema/model,model | model",
        "model,loss_weights/of | model",
        "optimizer,model | model",
      })
  void the_usual_dictionary_is_taken(String given, String taken) throws IOException {
    WeightFile file = WeightFile.open(checkpoint(given.split(",", -1)));

    assertThat(file.dictionary(null).path()).isEqualTo(taken);
    for (String path : given.split(",", -1)) {
      assertThat(file.dictionary(path.replace('/', '.')).arrays())
          .containsOnlyKeys("fc.bias." + path);
    }
  }

  @Test
  void where_none_of_several_is_the_usual_one_it_is_asked_for() throws IOException {
    Path file = checkpoint("encoder", "head");

    assertThatThrownBy(() -> WeightFile.open(file).dictionary(null))
        .isInstanceOf(WeightsException.class)
        .hasMessage(
            file
                + ": holds several dictionaries of weights: encoder, head; fix: name one, such as"
                + " part: head");
  }

  @Test
  void what_was_taken_is_said() throws IOException {
    Path file =
        WrittenWeights.safetensors(
            folder.resolve("w.safetensors"),
            arrays("_orig_mod.module.fc.weight", "_orig_mod.module.fc.bias"));
    WeightFile wrapped = WeightFile.open(file);

    assertThat(wrapped.said(wrapped.dictionary(null))).isEqualTo(" (without _orig_mod.module.)");
    WeightFile several = WeightFile.open(checkpoint("model", "ema"));
    assertThat(several.said(several.dictionary("ema"))).isEqualTo(" (ema; also there: model)");
  }

  @Test
  void a_part_may_be_what_names_begin_with() throws IOException {
    Path file =
        WrittenWeights.safetensors(
            folder.resolve("w.safetensors"), arrays("student.fc.bias", "teacher.fc.bias"));

    assertThat(WeightFile.open(file).dictionary("teacher").arrays()).containsOnlyKeys("fc.bias");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1 | is no file of weights: it is a pointer of Git"
            + " LFS to the file; fix: git lfs pull",
        "<!DOCTYPE html><html> | is no file of weights: it is a web page (HTML); fix: download the"
            + " file itself",
        "'' | is no file of weights: it is empty; fix: copy or download it again",
        "some text | is no file of weights of a form that is read here; allowed: .npz,"
            + " .safetensors, and state dictionaries of PyTorch (.pt, .pth); fix: in Python,"
            + " torch.save(model.state_dict(), 'weights.pt') or safetensors.torch.save_file",
      })
  void what_is_no_file_of_weights_is_told(String content, String problem) throws IOException {
    for (String name : List.of("w.pt", "w.pth", "w.safetensors", "w.h5", "w.bin")) {
      Path file = folder.resolve(name);
      Files.writeString(file, content);
      if (!name.equals("w.safetensors") || !content.equals("some text")) {
        assertThatThrownBy(() -> WeightFile.open(file))
            .isInstanceOf(WeightsException.class)
            .hasMessage(file + ": " + problem);
      }
    }
  }

  @Test
  void files_of_other_tools_are_told() throws IOException {
    Path keras = folder.resolve("w.h5");
    Files.write(keras, "\u0089HDF\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
    Path pickle = folder.resolve("w.pkl");
    Files.write(pickle, PickleWriter.begun().codes('N').ended());
    Path cut = folder.resolve("w.pt");
    Files.write(cut, new byte[] {'P', 'K', 3, 4, 0});

    assertThatThrownBy(() -> WeightFile.open(keras))
        .hasMessageContaining("is no file of weights: it is an HDF5 file, as Keras writes; fix: ");
    assertThatThrownBy(() -> WeightFile.open(pickle))
        .hasMessageContaining("is a pickle of Python that torch.save did not write; fix: ");
    assertThatThrownBy(() -> WeightFile.open(cut))
        .hasMessageContaining("is no whole file of torch.save, which is a ZIP file (")
        .hasMessageEndingWith("); fix: copy, download or save it again");
    assertThatThrownBy(() -> WeightFile.open(folder))
        .hasMessage(
            folder
                + ": is a folder; fix: name a file of weights: .npz, .safetensors, and state"
                + " dictionaries of PyTorch (.pt, .pth)");
    assertThatThrownBy(() -> WeightFile.open(folder.resolve("none.pt")))
        .hasMessage(folder.resolve("none.pt") + ": there is no such file");
  }

  private Weights renamed(Path file, Map<String, String> rename) {
    return FileWeights.of("teacher", new WeightSource.OfWeights(file, null, rename)).get();
  }

  @Test
  void names_are_changed_as_a_whole_or_up_to_a_dot() throws IOException {
    Map<String, Weights.Array> arrays =
        arrays("module.fc.weight", "module.fc.bias", "module.fc2.bias", "module.a.b.c", "module.d");
    Path npz = folder.resolve("w.npz");
    NpzFile.write(new Weights("a test", arrays), npz);
    for (Path file :
        List.of(npz, WrittenWeights.safetensors(folder.resolve("w.safetensors"), arrays))) {
      assertThat(renamed(file, Map.of("fc", "head")).arrays())
          .containsOnlyKeys("head.weight", "head.bias", "fc2.bias", "a.b.c", "d");
      assertThat(
              renamed(file, Map.of("module.fc", "module.x", "fc.bias", "y", "a.b", "", "d", "e.f"))
                  .arrays())
          .containsOnlyKeys("x.weight", "y", "fc2.bias", "c", "e.f");
    }
  }

  @Test
  void names_that_fit_nothing_or_meet_are_refused() throws IOException {
    Path file =
        WrittenWeights.safetensors(
            folder.resolve("w.safetensors"), arrays("conv1.weight", "fc.weight", "head.weight"));

    assertThatThrownBy(() -> renamed(file, Map.of("f", "head")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher.rename: 'f' is no name in the file and no beginning of one up to a dot; names"
                + " begin with conv1, fc, head");
    assertThatThrownBy(() -> renamed(file, Map.of("fc", "head")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher.rename: gives fc.weight and head.weight the same name head.weight; fix: a name"
                + " for each");
  }

  @Test
  void mistakes_are_found_before_numbers_are_read() throws IOException {
    Path file = checkpoint("model");

    assertThatThrownBy(() -> FileWeights.of("start", new WeightSource.OfWeights(file, "ema", null)))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("has no part 'ema'; allowed: model, or what names begin with");
  }
}
