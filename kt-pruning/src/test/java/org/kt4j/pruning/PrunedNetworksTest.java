package org.kt4j.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.CifarResNetProvider.Shortcut;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.network.InceptionBnProvider;
import org.kt4j.engine.network.MobileNetV2Provider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.PreActResNetProvider;
import org.kt4j.engine.network.VggProvider;
import org.kt4j.engine.network.WideResNetProvider;

/** Every network without some of its channels answers as the whole does with these at 0. */
class PrunedNetworksTest {

  /** A network by a name for the report. */
  private record Named(String name, Supplier<RandomNetwork> network) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Named> networks() {
    return Stream.of(
        new Named(
            "resnet-20, shortcut a",
            () ->
                RandomNetwork.of(
                    new CifarResNetProvider(),
                    new CifarResNetProvider.Options(20, 6, Shortcut.A),
                    8)),
        new Named(
            "resnet-14, shortcut b",
            () ->
                RandomNetwork.of(
                    new CifarResNetProvider(),
                    new CifarResNetProvider.Options(14, 6, Shortcut.B),
                    8)),
        new Named(
            "imagenet-resnet-18",
            () ->
                RandomNetwork.of(
                    new ImageNetResNetProvider(), new ImageNetResNetProvider.Options(18, 4), 32)),
        new Named(
            "preact-resnet, basic",
            () ->
                RandomNetwork.of(
                    new PreActResNetProvider(),
                    new PreActResNetProvider.Options(14, 5, PreActResNetProvider.Block.BASIC),
                    8)),
        new Named(
            "preact-resnet, bottleneck",
            () ->
                RandomNetwork.of(
                    new PreActResNetProvider(),
                    new PreActResNetProvider.Options(20, 3, PreActResNetProvider.Block.BOTTLENECK),
                    8)),
        new Named(
            "wide-resnet-10-1",
            () ->
                RandomNetwork.of(
                    new WideResNetProvider(), new WideResNetProvider().variant("10-1"), 8)),
        new Named(
            "vgg-11",
            () ->
                RandomNetwork.of(
                    new VggProvider(),
                    new VggProvider.Options(11, true, VggProvider.Head.SMALL),
                    32)),
        new Named(
            "vgg-11 without normalisation",
            () ->
                RandomNetwork.of(
                    new VggProvider(),
                    new VggProvider.Options(11, false, VggProvider.Head.SMALL),
                    32)),
        new Named(
            "inception-bn-small",
            () ->
                RandomNetwork.of(
                    new InceptionBnProvider(), new InceptionBnProvider.Options(true), 8)),
        new Named("flattened, of one's own", () -> RandomNetwork.of("own", OWN, pictures())));
  }

  static Stream<Named> largeNetworks() {
    return Stream.of(
        new Named(
            "imagenet-resnet-50",
            () ->
                RandomNetwork.of(
                    new ImageNetResNetProvider(), new ImageNetResNetProvider.Options(50, 4), 32)),
        new Named(
            "inception-bn",
            () ->
                RandomNetwork.of(
                    new InceptionBnProvider(), new InceptionBnProvider.Options(false), 32)),
        new Named(
            "mobilenet-v2",
            () ->
                RandomNetwork.of(
                    new MobileNetV2Provider(), new MobileNetV2Provider.Options(0.25, true), 8)));
  }

  private static RandomPictures pictures() {
    return new RandomPictures(new ImageShape(8, 8, 3), 12);
  }

  /**
   * Concatenated, flattened while it is a map, with a depthwise convolution and a raw operation.
   */
  private static final Network OWN =
      (nn, images) -> {
        var a = nn.relu(nn.batchNorm("a.bn", nn.conv("a", images, Conv.of(6, 3))));
        var b = nn.relu(nn.conv("b", images, Conv.of(5, 3).withBias()));
        var joined = nn.concat(List.of(a, b));
        var filtered = nn.tf().nn.elu(nn.depthwiseConv("d", joined, Conv.depthwise(3).withBias()));
        var c = nn.conv("c", filtered, Conv.of(7, 3).stride(2));
        return nn.dense("out", nn.flatten(nn.relu(c)), 5);
      };

  @ParameterizedTest
  @MethodSource("networks")
  void a_pruned_network_answers_as_the_masked_one(Named named) {
    requireSameAnswers(named, 1, 2);
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("largeNetworks")
  void a_large_pruned_network_answers_as_the_masked_one(Named named) {
    requireSameAnswers(named, 3);
  }

  private static void requireSameAnswers(Named named, long... seeds) {
    RandomNetwork network = named.network().get();
    try (OpenNetwork whole = OpenNetwork.of(network)) {
      for (long seed : seeds) {
        requireSameAnswers(network, whole, new Random(seed));
      }
    }
  }

  private static void requireSameAnswers(RandomNetwork network, OpenNetwork whole, Random random) {
    Set<Integer> removed = new HashSet<>();
    for (ChannelGraph.Group group : whole.channels().groups()) {
      assertThat(group.fixed()).as("%s", group.convolutions()).isNull();
      List<Integer> channels = new ArrayList<>(group.channels());
      Collections.shuffle(channels, random);
      // All but one at most.
      removed.addAll(channels.subList(0, random.nextInt(channels.size())));
    }
    Narrowed narrowed = new Narrowed(whole, removed);
    assertThat(narrowed.widths()).isNotEmpty();
    try (OpenNetwork narrow =
        new OpenNetwork(network, narrowed.widths(), narrowed.weights("left"))) {
      float[] found = logits(narrow, network);
      // All variables, so that nothing is left of an earlier choice.
      whole.graph().assign(masked(whole, removed));
      float[] expected = logits(whole, network);

      double largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(largest).isGreaterThan(0);
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) found[i]).isCloseTo(expected[i], within(2e-5 * largest));
      }
      assertThat(narrow.flops() / (double) whole.flops())
          .isCloseTo(new Selection(whole, Map.of(), PruneKeys.all(1)).flops(removed), within(1e-9));
    }
  }

  /**
   * The values of the whole network when the outputs of the removed filters are 0 everywhere: their
   * weights, biases, and scales and offsets of normalisations behind them.
   */
  private static Map<Variable, float[]> masked(OpenNetwork whole, Set<Integer> removed) {
    Map<Variable, float[]> masked = new LinkedHashMap<>();
    whole.values().forEach((variable, values) -> masked.put(variable, values.clone()));
    for (ChannelGraph.Binding binding : whole.channels().bindings()) {
      boolean made =
          switch (binding.variable().kind()) {
            case CONVOLUTION -> binding.axis() == 3;
            case DEPTHWISE, BIAS, NORMALISATION -> true;
            default -> false;
          };
      float[] values = masked.get(binding.variable());
      List<Integer> numbers = binding.channels().numbers();
      // The channels are the last axis, or the last but one that has a single place.
      for (int i = 0; made && values != null && i < values.length; i++) {
        if (removed.contains(whole.channels().root(numbers.get(i % numbers.size())))) {
          values[i] = 0;
        }
      }
    }
    return masked;
  }

  private static float[] logits(OpenNetwork network, RandomNetwork of) {
    RandomPictures pictures = (RandomPictures) of.training();
    return network
        .graph()
        .run(pictures.all(), pictures.size(), ImageGraph.Feed.NOTHING, network.outputs())
        .get(0);
  }

  @Test
  void most_channels_of_a_resnet_56_are_single_filters() {
    RandomNetwork network =
        RandomNetwork.of(
            new CifarResNetProvider(), new CifarResNetProvider.Options(56, 16, Shortcut.A), 8);
    try (OpenNetwork whole = OpenNetwork.of(network)) {
      List<ChannelGraph.Group> groups = whole.channels().groups();

      int single = 0;
      int all = 0;
      for (ChannelGraph.Group group : groups) {
        assertThat(group.fixed()).isNull();
        all += group.channels().size();
        // 9 x (16 + 32 + 64) within the blocks; the trunk has 16 + 16 + 32, and 16 of these are
        // those of the first convolution and of all second ones.
        single += group.tied() ? 0 : group.channels().size();
      }
      assertThat(single).isEqualTo(1008);
      assertThat(all).isEqualTo(1072);
      assertThat(groups)
          .filteredOn(group -> group.convolutions().contains("conv1"))
          .singleElement()
          .satisfies(
              group -> {
                assertThat(group.channels()).hasSize(16);
                assertThat(group.convolutions()).hasSize(28);
              });
    }
  }

  @Test
  void channels_that_an_unknown_operation_reads_are_fixed_with_its_name() {
    Network strange =
        (nn, images) -> {
          var a = nn.relu(nn.conv("a", images, Conv.of(6, 3)));
          var b = nn.conv("b", nn.tf().math.cumsum(a, nn.tf().constant(3)), Conv.of(4, 3));
          return nn.dense("out", nn.globalAvgPool(b), 5);
        };
    try (OpenNetwork whole = OpenNetwork.of(RandomNetwork.of("own", strange, pictures()))) {
      assertThat(whole.channels().groups())
          .filteredOn(group -> group.convolutions().contains("a"))
          .singleElement()
          .satisfies(
              group -> assertThat(group.fixed()).isEqualTo("they are read by an operation Cumsum"));
    }
  }
}
