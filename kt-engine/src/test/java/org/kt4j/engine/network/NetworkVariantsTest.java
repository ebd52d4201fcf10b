package org.kt4j.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageShape;

class NetworkVariantsTest {

  @Test
  void every_family_is_registered() {
    assertThat(BuiltNetwork.families())
        .extracting(NetworkProvider::name)
        .containsExactlyInAnyOrder(
            "resnet",
            "preact-resnet",
            "wide-resnet",
            "imagenet-resnet",
            "vgg",
            "inception-bn",
            "mobilenet-v2");
  }

  @Test
  void every_example_is_a_member_of_its_family_and_the_first_is_the_usual_one() {
    for (NetworkProvider<?> family : BuiltNetwork.families()) {
      for (String example : family.examples()) {
        assertThat(example).startsWith(family.name());
        assertThat(family.variant(behind(family.name(), example))).isNotNull();
      }
      assertThat(family.variant(behind(family.name(), family.examples().get(0))))
          .isEqualTo(family.defaults())
          .isEqualTo(family.variant(""));
    }
  }

  private static String behind(String family, String name) {
    return name.equals(family) ? "" : name.substring(family.length() + 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "preact-resnet | 21 | depth: 21 is not allowed;"
            + " allowed: 6n+2 up to 1202 with basic blocks: 8, 14, 20, 26, 32, 44, 56, 110",
        "preact-resnet | x | depth: 'x' is not allowed; allowed: a whole number",
        "wide-resnet | 16 | variant: '16' is not allowed;"
            + " allowed: depth and widening factor, such as 16-2",
        "wide-resnet | 17-2 | depth: 17 is not allowed; allowed: 6n+4 up to 1202: 10, 16, 22, 28, 34, 40",
        "wide-resnet | 16-0 | widening: 0 is not allowed; allowed: 1 to 32",
        "imagenet-resnet | 20 | depth: 20 is not allowed; allowed: 10, 18, 34, 50 or 101",
        "vgg | 12 | depth: 12 is not allowed; allowed: 11, 13, 16 or 19",
        "inception-bn | tiny | variant: 'tiny' is not allowed;"
            + " allowed: inception-bn or inception-bn-small",
        "mobilenet-v2 | 2 | variant: '2' is not allowed;"
            + " allowed: mobilenet-v2, with width and small-images as keys",
      })
  void a_member_that_does_not_exist_is_refused(String family, String variant, String message) {
    assertThatThrownBy(() -> family(family).variant(variant))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void options_out_of_their_range_are_refused() {
    assertThatThrownBy(() -> new WideResNetProvider.Options(16, 2, 1))
        .hasMessage("dropout: 1.0 is not allowed; allowed: from 0 to below 1");
    assertThatThrownBy(() -> new MobileNetV2Provider.Options(0, false))
        .hasMessage("width: 0.0 is not allowed; allowed: above 0 and at most 4");
    assertThatThrownBy(
            () -> new PreActResNetProvider.Options(50, 16, PreActResNetProvider.Block.BOTTLENECK))
        .hasMessage(
            "depth: 50 is not allowed; allowed: 9n+2 up to 1202 with bottlenecks:"
                + " 11, 20, 29, 38, 47, 56, 110, 164, 1001");
  }

  @Test
  void deep_pre_activation_networks_have_bottlenecks_as_in_their_paper() {
    PreActResNetProvider family = new PreActResNetProvider();

    assertThat(family.variant("110").block()).isEqualTo(PreActResNetProvider.Block.BASIC);
    assertThat(family.variant("164").block()).isEqualTo(PreActResNetProvider.Block.BOTTLENECK);
    assertThat(family.variant("1001").block()).isEqualTo(PreActResNetProvider.Block.BOTTLENECK);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet, 20, 4, 'resnet-20 needs images of at least 8x8, these are 4x4'",
    "preact-resnet, 20, 7, 'preact-resnet-20 needs images of at least 8x8, these are 7x7'",
    "wide-resnet, 16-2, 7, 'wide-resnet-16-2 needs images of at least 8x8, these are 7x7'",
    "imagenet-resnet, 18, 28, 'imagenet-resnet-18 needs images of at least 32x32, these are 28x28'",
    "vgg, 16, 28, 'vgg-16 needs images of at least 32x32, these are 28x28'",
    "inception-bn, '', 28, 'inception-bn needs images of at least 32x32, these are 28x28'",
    "inception-bn, small, 7, 'inception-bn-small needs images of at least 8x8, these are 7x7'",
    "mobilenet-v2, '', 28, 'mobilenet-v2 needs images of at least 32x32, these are 28x28'",
  })
  void images_that_would_shrink_to_nothing_are_refused(
      String family, String variant, int side, String message) {
    assertThatThrownBy(() -> create(family(family), variant, side))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void the_large_head_of_vgg_refuses_images_that_do_not_shrink_to_a_multiple_of_seven() {
    VggProvider family = new VggProvider();
    var options = new VggProvider.Options(16, true, VggProvider.Head.LARGE);

    assertThatThrownBy(() -> family.create(options, new ImageShape(256, 224, 3), 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "vgg-16 with the large head needs images of 224x224 or a multiple,"
                + " these are 256x224; use head: small");
  }

  private static <O extends Record> Network create(
      NetworkProvider<O> family, String variant, int side) {
    return family.create(family.variant(variant), new ImageShape(side, side, 3), 10);
  }

  private static NetworkProvider<?> family(String name) {
    return BuiltNetwork.families().stream()
        .filter(family -> family.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
