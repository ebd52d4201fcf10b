package org.kt4j.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters and operations of the networks, against figures published elsewhere. */
class NetworkSizesTest {

  // num_params and _ops of the weights' metadata in torchvision 0.15, resnet.py and mobilenetv2.py.
  @ParameterizedTest
  @CsvSource({
    "imagenet-resnet-18, 11689512, 1.814",
    "imagenet-resnet-34, 21797672, 3.664",
    "imagenet-resnet-50, 25557032, 4.089",
    "imagenet-resnet-101, 44549160, 7.801",
    "mobilenet-v2, 3504872, 0.301",
  })
  void is_as_large_as_in_torchvision(String name, long parameters, double gigaMacs) {
    try (BuiltNetwork network = BuiltNetwork.named(name, 224, 1000)) {

      assertThat(network.parameterCount()).isEqualTo(parameters);
      // Half a unit of the last digit that is published.
      assertThat(network.gigaMacs()).isCloseTo(gigaMacs, within(0.0005));
    }
  }

  // num_params and _ops of the weights' metadata in torchvision 0.15, vgg.py.
  @ParameterizedTest
  @CsvSource({
    "11, true, 132868840, 7.609",
    "11, false, 132863336, 7.609",
    "13, true, 133053736, 11.308",
    "16, true, 138365992, 15.470",
    "16, false, 138357544, 15.470",
    "19, true, 143678248, 19.632",
  })
  void vgg_with_the_large_head_is_as_large_as_in_torchvision(
      int depth, boolean batchNorm, long parameters, double gigaMacs) {
    var options = new VggProvider.Options(depth, batchNorm, VggProvider.Head.LARGE);

    try (BuiltNetwork network = BuiltNetwork.of(new VggProvider(), options, 224, 1000)) {

      assertThat(network.parameterCount()).isEqualTo(parameters);
      assertThat(network.gigaMacs()).isCloseTo(gigaMacs, within(0.0005));
    }
  }

  @Test
  void vgg_16_with_the_small_head_has_the_parameters_of_the_large_one_but_for_its_head() {
    // torchvision's vgg16_bn without classifier.0, .3 and .6, and with 512 x 10 + 10 instead.
    long head = (25088L * 4096 + 4096) + (4096L * 4096 + 4096) + (4096L * 1000 + 1000);

    try (BuiltNetwork network = BuiltNetwork.named("vgg-16", 32, 10)) {

      assertThat(network.parameterCount()).isEqualTo(138_365_992 - head + 5_130);
    }
  }

  // Exact: facts given with the trained networks of akamaster/pytorch_resnet_cifar10.
  @ParameterizedTest
  @CsvSource({"resnet-20, 269722", "resnet-56, 853018"})
  void is_as_large_as_the_published_cifar_resnets(String name, long parameters) {
    try (BuiltNetwork network = BuiltNetwork.named(name, 32, 10)) {

      assertThat(network.parameterCount()).isEqualTo(parameters);
    }
  }

  // The README of RepDistiller gives 0.70, 2.26, 0.18 and 0.57 million for CIFAR-100. By hand for
  // 16-2: conv1 432; stages 14,432 + 18,560, 57,536 + 73,984 and 229,760 + 295,424; bn1 256; fc
  // 12,900. 40-2 has four more blocks of 18,560, 73,984 and 295,424.
  @ParameterizedTest
  @CsvSource({"wide-resnet-16-2, 703284", "wide-resnet-40-2, 2255156"})
  void is_as_large_as_the_wide_resnets_of_rep_distiller(String name, long parameters) {
    try (BuiltNetwork network = BuiltNetwork.named(name, 32, 100)) {

      assertThat(network.parameterCount()).isEqualTo(parameters);
    }
  }

  @Test
  void wide_resnet_28_10_is_as_large_as_published() {
    // The paper gives 36.5 million; bearpaw/pytorch-classification's form has 36,479,194.
    try (BuiltNetwork network = BuiltNetwork.named("wide-resnet-28-10", 32, 10)) {

      assertThat(network.parameterCount()).isEqualTo(36_479_194);
    }
  }

  @Test
  void preact_resnet_20_has_the_parameters_counted_by_hand() {
    // conv1 432; 3 blocks of 4,672; 14,432 + 2 x 18,560; 57,536 + 2 x 73,984; bn 128; linear 650.
    try (BuiltNetwork network = BuiltNetwork.named("preact-resnet-20", 32, 10)) {

      assertThat(network.parameterCount()).isEqualTo(272_282);
    }
  }

  // imgclsmob (pytorchcv), rows PreResNet-110, 164(BN) and 1001 for CIFAR-10; the tables of papers
  // give 1.7, 1.7 and 10.2 million.
  @ParameterizedTest
  @CsvSource({
    "preact-resnet-110, 1730522",
    "preact-resnet-164, 1703258",
    "preact-resnet-1001, 10327706",
  })
  void is_as_large_as_the_published_preact_resnets(String name, long parameters) {
    try (BuiltNetwork network = BuiltNetwork.named(name, 32, 10)) {

      assertThat(network.parameterCount()).isEqualTo(parameters);
    }
  }

  @Test
  void inception_bn_has_the_parameters_of_the_published_model() {
    // imgclsmob (pytorchcv), row BN-Inception, from Cadene's weights: 11,295,240 parameters.
    try (BuiltNetwork network = BuiltNetwork.named("inception-bn", 224, 1000)) {

      assertThat(network.parameterCount()).isEqualTo(11_295_240);
      // The same row: 2,048.06 million operations, in which it counts normalisations too.
      assertThat(network.gigaMacs()).isCloseTo(2.048, within(0.05));
    }
  }

  @Test
  void inception_bn_small_has_the_parameters_counted_by_hand() {
    // Weights 3x3: 9 in out, 1x1: in out; each convolution has 3 out beside them (bias, scale,
    // offset). Inputs: 3, 96, 64, 80, 160, 160, 160, 160, 144, 240, 336.
    long stem = 9 * 3 * 96 + 3 * 96;
    long threes = 96 * (32 + 9 * 32) + 3 * 64 + 64 * (32 + 9 * 48) + 3 * 80 + 9 * 80 * 80 + 240;
    long fours =
        160 * (112 + 9 * 48)
            + 3 * 160
            + 160 * (96 + 9 * 64)
            + 3 * 160
            + 160 * (80 + 9 * 80)
            + 3 * 160
            + 160 * (48 + 9 * 96)
            + 3 * 144
            + 9 * 144 * 96
            + 3 * 96;
    long fives = 240 * (176 + 9 * 160) + 3 * 336 + 336 * (176 + 9 * 160) + 3 * 336;
    long dense = 336 * 10 + 10;

    try (BuiltNetwork network = BuiltNetwork.named("inception-bn-small", 32, 10)) {

      assertThat(network.parameterCount()).isEqualTo(stem + threes + fours + fives + dense);
    }
  }

  @Test
  void mobilenet_of_half_the_width_is_as_large_as_the_one_of_timm() {
    // timm, results-imagenet.csv, mobilenetv2_050: 1.97 million.
    var options = new MobileNetV2Provider.Options(0.5, false);

    try (BuiltNetwork network = BuiltNetwork.of(new MobileNetV2Provider(), options, 224, 1000)) {

      assertThat(network.parameterCount() / 1e6).isCloseTo(1.97, within(0.005));
    }
  }

  @Test
  void mobilenet_for_small_images_has_the_same_parameters_and_more_operations() {
    var small = new MobileNetV2Provider.Options(1, true);
    var large = new MobileNetV2Provider.Options(1, false);

    try (BuiltNetwork one = BuiltNetwork.of(new MobileNetV2Provider(), small, 32, 10);
        BuiltNetwork other = BuiltNetwork.of(new MobileNetV2Provider(), large, 32, 10)) {

      // torchvision's count, with a dense layer of 10 instead of 1000 classes.
      assertThat(one.parameterCount()).isEqualTo(3_504_872 - 1_281 * 990);
      assertThat(other.parameterCount()).isEqualTo(one.parameterCount());
      assertThat(one.gigaMacs()).isGreaterThan(10 * other.gigaMacs());
    }
  }
}
