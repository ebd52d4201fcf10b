package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.imagelevel.FrozenNetwork;

/** Networks trained by somebody else in PyTorch, against what PyTorch computed with them. */
class ImportedTeacherTest {

  @Tag("shared")
  @ParameterizedTest
  @CsvSource({"resnet-20, resnet20, 9173", "resnet-56, resnet56, 9339"})
  void all_test_pictures_get_the_logits_and_the_accuracy_of_pytorch(
      String network, String file, int right) throws IOException {
    ImageDataset test = SharedData.cifar10Test();
    float[] expected = SharedData.npy(SharedData.teacher(file + "_test_logits.npy"), 100_000);
    CifarResNetProvider resNets = new CifarResNetProvider();
    CifarResNetProvider.Options options =
        resNets.variant(network.substring(network.indexOf('-') + 1));
    Weights weights = NpzFile.read(SharedData.teacher(file + ".npz"));

    double largest = 0;
    int correct = 0;
    try (FrozenNetwork classifier =
        new FrozenNetwork(
            test.shape(),
            new NetworkTeacher(
                file,
                resNets.create(options, test.shape(), 10),
                test.shape(),
                SharedData.NORMALIZATION,
                () -> weights))) {
      for (int first = 0; first < test.size(); first += 250) {
        float[] logits = classifier.logits(SharedData.pixels(test, first, 250), 250);
        for (int i = 0; i < logits.length; i++) {
          largest = Math.max(largest, Math.abs(logits[i] - expected[first * 10 + i]));
        }
        for (int i = 0; i < 250; i++) {
          correct += best(logits, 10 * i) == test.label(first + i) ? 1 : 0;
        }
      }
    }

    System.out.printf(Locale.ROOT, "%s: largest difference of logits %.2e%n", network, largest);
    assertThat(largest)
        .isCloseTo(0, within(1e-3)); // float32 through 56 layers of other kernels; 3e-5 was seen
    assertThat(correct).isEqualTo(right);
  }

  private static int best(float[] logits, int from) {
    int best = 0;
    for (int k = 1; k < 10; k++) {
      best = logits[from + k] > logits[from + best] ? k : best;
    }
    return best;
  }

  @Tag("shared")
  @Test
  void weights_of_another_depth_are_refused() {
    CifarResNetProvider resNets = new CifarResNetProvider();
    var shape = new org.kt4j.data.ImageShape(32, 32, 3);
    Weights weights = NpzFile.read(SharedData.teacher("resnet56.npz"));

    assertThatThrownBy(
            () ->
                new FrozenNetwork(
                    shape,
                    new NetworkTeacher(
                        "resnet-20",
                        resNets.create(resNets.variant("20"), shape, 10),
                        shape,
                        SharedData.NORMALIZATION,
                        () -> weights)))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(
            "resnet56.npz: weights of another network: layer1.3.bn1.bias is in the file");
  }

  @Test
  void a_missing_or_broken_file_is_named(@TempDir Path folder) throws IOException {
    Path missing = folder.resolve("none.npz");
    Path broken = folder.resolve("broken.npz");
    Files.write(broken, new byte[] {1, 2, 3});
    Path cut = folder.resolve("cut.npz");
    Files.write(cut, new byte[] {'P', 'K', 3, 4, 0, 0}); // the start of a zip file

    assertThatThrownBy(() -> NpzFile.read(missing)).hasMessage(missing + ": there is no such file");
    assertThatThrownBy(() -> NpzFile.read(broken)).hasMessageStartingWith(broken + ": ");
    assertThatThrownBy(() -> NpzFile.read(cut)).hasMessageStartingWith(cut + ": ");
  }
}
