package org.kt4j.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.api.FilterCriterion;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.CifarResNetProvider.Shortcut;

/** How much stays, and what cannot be asked for. */
class SelectionTest {

  /** The layers that both plans of Li et al. leave as they are: 16, 20, 38 and 54. */
  private static final List<String> SENSITIVE =
      List.of("layer1.7.conv1", "layer2.0.conv1", "layer3.0.conv1", "layer3.8.conv1");

  /** Those that plan B leaves as they are, too: 18 and 34. */
  private static final List<String> MORE = List.of("layer1.8.conv1", "layer2.7.conv1");

  private static RandomNetwork network;
  private static OpenNetwork whole;

  @BeforeAll
  static void open() {
    network =
        RandomNetwork.of(
            new CifarResNetProvider(), new CifarResNetProvider.Options(56, 16, Shortcut.A), 32);
    whole = OpenNetwork.of(network);
  }

  @AfterAll
  static void close() {
    whole.close();
  }

  private static Scores scores(Selection selection) {
    FilterCriterion l1 = new L1Provider().create(new L1Provider.Options());
    Survey survey =
        new Survey(
            network, whole, selection.convolutions(), new Pictures(network, 4, 1), Set.of(), 1, 4);
    return new Scores("l1", l1, survey, selection.convolutions());
  }

  private static Map<String, Integer> widths(Selection selection) {
    return new Narrowed(whole, selection.byShares(scores(selection))).widths();
  }

  @ParameterizedTest
  // Li et al., Pruning Filters for Efficient ConvNets, 2017, table 1: 1.12e8 and 9.09e7. They keep
  // 14, 28 and 57 filters of each layer in the stages, and 6, 22 and 57.
  @CsvSource({"A, 0.875, 0.875, 0.89, 1.12e8", "B, 0.4, 0.7, 0.89, 9.09e7"})
  void the_plans_of_li_have_their_multiplications(
      String plan, double one, double two, double three, double multiplications) {
    List<String> skipped = new ArrayList<>(SENSITIVE);
    skipped.addAll(plan.equals("B") ? MORE : List.of());
    Selection selection =
        new Selection(
            whole,
            Map.of(),
            PruneKeys.of(
                Map.of("stage1", one, "stage2", two, "stage3", three), 1, null, false, skipped));

    Set<Integer> removed = selection.byShares(scores(selection));

    double left = selection.flops(removed) * whole.flops() / 2;
    // The paper gives three digits.
    assertThat(left).isCloseTo(multiplications, within(0.005 * multiplications));
    assertThat(new Narrowed(whole, removed).widths())
        .containsEntry("layer3.1.conv1", 57)
        .doesNotContainKeys("conv1", "layer1.7.conv1");
  }

  @Test
  void half_of_the_filters_within_the_blocks_is_half_of_the_multiplications() {
    Selection selection =
        new Selection(whole, Map.of(), PruneKeys.of(Map.of("all", 0.5), 8, null, false, List.of()));

    Map<String, Integer> widths = widths(selection);

    assertThat(widths).hasSize(27);
    assertThat(widths).containsEntry("layer1.0.conv1", 8).containsEntry("layer3.8.conv1", 32);
    // All of the 55 convolutions but the first have one side halved; that one has 442,368, and the
    // dense layer 64 x 5.
    assertThat(whole.flops() / 2).isEqualTo(125_485_376);
    assertThat(selection.flops(selection.byShares(scores(selection))) * whole.flops() / 2)
        .isCloseTo((125_485_376 - 442_368 - 320) / 2.0 + 442_368 + 320, within(1.0));
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 8, 8",
    "0.4, 8, 8",
    "0.8, 8, 16",
    "0.1, 8, 8",
    "0.4, 1, 6",
    "0.01, 1, 1",
    "0.5, 5, 10",
    "1, 8, 16",
    "0.9, 32, 16"
  })
  void widths_are_the_nearest_multiple_and_never_0(double share, int multiple, int expected) {
    Selection selection =
        new Selection(
            whole,
            Map.of(),
            PruneKeys.of(Map.of("layer1.0.conv1", share), multiple, null, false, List.of()));

    assertThat(widths(selection).getOrDefault("layer1.0.conv1", 16)).isEqualTo(expected);
    assertThat(widths(selection)).doesNotContainKey("layer1.1.conv1");
  }

  @Test
  void shares_are_of_the_network_before_the_rounds() {
    Selection selection =
        new Selection(
            whole,
            Map.of("layer1.0.conv1", 32),
            PruneKeys.of(Map.of("layer1.0.conv1", 0.375), 4, null, false, List.of()));

    // Of 32, of which 16 are left.
    assertThat(widths(selection)).containsEntry("layer1.0.conv1", 12);
  }

  @Test
  void a_budget_is_met_with_multiples_and_the_smallest_scores_go_first() {
    Selection selection =
        new Selection(whole, Map.of(), PruneKeys.of(Map.of(), 8, 0.7, false, List.of()));
    Scores scores = scores(selection);

    Set<Integer> removed = selection.byBudget(scores, selection::flops, 0.7, "flops");

    Map<String, Integer> widths = new Narrowed(whole, removed).widths();
    assertThat(selection.flops(removed)).isLessThanOrEqualTo(0.7).isGreaterThan(0.66);
    assertThat(widths.values()).allSatisfy(width -> assertThat(width % 8).isZero());
    try (OpenNetwork narrow =
        new OpenNetwork(network, widths, new Narrowed(whole, removed).weights("left"))) {
      assertThat((double) narrow.flops() / whole.flops())
          .isCloseTo(selection.flops(removed), within(1e-9));
    }
  }

  @Test
  void a_budget_that_cannot_be_reached_is_told_with_the_least() {
    Selection selection =
        new Selection(whole, Map.of(), PruneKeys.of(Map.of(), 8, 0.05, false, List.of()));
    Scores scores = scores(selection);

    assertThatThrownBy(() -> selection.byBudget(scores, selection::flops, 0.05, "flops"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageMatching(
            "flops: 0\\.05 cannot be reached: with 8 filters in each layer, which is the least, it"
                + " is 0\\.\\d+; fix: a larger share, or a smaller multiple, or tied: true");
  }

  @Test
  void layers_that_do_not_exist_are_told_with_the_nearest() {
    assertThatThrownBy(
            () ->
                new Selection(
                    whole,
                    Map.of(),
                    PruneKeys.of(Map.of("layer1.0.conv3", 0.5), 8, null, false, List.of("stage4"))))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("keep: unknown layer or stage 'layer1.0.conv3'")
        .hasMessageContaining("skip: unknown layer or stage 'stage4'");
  }

  @Test
  void a_layer_whose_channels_others_share_is_told_with_them() {
    assertThatThrownBy(
            () ->
                new Selection(
                    whole,
                    Map.of(),
                    PruneKeys.of(Map.of("layer1.0.conv2", 0.5), 8, null, false, List.of())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "keep: the channels of layer1.0.conv2 are added to those of conv1, layer1.1.conv2,")
        .hasMessageContaining("so that they can only be removed together; fix: tied: true");
  }

  @Test
  void layers_that_share_channels_have_one_share() {
    assertThatThrownBy(
            () ->
                new Selection(
                    whole,
                    Map.of(),
                    PruneKeys.of(
                        Map.of("layer1.0.conv2", 0.5, "layer1.1.conv2", 0.75),
                        8,
                        null,
                        true,
                        List.of())))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("share channels and have different shares");
  }
}
