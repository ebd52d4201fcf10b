package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;

class DatasetProvidersTest {

  @Test
  void the_service_loader_finds_every_data_set() {
    assertThat(ServiceLoader.load(DatasetProvider.class))
        .extracting(provider -> provider.name())
        .contains("shapes", "cifar-10", "cifar-100", "mnist", "fashion-mnist", "image-folder");
  }

  @Test
  void every_one_has_a_summary_defaults_and_a_normalization() {
    for (DatasetProvider<?> provider : ServiceLoader.load(DatasetProvider.class)) {
      assertThat(provider.summary()).isNotBlank();
      assertThat(provider.defaults()).isNotNull();
      assertThat(provider.defaultNormalization().channels()).isIn(1, 3);
    }
  }

  @Test
  void downloads_are_of_the_known_sizes() {
    assertThat(bytes(new Cifar10Provider())).isEqualTo(170_052_171);
    assertThat(bytes(new Cifar100Provider())).isEqualTo(168_513_733);
    assertThat(bytes(new MnistProvider())).isEqualTo(9_912_422 + 28_881 + 1_648_877 + 4_542);
    assertThat(bytes(new FashionMnistProvider()))
        .isEqualTo(26_421_880 + 29_515 + 4_422_102 + 5_148);
    assertThat(new ShapesProvider().download()).isEmpty();
  }

  @Test
  void downloads_have_the_names_that_the_readers_look_for() {
    assertThat(new MnistProvider().download().orElseThrow().files())
        .extracting(Download.RemoteFile::name)
        .containsExactly(
            "train-images-idx3-ubyte.gz",
            "train-labels-idx1-ubyte.gz",
            "t10k-images-idx3-ubyte.gz",
            "t10k-labels-idx1-ubyte.gz");
    assertThat(new Cifar10Provider().download().orElseThrow().files().get(0).unpack())
        .extracting(Download.PackedFile::name)
        .contains("data_batch_1.bin", "data_batch_5.bin", "test_batch.bin");
  }

  @Test
  void a_normalization_out_of_range_is_refused() {
    assertThatThrownBy(() -> new Normalization(List.of(127.), List.of(1.)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("mean: [127.0]");
    assertThatThrownBy(() -> new Normalization(List.of(0.5), List.of(0.)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageStartingWith("std: [0.0]");
    assertThatThrownBy(() -> new Normalization(List.of(0.5), List.of(0.1, 0.1)))
        .isInstanceOf(InvalidOptionException.class);
  }

  @Test
  void the_mean_colour_is_rounded_to_bytes() {
    assertThat(new Normalization(List.of(0., 0.5, 1.), List.of(1., 1., 1.)).meanColour())
        .isEqualTo(TinyImages.bytes(0, 128, 255));
  }

  @Test
  void image_shapes_are_checked() {
    assertThat(new ImageShape(32, 20, 3).bytes()).isEqualTo(1_920);
    assertThatThrownBy(() -> new ImageShape(0, 1, 1)).isInstanceOf(DataException.class);
    assertThatThrownBy(() -> new ImageShape(1, 1, 4))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("1x1x4 is not allowed");
  }

  private static long bytes(DatasetProvider<?> provider) {
    return provider.download().orElseThrow().bytes();
  }
}
