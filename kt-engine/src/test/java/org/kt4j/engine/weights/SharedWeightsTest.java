package org.kt4j.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.engine.experiment.WeightSource;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;

/**
 * Networks that somebody trained, in every form. Their numbers are those of the .npz file bit by
 * bit, so they have its logits and accuracy, which kt-models holds against PyTorch.
 */
class SharedWeightsTest {

  @TempDir private Path folder;

  @Tag("shared")
  @ParameterizedTest
  @ValueSource(strings = {"resnet20", "resnet56"})
  void trained_weights_are_the_same_in_every_form(String name) throws IOException {
    Path npz = Path.of(System.getProperty("kt.shared"), "data", "teachers", name + ".npz");
    Map<String, Weights.Array> expected = NpzFile.read(npz).arrays();

    for (Path file :
        List.of(
            npz,
            WrittenWeights.safetensors(folder.resolve(name + ".safetensors"), expected),
            WrittenWeights.zip(folder.resolve(name + ".pt"), expected),
            WrittenWeights.old(folder.resolve(name + ".th"), expected))) {
      Map<String, Weights.Array> read =
          FileWeights.of("teacher", new WeightSource.OfWeights(file)).get().arrays();

      assertThat(read.keySet()).as("%s", file).containsExactlyElementsOf(expected.keySet());
      expected.forEach(
          (array, numbers) -> {
            Weights.Array found = Objects.requireNonNull(read.get(array));
            assertThat(found.shape()).isEqualTo(numbers.shape());
            assertThat(bits(found.values())).as(array).isEqualTo(bits(numbers.values()));
          });
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }
}
