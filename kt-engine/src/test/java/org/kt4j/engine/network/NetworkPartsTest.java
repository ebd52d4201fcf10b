package org.kt4j.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of networks, by which layers are frozen and have learning rates of their own. */
class NetworkPartsTest {

  private static Map<String, List<String>> parts(String network, int side) {
    try (BuiltNetwork built = BuiltNetwork.named(network, side, 5)) {
      return built.parts();
    }
  }

  /**
   * First and last layer of stem, first and last stage as their families' definitions have them.
   */
  @ParameterizedTest
  @CsvSource({
    "resnet-8, 8, conv1, bn1, layer1.0.conv1, stage3, layer3.0.bn2, linear",
    "imagenet-resnet-18, 32, conv1, bn1, layer1.0.conv1, stage4, layer4.1.bn2, fc",
    "preact-resnet-20, 8, conv1, conv1, layer1.0.bn1, stage3, bn, linear",
    "wide-resnet-16-2, 8, conv1, conv1, block1.layer.0.bn1, stage3, bn1, fc",
    "mobilenet-v2, 32, features.0.0, features.0.1, features.1.conv.0.0, stage5,"
        + " features.17.conv.3, classifier.1",
    "inception-bn-small, 16, conv1, conv1_bn, inception_3a_1x1, stage3, inception_5b_3x3_bn,"
        + " last_linear"
  })
  void a_stem_stages_and_a_head_are_the_parts_of_a_network(
      String network,
      int side,
      String stem,
      String endOfStem,
      String first,
      String lastStage,
      String last,
      String head) {
    Map<String, List<String>> parts = parts(network, side);

    assertThat(parts.get("stem")).startsWith(stem).endsWith(endOfStem);
    assertThat(parts.get("stage1")).startsWith(first);
    assertThat(parts.get(lastStage)).endsWith(last);
    assertThat(parts.get("head")).containsExactly(head);
  }

  @Test
  void a_stage_of_several_modules_holds_all_of_them() {
    Map<String, List<String>> parts = parts("inception-bn", 64);

    assertThat(parts.get("stage1")).containsExactly("conv1_7x7_s2", "conv1_7x7_s2_bn");
    assertThat(parts.get("stage3"))
        .startsWith("inception_3a_1x1")
        .endsWith("inception_3b_pool_proj_bn");
    assertThat(parts.get("inception3b")).startsWith("inception_3b_1x1");
    assertThat(parts.get("stage4")).startsWith("inception_3c_3x3_reduce");
  }

  @Test
  void what_stands_between_the_last_stage_and_the_pooling_has_the_name_of_that() {
    assertThat(parts("mobilenet-v2", 32).get("pooled"))
        .containsExactly("features.18.0", "features.18.1");
  }

  /** As in torchvision, where the last of three dense layers is the one that is replaced. */
  @Test
  void a_head_is_the_last_layer_alone() {
    try (BuiltNetwork built =
        BuiltNetwork.of(
            new VggProvider(), new VggProvider.Options(11, true, VggProvider.Head.LARGE), 224, 5)) {
      Map<String, List<String>> parts = built.parts();

      assertThat(parts.get("head")).containsExactly("classifier.6");
      assertThat(parts.get("backbone")).endsWith("classifier.0", "classifier.3");
      assertThat(parts).doesNotContainKey("stem");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet-20, 8",
    "imagenet-resnet-50, 32",
    "preact-resnet-20, 8",
    "wide-resnet-16-2, 8",
    "vgg-16, 32",
    "mobilenet-v2, 32",
    "inception-bn, 64",
    "inception-bn-small, 16"
  })
  void every_layer_is_in_the_head_or_in_the_backbone_and_in_one_stage_or_beside_all(
      String network, int side) {
    Map<String, List<String>> parts = parts(network, side);

    List<String> all = new ArrayList<>(parts.get("backbone"));
    List<String> inStages = new ArrayList<>();
    parts.forEach(
        (name, layers) -> {
          if (name.matches("stem|stage\\d|pooled")) {
            inStages.addAll(layers);
          }
        });
    assertThat(all).doesNotContainAnyElementsOf(parts.get("head"));
    assertThat(inStages).doesNotHaveDuplicates().containsExactlyElementsOf(all);
  }
}
