package org.kt4j.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTapsTest {

  @ParameterizedTest
  @CsvSource({
    "resnet-20, 32, 32x32x16 16x16x32 8x8x64, 64",
    "preact-resnet-20, 32, 32x32x16 16x16x32 8x8x64, 64",
    "preact-resnet-164, 32, 32x32x64 16x16x128 8x8x256, 256",
    "wide-resnet-16-2, 32, 32x32x32 16x16x64 8x8x128, 128",
    "inception-bn-small, 32, 32x32x80 16x16x144 8x8x336, 336",
    "imagenet-resnet-18, 224, 56x56x64 28x28x128 14x14x256 7x7x512, 512",
    "imagenet-resnet-50, 224, 56x56x256 28x28x512 14x14x1024 7x7x2048, 2048",
    "vgg-16, 32, 32x32x64 16x16x128 8x8x256 4x4x512 2x2x512, 512",
    "vgg-11, 224, 224x224x64 112x112x128 56x56x256 28x28x512 14x14x512, 512",
    "inception-bn, 224, 112x112x64 56x56x192 28x28x320 14x14x576 7x7x1024, 1024",
    "mobilenet-v2, 224, 112x112x16 56x56x24 28x28x32 14x14x96 7x7x320, 1280",
  })
  void stages_have_the_sizes_and_channels_of_the_papers(
      String name, int side, String stages, String pooled) {
    try (BuiltNetwork network = BuiltNetwork.named(name, side, 7)) {

      List<String> found =
          network.taps().stream().filter(tap -> tap.matches("stage\\d")).map(network::tap).toList();
      assertThat(found).containsExactly(stages.split(" "));
      assertThat(network.tap("pooled")).isEqualTo(pooled);
      assertThat(network.logits()).isEqualTo("7");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet-20, 32, 3",
    "imagenet-resnet-18, 224, 4",
    "vgg-11, 32, 5",
    "inception-bn, 224, 5",
    "inception-bn-small, 32, 3",
  })
  void every_stage_that_ends_in_a_relu_has_a_tap_before_it(String name, int side, int stages) {
    try (BuiltNetwork network = BuiltNetwork.named(name, side, 10)) {

      for (int stage = 1; stage <= stages; stage++) {
        String tap = "stage" + stage;
        assertThat(network.tap(tap + ".pre-relu")).isEqualTo(network.tap(tap));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"preact-resnet-20", "wide-resnet-16-2"})
  void only_the_last_stage_of_a_pre_activation_network_has_a_relu_to_tap_before(String name) {
    try (BuiltNetwork network = BuiltNetwork.named(name, 32, 10)) {

      assertThat(network.taps())
          .containsExactly("stage1", "stage2", "stage3.pre-relu", "stage3", "pooled");
    }
  }

  @Test
  void a_linear_bottleneck_has_no_relu_to_tap_before() {
    try (BuiltNetwork network = BuiltNetwork.named("mobilenet-v2", 224, 10)) {

      assertThat(network.taps())
          .containsExactly("stage1", "stage2", "stage3", "stage4", "stage5", "pooled");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3a, 28x28x256", "3b, 28x28x320", "3c, 14x14x576", "4a, 14x14x576", "4b, 14x14x576",
    "4c, 14x14x608", "4d, 14x14x608", "4e, 7x7x1056", "5a, 7x7x1024", "5b, 7x7x1024",
  })
  void every_inception_module_can_be_read(String module, String size) {
    try (BuiltNetwork network = BuiltNetwork.named("inception-bn", 224, 10)) {

      assertThat(network.tap("inception" + module)).isEqualTo(size);
      assertThat(network.tap("inception" + module + ".pre-relu")).isEqualTo(size);
    }
  }

  @Test
  void inception_halves_an_odd_map_the_same_way_in_every_branch() {
    // 300 -> 150 -> 75 -> 38 -> 19 -> 10, each half rounded up.
    try (BuiltNetwork network = BuiltNetwork.named("inception-bn", 300, 10)) {

      assertThat(network.tap("stage4")).isEqualTo("19x19x576");
      assertThat(network.tap("stage5")).isEqualTo("10x10x1024");
    }
  }

  @Test
  void mobilenet_for_small_images_keeps_the_first_two_stages_at_full_size() {
    var options = new MobileNetV2Provider.Options(1, true);

    try (BuiltNetwork network = BuiltNetwork.of(new MobileNetV2Provider(), options, 32, 10)) {

      assertThat(
              List.of("stage1", "stage2", "stage3", "stage4", "stage5").stream().map(network::tap))
          .containsExactly("32x32x16", "32x32x24", "16x16x32", "8x8x96", "4x4x320");
    }
  }

  @ParameterizedTest
  @CsvSource({"224", "448"})
  void the_large_head_of_vgg_sees_seven_by_seven(int side) {
    var options = new VggProvider.Options(11, true, VggProvider.Head.LARGE);

    try (BuiltNetwork network = BuiltNetwork.of(new VggProvider(), options, side, 10)) {

      assertThat(network.tap("pooled")).isEqualTo("25088");
    }
  }

  // Names in the state_dict of the implementation that each provider states.
  @ParameterizedTest
  @CsvSource({
    "imagenet-resnet-50, 224, conv1.weight bn1.running_mean layer1.0.downsample.0.weight"
        + " layer1.0.downsample.1.running_var layer3.5.conv3.weight layer4.2.bn3.bias fc.bias",
    "imagenet-resnet-18, 224, layer2.0.downsample.0.weight layer4.1.bn2.weight",
    "wide-resnet-16-2, 32, block1.layer.0.convShortcut.weight block1.layer.0.bn1.weight"
        + " block3.layer.1.conv2.weight bn1.running_var fc.weight",
    "preact-resnet-20, 32, conv1.weight layer2.0.shortcut.0.weight layer3.2.conv2.weight bn.bias"
        + " linear.weight",
    "vgg-16, 32, features.0.bias features.1.running_mean features.40.weight features.41.bias"
        + " classifier.weight",
    "inception-bn, 224, conv1_7x7_s2.bias conv1_7x7_s2_bn.weight conv2_3x3_reduce.weight"
        + " inception_3a_double_3x3_2.weight inception_5b_pool_proj_bn.running_var"
        + " last_linear.bias",
    "mobilenet-v2, 224, features.0.0.weight features.0.1.bias features.1.conv.0.0.weight"
        + " features.1.conv.1.weight features.1.conv.2.running_mean features.2.conv.0.0.weight"
        + " features.2.conv.1.0.weight features.2.conv.2.weight features.17.conv.3.running_var"
        + " features.18.0.weight features.18.1.weight classifier.1.bias",
  })
  void parameters_have_the_names_of_the_usual_implementation(String name, int side, String some) {
    try (BuiltNetwork network = BuiltNetwork.named(name, side, 10)) {

      assertThat(network.parameterNames()).contains(some.split(" "));
    }
  }

  @Test
  void the_large_head_of_vgg_has_the_names_of_torchvision() {
    var options = new VggProvider.Options(16, false, VggProvider.Head.LARGE);

    try (BuiltNetwork network = BuiltNetwork.of(new VggProvider(), options, 224, 10)) {

      assertThat(network.parameterNames())
          .contains("features.28.weight", "classifier.0.weight", "classifier.3.bias")
          .endsWith("classifier.6.weight", "classifier.6.bias");
    }
  }
}
