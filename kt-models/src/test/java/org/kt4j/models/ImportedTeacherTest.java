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
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.ImageShape;
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
  @ValueSource(strings = {"20", "56"})
  void test_pictures_get_the_logits_and_the_accuracy_of_pytorch(String depth) throws IOException {
    KnownAnswers known = KnownAnswers.of("resnet" + depth);
    ImageShape shape = known.pictures().shape();
    CifarResNetProvider resNets = new CifarResNetProvider();
    Weights weights = NpzFile.read(SharedData.teacher("resnet" + depth + ".npz"));

    KnownAnswers.Compared found;
    try (FrozenNetwork classifier =
        new FrozenNetwork(
            shape,
            new NetworkTeacher(
                depth,
                resNets.create(resNets.variant(depth), shape, 10),
                shape,
                SharedData.NORMALIZATION,
                () -> weights))) {
      found = known.with(classifier);
    }

    System.out.printf(
        Locale.ROOT, "resnet-%s: largest difference of logits %.2e%n", depth, found.farthest());
    // float32 through 56 layers of other kernels; 3e-5 was seen
    assertThat(found.farthest()).isCloseTo(0, within(1e-3));
    assertThat(found.accuracy()).isEqualTo(known.accuracy());
  }

  @Tag("shared")
  @Test
  void weights_of_another_depth_are_refused() {
    CifarResNetProvider resNets = new CifarResNetProvider();
    ImageShape shape = new ImageShape(32, 32, 3);
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
