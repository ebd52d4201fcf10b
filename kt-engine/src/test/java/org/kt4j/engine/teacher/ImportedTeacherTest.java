package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.engine.data.Cifar10Provider;
import org.kt4j.engine.data.CifarOptions;
import org.kt4j.engine.data.ImageDataset;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.network.CifarResNetProvider;

/** Networks trained by somebody else in PyTorch, against what PyTorch computed with them. */
class ImportedTeacherTest {

  private static final Normalization NORMALIZATION =
      new Normalization(List.of(.485, .456, .406), List.of(.229, .224, .225));

  private static Path teachers() {
    return Path.of(System.getProperty("kt.shared"), "data", "teachers");
  }

  @Tag("shared")
  @ParameterizedTest
  @CsvSource({"resnet-20, resnet20, 9173", "resnet-56, resnet56, 9339"})
  void all_test_pictures_get_the_logits_and_the_accuracy_of_pytorch(
      String network, String file, int right) throws IOException {
    ImageDataset test =
        new Cifar10Provider()
            .open(new CifarOptions(System.getProperty("kt.cifar10"), 100, 10_000, 10))
            .test();
    float[] expected = npy(teachers().resolve(file + "_test_logits.npy"), 100_000);
    CifarResNetProvider resNets = new CifarResNetProvider();
    CifarResNetProvider.Options options =
        resNets.variant(network.substring(network.indexOf('-') + 1));
    Weights weights = NpzFile.read(teachers().resolve(file + ".npz"));

    double largest = 0;
    int correct = 0;
    try (FrozenClassifier classifier =
        new FrozenClassifier(
            test.shape(),
            new NetworkTeacher(
                file,
                resNets.create(options, test.shape(), 10),
                test.shape(),
                NORMALIZATION,
                () -> weights))) {
      byte[] pixels = new byte[250 * test.shape().bytes()];
      for (int first = 0; first < test.size(); first += 250) {
        for (int i = 0; i < 250; i++) {
          test.copyImage(first + i, pixels, i * test.shape().bytes());
        }
        float[] logits = classifier.logits(pixels, 250);
        for (int i = 0; i < logits.length; i++) {
          largest = Math.max(largest, Math.abs(logits[i] - expected[first * 10 + i]));
        }
        for (int i = 0; i < 250; i++) {
          correct += best(logits, 10 * i) == test.label(first + i) ? 1 : 0;
        }
      }
    }

    System.out.printf("%s: largest difference of logits %.2e%n", network, largest);
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

  /** A version 1 .npy file of float32 in C order: the numbers are its last bytes. */
  private static float[] npy(Path file, int count) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    float[] numbers = new float[count];
    java.nio.ByteBuffer.wrap(bytes, bytes.length - 4 * count, 4 * count)
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(numbers);
    return numbers;
  }

  @Tag("shared")
  @Test
  void weights_of_another_depth_are_refused() {
    CifarResNetProvider resNets = new CifarResNetProvider();
    var shape = new org.kt4j.engine.data.ImageShape(32, 32, 3);
    Weights weights = NpzFile.read(teachers().resolve("resnet56.npz"));

    assertThatThrownBy(
            () ->
                new FrozenClassifier(
                    shape,
                    new NetworkTeacher(
                        "resnet-20",
                        resNets.create(resNets.variant("20"), shape, 10),
                        shape,
                        NORMALIZATION,
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
