package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.TrainedNetwork;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

class FoldedBatchNormTest {

  private static final ImageShape PIXEL = new ImageShape(1, 1, 1);
  private static final ImageShape COLOUR = new ImageShape(1, 1, 3);
  private static final ImageShape PICTURE = new ImageShape(8, 8, 3);

  /** With TensorFlow's epsilon, 1e-5, the roots of these are 2 and 0.5. */
  private static final float[] VARIANCES = {4 - 1e-5f, 0.25f - 1e-5f};

  @TempDir private Path folder;

  private static Weights.Array vector(float... values) {
    return new Weights.Array(Shape.of(values.length), values);
  }

  private static Map<String, Weights.Array> normalisation(
      float[] scale, float[] offset, float[] mean, float[] variance) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    arrays.put("bn.weight", vector(scale));
    arrays.put("bn.bias", vector(offset));
    arrays.put("bn.running_mean", vector(mean));
    arrays.put("bn.running_var", vector(variance));
    return arrays;
  }

  /** A normalised 1x1 convolution from one channel to two. */
  private static TrainedNetwork twoChannels(
      boolean biased, Map<String, Weights.Array> normalisation) {
    Conv conv = new Conv(2, 1, 1, 0, biased);
    Network network =
        (nn, images) -> nn.globalAvgPool(nn.batchNorm("bn", nn.conv("conv", images, conv)));
    Map<String, Weights.Array> arrays = new LinkedHashMap<>(normalisation);
    arrays.put("conv.weight", new Weights.Array(Shape.of(2, 1, 1, 1), new float[] {3, -2}));
    if (biased) {
      arrays.put("conv.bias", vector(5, 7));
    }
    return Classifiers.of(network, PIXEL, Classifiers.GREY_AS_IT_IS, arrays, 2);
  }

  private static Map<String, Weights.Array> byHand() {
    return normalisation(new float[] {4, 3}, new float[] {10, 20}, new float[] {1, -2}, VARIANCES);
  }

  private static float[] logits(TrainedNetwork classifier, int... pixels) {
    byte[] bytes = new byte[pixels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) pixels[i];
    }
    return Classifiers.exportedLogits(
        classifier, ExportOptions.defaults(), bytes, bytes.length / classifier.shape().channels());
  }

  private static float[] constant(GraphDef graph, String name) {
    return graph.getNodeList().stream()
        .filter(node -> node.getName().equals(name))
        .findFirst()
        .map(FoldedBatchNormTest::numbers)
        .orElseThrow();
  }

  private static float[] numbers(NodeDef constant) {
    ByteBuffer content =
        constant.getAttrOrThrow("value").getTensor().getTensorContent().asReadOnlyByteBuffer();
    float[] numbers = new float[content.remaining() / Float.BYTES];
    content.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
    return numbers;
  }

  @Test
  void kernel_and_bias_are_those_worked_out_by_hand() throws IOException {
    TrainedNetwork classifier = twoChannels(false, byHand());

    GraphDef graph =
        Classifiers.graph(ClassifierExport.of(classifier, ExportOptions.defaults()), folder);

    // s = 4 / 2 and 3 / 0.5; w' = 3 s and -2 s; b' = 10 + (0 - 1) s and 20 + (0 + 2) s.
    assertThat(constant(graph, "network/conv/folded")).containsExactly(new float[] {6, -12}, EPS);
    assertThat(constant(graph, "network/bn/folded")).containsExactly(new float[] {8, 32}, EPS);
    assertThat(logits(classifier, 0, 255))
        .containsExactly(new float[] {8, 32, 6 + 8, -12 + 32}, EPS);
  }

  @Test
  void a_bias_below_a_normalisation_goes_into_the_new_one() throws IOException {
    TrainedNetwork classifier = twoChannels(true, byHand());

    GraphDef graph =
        Classifiers.graph(ClassifierExport.of(classifier, ExportOptions.defaults()), folder);

    // b' = 10 + (5 - 1) 2 and 20 + (7 + 2) 6.
    assertThat(constant(graph, "network/bn/folded")).containsExactly(new float[] {18, 74}, EPS);
    assertThat(Classifiers.named(graph, "BiasAdd")).containsExactly("network/bn");
    assertThat(logits(classifier, 0, 255))
        .containsExactly(new float[] {18, 74, 6 + 18, -12 + 74}, EPS);
  }

  private static final org.assertj.core.data.Offset<Float> EPS = within(1e-4f);

  @Test
  void a_channel_of_scale_0_is_its_offset() {
    TrainedNetwork classifier =
        twoChannels(
            false,
            normalisation(
                new float[] {0, 3}, new float[] {10, 20}, new float[] {1, -2}, VARIANCES));

    assertThat(logits(classifier, 0, 255, 100))
        .containsExactly(new float[] {10, 32, 10, 20, 10, 32 - 12 * 100 / 255f}, EPS);
  }

  @Test
  void a_variance_of_0_is_divided_by_the_root_of_epsilon() {
    TrainedNetwork classifier =
        twoChannels(
            false,
            normalisation(
                new float[] {1, 1}, new float[] {0, 0}, new float[] {0, 0}, new float[] {0, 0}));

    // 1 / sqrt(1e-5) = 316.2278
    assertThat(logits(classifier, 0, 255))
        .containsExactly(new float[] {0, 0, 3 * 316.2278f, -2 * 316.2278f}, within(1e-2f));
  }

  @Test
  void a_depthwise_kernel_is_multiplied_channel_by_channel() throws IOException {
    Network network =
        (nn, images) ->
            nn.globalAvgPool(
                nn.batchNorm("bn", nn.depthwiseConv("conv", images, Conv.depthwise(1))));
    Map<String, Weights.Array> arrays =
        normalisation(
            new float[] {4, 3, 1},
            new float[] {10, 20, 30},
            new float[] {1, -2, 0},
            new float[] {4 - 1e-5f, 0.25f - 1e-5f, 1 - 1e-5f});
    arrays.put("conv.weight", new Weights.Array(Shape.of(3, 1, 1, 1), new float[] {3, -2, 7}));
    TrainedNetwork classifier =
        Classifiers.of(network, COLOUR, Classifiers.COLOURS_AS_THEY_ARE, arrays, 3);

    GraphDef graph =
        Classifiers.graph(ClassifierExport.of(classifier, ExportOptions.defaults()), folder);

    assertThat(constant(graph, "network/conv/folded"))
        .containsExactly(new float[] {6, -12, 7}, EPS);
    assertThat(logits(classifier, 255, 255, 255)).containsExactly(new float[] {14, 20, 37}, EPS);
  }

  /** Several positions and channels, where a wrong order of axes would show. */
  @Test
  void a_depthwise_convolution_of_3x3_computes_the_same() throws IOException {
    assertFolded(
        1,
        1,
        (nn, images) ->
            nn.globalAvgPool(
                nn.relu(
                    nn.batchNorm(
                        "bn", nn.depthwiseConv("conv", images, Conv.depthwise(3).stride(2))))));
  }

  @Test
  void a_depthwise_convolution_with_a_bias_computes_the_same() throws IOException {
    assertFolded(
        1,
        1,
        (nn, images) ->
            nn.globalAvgPool(
                nn.batchNorm(
                    "bn", nn.depthwiseConv("conv", images, Conv.depthwise(3).withBias()))));
  }

  @Test
  void of_two_normalisations_in_a_row_the_first_is_folded() throws IOException {
    assertFolded(
        1,
        2,
        (nn, images) ->
            nn.globalAvgPool(
                nn.batchNorm(
                    "second", nn.batchNorm("first", nn.conv("conv", images, Conv.of(3, 3))))));
  }

  @Test
  void a_normalisation_of_the_pictures_themselves_stays() throws IOException {
    assertFolded(0, 1, (nn, images) -> nn.globalAvgPool(nn.batchNorm("bn", images)));
  }

  @Test
  void one_kernel_under_two_normalisations_is_folded_into_each() throws IOException {
    assertFolded(
        2,
        2,
        (nn, images) ->
            nn.globalAvgPool(
                nn.add(
                    nn.batchNorm("one", nn.conv("conv", images, Conv.of(3, 3))),
                    nn.relu(nn.batchNorm("other", nn.conv("conv", images, Conv.of(3, 3)))))));
  }

  @Test
  void two_normalisations_of_one_convolution_stay() throws IOException {
    assertFolded(
        0,
        2,
        (nn, images) -> {
          var convolved = nn.conv("conv", images, Conv.of(3, 3));
          return nn.globalAvgPool(
              nn.add(nn.batchNorm("one", convolved), nn.batchNorm("other", convolved)));
        });
  }

  @Test
  void a_bias_that_something_else_reads_keeps_its_normalisation_as_it_is() throws IOException {
    assertFolded(
        0,
        1,
        (nn, images) -> {
          var biased = nn.conv("conv", images, Conv.of(3, 3).withBias());
          return nn.globalAvgPool(nn.add(nn.batchNorm("bn", biased), nn.relu(biased)));
        });
  }

  private void assertFolded(int folded, int normalisations, Network network) throws IOException {
    TrainedNetwork classifier = Classifiers.random(network, PICTURE, 3);
    byte[] pixels = Classifiers.noise(6 * PICTURE.bytes(), 1);

    ClassifierExport export = ClassifierExport.of(classifier, ExportOptions.defaults());

    assertThat(export.facts().folded()).isEqualTo(folded);
    assertThat(export.facts().normalisations()).isEqualTo(normalisations);
    assertThat(Classifiers.named(Classifiers.graph(export, folder), "FusedBatchNormV3"))
        .hasSize(normalisations - folded);
    try (ExportedClassifier exported = ExportedClassifier.open(folder)) {
      Classifiers.assertClose(
          exported.logits(pixels, 6), Classifiers.logits(classifier, pixels, 6), 1e-4);
    }
  }

  @Test
  void an_exported_tap_between_convolution_and_normalisation_keeps_both() throws IOException {
    Network network =
        (nn, images) -> {
          var convolved = nn.tap("convolved", nn.conv("conv", images, Conv.of(3, 3)));
          return nn.globalAvgPool(nn.relu(nn.batchNorm("bn", convolved)));
        };
    TrainedNetwork classifier = Classifiers.random(network, PICTURE, 3);
    byte[] pixels = Classifiers.noise(6 * PICTURE.bytes(), 1);
    float[] expected = Classifiers.logits(classifier, pixels, 6);

    ClassifierExport without = ClassifierExport.of(classifier, ExportOptions.defaults());
    ClassifierExport with =
        ClassifierExport.of(classifier, ExportOptions.defaults().taps(List.of("convolved")));

    assertThat(without.facts().folded()).isEqualTo(1);
    assertThat(with.facts().folded()).isZero();
    assertThat(Classifiers.graph(with, folder).getNodeList())
        .extracting(NodeDef::getName)
        .noneMatch(name -> name.endsWith("folded"));
    for (ClassifierExport export : List.of(without, with)) {
      try (ExportedClassifier exported = ExportedClassifier.of(export)) {
        Classifiers.assertClose(exported.logits(pixels, 6), expected, 1e-4);
      }
    }
  }
}
