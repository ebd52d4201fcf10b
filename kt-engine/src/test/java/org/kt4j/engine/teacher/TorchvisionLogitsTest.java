package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.network.MobileNetV2Provider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.NetworkProvider;
import org.kt4j.engine.network.VggProvider;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

/**
 * Networks of torchvision by its names of their weights. The weights follow from their names by a
 * formula, so that no file is needed; the logits are those of torchvision 0.14 and PyTorch 1.13
 * with the same formula, computed in double precision.
 */
class TorchvisionLogitsTest {

  private static final int CLASSES = 10;

  /**
   * Rounding in single precision, as a part of the largest logit: PyTorch's own are up to 2.4e-6
   * away, and ours up to 2.2e-6, both of ResNet-50 at 64 pixels.
   */
  private static final double TOLERANCE = 2.5e-6;

  /** A number from 0 to 1, by the place in an array and a checksum of its name. */
  private static double uniform(long seed, int place) {
    long x = (place * 2654435761L + seed) & 0xffffffffL;
    x ^= x >> 16;
    x = (x * 0x45d9f3bL) & 0xffffffffL;
    x ^= x >> 16;
    return (x >> 8) / (double) (1 << 24);
  }

  private static Weights.Array array(String name, Shape shape) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.US_ASCII));
    float[] values = new float[Math.toIntExact(shape.size())];
    long fanIn = values.length / shape.get(0);
    double scale = Math.sqrt(3.0 / fanIn);
    for (int i = 0; i < values.length; i++) {
      double u = uniform(crc.getValue(), i);
      values[i] =
          (float)
              (name.endsWith("running_var")
                  ? 0.5 + u
                  : name.endsWith("running_mean") || name.endsWith("bias")
                      ? 0.2 * (u - 0.5)
                      : shape.numDimensions() == 1 ? 0.5 + u : (2 * u - 1) * scale);
    }
    return new Weights.Array(shape, values);
  }

  private static byte[] picture(int side) {
    byte[] pixels = new byte[side * side * 3];
    for (int i = 0; i < pixels.length; i++) {
      int y = i / 3 / side;
      int x = i / 3 % side;
      pixels[i] = (byte) (y * y * 3 + x * 7 + i % 3 * 31 + x * y);
    }
    return pixels;
  }

  private static Network network(String name, int side) {
    List<NetworkProvider<?>> families =
        List.of(new ImageNetResNetProvider(), new MobileNetV2Provider(), new VggProvider());
    for (NetworkProvider<?> family : families) {
      if (name.startsWith(family.name())) {
        return member(family, name, side);
      }
    }
    throw new AssertionError(name);
  }

  private static <O extends Record> Network member(
      NetworkProvider<O> family, String name, int side) {
    String variant = name.substring(Math.min(name.length(), family.name().length() + 1));
    return family.create(family.variant(variant), new ImageShape(side, side, 3), CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "imagenet-resnet-18, 64, "
        + "-1.91141462 2.14602982 -1.34161688 -0.132457544 -1.55908077 "
        + "2.9666393 1.1745602 2.46477252 -1.6550704 -2.0690236",
    "imagenet-resnet-34, 64, "
        + "-8.03153519 1.65134289 -6.84541604 -5.65036748 -4.51882194 "
        + "5.98013159 3.46484808 5.5850788 -5.0840097 -9.54040736",
    "imagenet-resnet-50, 64, "
        + "-3.4263606 4.53693136 -2.93174445 1.96608117 1.95350496 "
        + "-0.339283707 4.19951183 5.07144717 1.17947202 0.333062034",
    "mobilenet-v2, 64, "
        + "0.176645938 0.108787166 -0.0421738954 0.031815681 -0.167053616 "
        + "0.25649478 0.0779410712 0.0502510973 0.149907507 -0.0538642988"
  })
  void logits_of_small_pictures_are_those_of_torchvision(String name, int side, String expected) {
    assertLogits(name, side, expected);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "imagenet-resnet-18, 97, "
        + "-2.21706851 2.30007315 -1.55972339 -0.336528309 -1.19512543 "
        + "3.96865683 1.79709414 2.4269883 -1.64208451 -2.10418015",
    "imagenet-resnet-18, 224, "
        + "-3.04282474 3.34783435 -1.7564384 -0.623277648 -1.67231813 "
        + "6.30363344 2.73626839 3.66840407 -1.47205034 -3.15974902",
    "imagenet-resnet-34, 97, "
        + "-12.1341522 4.90277258 -11.5058065 -10.3900832 -6.94028363 "
        + "14.5315109 5.63833296 5.84677294 -4.06257705 -13.4271571",
    "imagenet-resnet-34, 224, "
        + "-19.3042569 9.08247535 -19.4920228 -17.9375474 -10.538525 "
        + "25.7042862 7.33870888 7.02107669 -9.78426614 -21.3170333",
    "imagenet-resnet-50, 97, "
        + "-4.54156747 6.74771741 -2.11283845 2.27064146 2.62598385 "
        + "-1.03157358 6.19904326 5.72418814 0.451562785 -0.065220788",
    "imagenet-resnet-50, 224, "
        + "-6.08907506 9.46235774 -3.04354717 3.99972753 3.37742211 "
        + "-1.02126145 8.52824943 8.61952859 1.24856728 -0.542726085",
    "imagenet-resnet-101, 64, "
        + "-0.0630069923 43.7464868 -19.2096864 -10.6673325 1.86154645 "
        + "-13.0335687 25.2274645 26.7868592 11.5546125 10.0550286",
    "mobilenet-v2, 97, "
        + "0.330214937 0.0602096281 0.0184190993 0.106913703 -0.0646621131 "
        + "0.235065686 0.279741976 -0.10955333 0.288598532 -0.0333045541",
    "mobilenet-v2, 224, "
        + "0.446642024 0.159893926 0.105573721 0.170234493 0.112790981 "
        + "0.159086261 0.415927546 -0.205979028 0.609274593 -0.0455363327"
  })
  void logits_of_pictures_of_any_size_are_those_of_torchvision(
      String name, int side, String expected) {
    assertLogits(name, side, expected);
  }

  private static void assertLogits(String name, int side, String expected) {
    Normalization normalization =
        new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25));
    try (ImageGraph graph = new ImageGraph(new ImageShape(side, side, 3))) {
      Variables variables = new Variables(graph.tf(), "network", 0);
      Layers nn = Layers.evaluation(graph.tf(), variables);
      Operand<TFloat32> logits =
          network(name, side).build(nn, graph.normalised(graph.tf(), normalization));
      Map<String, Weights.Array> arrays = new HashMap<>();
      for (Variable variable : variables.all()) {
        arrays.put(
            variable.name(),
            array(variable.name(), Weights.torchShape(variable.kind(), variable.shape())));
      }
      graph.assign(new Weights("a formula", arrays).of(variables));

      float[] found = graph.run(picture(side), 1, ImageGraph.Feed.NOTHING, List.of(logits)).get(0);

      double[] golden =
          Arrays.stream(expected.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
      double largest = Arrays.stream(golden).map(Math::abs).max().orElseThrow();
      for (int k = 0; k < CLASSES; k++) {
        assertThat((double) found[k])
            .as("%s at %s, class %s", name, side, k)
            .isCloseTo(golden[k], within(TOLERANCE * largest));
      }
    }
  }

  /** The names of timm's mobilenetv2_100, by the rows of its definition. */
  private static Map<String, String> ofMobileNet() {
    Map<String, String> names = new LinkedHashMap<>();
    names.put("conv_stem", "features.0.0");
    names.put("bn1", "features.0.1");
    names.put("blocks.0.0.conv_dw", "features.1.conv.0.0");
    names.put("blocks.0.0.bn1", "features.1.conv.0.1");
    names.put("blocks.0.0.conv_pw", "features.1.conv.1");
    names.put("blocks.0.0.bn2", "features.1.conv.2");
    int[] repeats = {1, 2, 3, 4, 3, 3, 1};
    int feature = 2;
    for (int row = 1; row < repeats.length; row++) {
      for (int i = 0; i < repeats[row]; i++, feature++) {
        String block = "blocks." + row + "." + i + ".";
        String ours = "features." + feature + ".conv.";
        names.put(block + "conv_pw", ours + "0.0");
        names.put(block + "bn1", ours + "0.1");
        names.put(block + "conv_dw", ours + "1.0");
        names.put(block + "bn2", ours + "1.1");
        names.put(block + "conv_pwl", ours + "2");
        names.put(block + "bn3", ours + "3");
      }
    }
    names.put("conv_head", "features.18.0");
    names.put("bn2", "features.18.1");
    names.put("classifier", "classifier.1");
    return names;
  }

  /** The arrays of a network under its own names, and under others by the names of layers. */
  private static Map<String, Weights.Array> renamed(
      Map<String, Weights.Array> arrays, Map<String, String> layers, String prefix) {
    Map<String, String> others = new HashMap<>();
    layers.forEach((other, own) -> others.put(own, other));
    Map<String, Weights.Array> renamed = new HashMap<>();
    arrays.forEach(
        (name, array) -> {
          String layer = name.substring(0, name.lastIndexOf('.'));
          renamed.put(
              prefix + others.getOrDefault(layer, layer) + name.substring(layer.length()), array);
        });
    return renamed;
  }

  private static Map<String, Weights.Array> arrays(Variables variables) {
    Map<String, Weights.Array> arrays = new HashMap<>();
    for (Variable variable : variables.all()) {
      Shape shape = Weights.torchShape(variable.kind(), variable.shape());
      arrays.put(
          variable.name(), new Weights.Array(shape, new float[Math.toIntExact(shape.size())]));
    }
    return arrays;
  }

  private static Variables built(ImageGraph graph, Network network) {
    Variables variables = new Variables(graph.tf(), "network", 0);
    network.build(
        Layers.evaluation(graph.tf(), variables),
        graph.normalised(graph.tf(), Normalization.none(3)));
    return variables;
  }

  @Test
  void names_of_timm_are_taken_for_mobilenet() {
    try (ImageGraph graph = new ImageGraph(new ImageShape(64, 64, 3))) {
      Variables variables = built(graph, network("mobilenet-v2", 64));
      Map<String, Weights.Array> own = arrays(variables);

      for (String prefix : List.of("", "module.")) {
        Map<String, Weights.Array> timm = renamed(own, ofMobileNet(), prefix);
        Weights weights = new Weights("timm.pt", timm);
        assertThat(weights.matching(variables)).isEqualTo(variables.all().size());
        assertThat(weights.of(variables)).hasSize(variables.all().size());
      }
      Map<String, Weights.Array> wide = renamed(own, ofMobileNet(), "");
      wide.put("classifier.weight", new Weights.Array(Shape.of(7, 1280), new float[7 * 1280]));
      assertThatThrownBy(() -> new Weights("timm.pt", wide).of(variables))
          .isInstanceOf(WeightsException.class)
          .hasMessageStartingWith(
              "timm.pt: weights of another network: classifier.weight (here: classifier.1.weight)"
                  + " is [7, 1280], the network has [10, 1280]; fix: ");
    }
  }

  /** timm has the first dense layer as a convolution of 7x7, with the same numbers in a row. */
  @Test
  void names_of_timm_are_taken_for_the_large_head_of_vgg() {
    VggProvider.Options options = new VggProvider.Options(11, true, VggProvider.Head.LARGE);
    try (ImageGraph graph = new ImageGraph(new ImageShape(224, 224, 3))) {
      Variables variables =
          built(graph, new VggProvider().create(options, new ImageShape(224, 224, 3), CLASSES));
      Map<String, Weights.Array> timm = new HashMap<>();
      for (Variable variable : variables.all()) {
        Shape shape = Weights.torchShape(variable.kind(), variable.shape());
        timm.put(variable.name(), Weights.Array.stored(shape, "float32", () -> new float[0]));
      }
      timm =
          renamed(
              timm,
              Map.of(
                  "pre_logits.fc1",
                  "classifier.0",
                  "pre_logits.fc2",
                  "classifier.3",
                  "head.fc",
                  "classifier.6"),
              "");
      timm.put(
          "pre_logits.fc1.weight",
          Weights.Array.stored(Shape.of(4096, 512, 7, 7), "float32", () -> new float[0]));
      timm.put(
          "pre_logits.fc2.weight",
          Weights.Array.stored(Shape.of(4096, 4096, 1, 1), "float32", () -> new float[0]));
      Weights weights = new Weights("timm.pt", timm);

      weights.requireFit(variables);

      assertThat(weights.matching(variables)).isEqualTo(variables.all().size());
    }
  }
}
