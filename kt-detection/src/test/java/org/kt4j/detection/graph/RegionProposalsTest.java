package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.op.Ops;

class RegionProposalsTest {

  /** Edges of order ten after a few float32 operations. */
  private static final float ROUNDING = 1e-5f;

  /** Large where nothing may depend on a prediction. */
  private static final float NONSENSE = 40;

  private final GraphRun run = new GraphRun();
  private final Ops tf = run.tf();

  @AfterEach
  void close() {
    run.close();
  }

  private RegionProposals proposals(float[][] anchors, float[][] logits, float[][][] offsets) {
    return new RegionProposals(
        tf.constant(anchors), anchors.length, tf.constant(logits), tf.constant(offsets));
  }

  private static final float[][] ANCHORS = {
    {0, 0, 10, 10}, //
    {1, 0, 11, 10}, // 90 of 110 with the first: 0.82
    {20, 20, 30, 30},
    {40, 40, 60, 60}, // partly beyond the border
    {60, 60, 70, 70} // wholly beyond it
  };

  @Test
  void the_best_come_first_without_what_overlaps_something_better() {
    float[][][] offsets = new float[1][5][4];
    offsets[0][2][1] = 0.5f; // half a width, 5 pixels to the right
    RegionProposals proposals = proposals(ANCHORS, new float[][] {{2, 1, 0, -1, 5}}, offsets);

    RegionProposals.Best best =
        proposals.best(tf, tf.constant(new float[][] {{50, 45}}), 100, 4, 0.7);

    assertThat(run.bits(best.valid())).containsExactly(1, 1, 1, 0);
    float[] boxes = run.floats(best.boxes());
    assertThat(boxes).hasSize(16);
    assertThat(Arrays.copyOf(boxes, 12))
        .containsExactly(
            new float[] {0, 0, 10, 10, 20, 25, 30, 35, 40, 40, 50, 45}, within(ROUNDING));
  }

  @Test
  void what_overlaps_less_than_the_limit_stays() {
    RegionProposals proposals =
        proposals(ANCHORS, new float[][] {{1, 2, 0, -1, -2}}, new float[1][5][4]);

    RegionProposals.Best best =
        proposals.best(tf, tf.constant(new float[][] {{100, 100}}), 100, 5, 0.9);

    // Order of the logits: the second, the first, the third, ...
    assertThat(run.bits(best.valid())).containsExactly(1, 1, 1, 1, 1);
    assertThat(run.floats(best.boxes()))
        .containsExactly(
            new float[] {
              1, 0, 11, 10, 0, 0, 10, 10, 20, 20, 30, 30, 40, 40, 60, 60, 60, 60, 70, 70
            },
            within(ROUNDING));
  }

  @Test
  void only_the_surest_candidates_are_looked_at_in_each_picture() {
    float[][] logits = {{3, -9, 2, 1, 0}, {-9, 0, 1, 2, 3}};
    RegionProposals proposals = proposals(ANCHORS, logits, new float[2][5][4]);

    RegionProposals.Best best =
        proposals.best(tf, tf.constant(new float[][] {{100, 100}, {65, 100}}), 2, 3, 0.7);

    assertThat(run.bits(best.valid())).containsExactly(1, 1, 0, 1, 1, 0);
    float[] boxes = run.floats(best.boxes());
    assertThat(Arrays.copyOfRange(boxes, 0, 8))
        .containsExactly(new float[] {0, 0, 10, 10, 20, 20, 30, 30}, within(ROUNDING));
    // The second picture ends at row 65.
    assertThat(Arrays.copyOfRange(boxes, 12, 20))
        .containsExactly(new float[] {60, 60, 65, 70, 40, 40, 60, 60}, within(ROUNDING));
  }

  @Test
  void the_losses_of_four_anchors_worked_by_hand() {
    float[][] anchors = {
      {0, 0, 10, 10}, // the object: 1
      {0, 0, 10, 8}, // 0.8, an object
      {0, 0, 10, 5}, // 0.5, neither
      {50, 50, 60, 60} // background
    };
    float[][][] offsets = new float[1][4][4];
    offsets[0][2] = new float[] {NONSENSE, 1, 2, 3};
    offsets[0][3] = new float[] {NONSENSE, 1, 2, 3};
    RegionProposals proposals = proposals(anchors, new float[][] {{0, 2, NONSENSE, -1}}, offsets);
    GroundTruth truth =
        new GroundTruth(
            tf.constant(new float[][][] {{{0, 0, 10, 10}}}), tf.constant(new int[][] {{1}}));

    RegionProposals.Losses losses = proposals.losses(tf, truth, 4, tf.constant(3L), 1);

    // -log sigmoid(0) = 0.693147, -log sigmoid(2) = 0.126928, -log sigmoid(1) = 0.313262
    assertThat(run.floats(losses.objectness())[0]).isCloseTo(1.133337f / 3, within(ROUNDING));
    // The second anchor's aims: (5 - 4) / 8 = 0.125 and log(10 / 8) = 0.223144, both beyond 1/9:
    // 0.125 - 1/18 + 0.223144 - 1/18 = 0.237033, of three anchors that were chosen.
    assertThat(run.floats(losses.box())[0]).isCloseTo(0.237033f / 3, within(ROUNDING));
  }

  @Test
  void the_nearest_anchor_is_an_object_however_far_and_half_of_the_choice_at_most_are_objects() {
    // IoU 0.25 with the object, and twice background.
    float[][] anchors = {{0, 0, 5, 5}, {50, 50, 60, 60}, {70, 50, 80, 60}};
    GroundTruth truth =
        new GroundTruth(
            tf.constant(new float[][][] {{{0, 0, 10, 10}}}), tf.constant(new int[][] {{2}}));
    RegionProposals proposals = proposals(anchors, new float[][] {{0, 2, 2}}, new float[1][3][4]);

    RegionProposals.Losses losses = proposals.losses(tf, truth, 2, tf.constant(3L), 1);

    // One object and one of the two: -log sigmoid(0) = 0.693147, -log sigmoid(-2) = 2.126928
    assertThat(run.floats(losses.objectness())[0]).isCloseTo(2.820075f / 2, within(ROUNDING));
    // Aims: 0.5, 0.5, log 2, log 2; 1 + 2 (0.693147) - 4/18 = 2.164072
    assertThat(run.floats(losses.box())[0]).isCloseTo(2.164072f / 2, within(ROUNDING));
  }

  @Test
  void what_may_be_something_difficult_is_no_background() {
    float[][] anchors = {{0, 0, 10, 10}, {50, 50, 60, 60}, {70, 50, 80, 60}};
    GroundTruth truth =
        new GroundTruth(
            tf.constant(new float[][][] {{{0, 0, 10, 10}, {50, 50, 60, 65}}}),
            tf.constant(new int[][] {{1, -1}}));
    RegionProposals proposals =
        proposals(anchors, new float[][] {{0, NONSENSE, -1}}, new float[1][3][4]);

    RegionProposals.Losses losses = proposals.losses(tf, truth, 8, tf.constant(3L), 1);

    // The first is an object, the last background; 0.693147 + 0.313262.
    assertThat(run.floats(losses.objectness())[0]).isCloseTo(1.006409f / 2, within(ROUNDING));
    assertThat(run.floats(losses.box())[0]).isZero();
  }

  @Test
  void a_picture_without_objects_has_background_only_and_shares_the_mean() {
    float[][] anchors = {{0, 0, 10, 10}, {50, 50, 60, 60}};
    GroundTruth truth =
        new GroundTruth(
            tf.constant(new float[][][] {{{0, 0, 10, 10}}, {{0, 0, 0, 0}}}),
            tf.constant(new int[][] {{1}, {0}}));
    RegionProposals proposals =
        proposals(anchors, new float[][] {{2, 0}, {0, 2}}, new float[2][2][4]);

    RegionProposals.Losses losses = proposals.losses(tf, truth, 4, tf.constant(3L), 1);

    // 0.126928 + 0.693147 of the first, 0.693147 + 2.126928 of the second; four anchors.
    assertThat(run.floats(losses.objectness())[0]).isCloseTo(3.640150f / 4, within(ROUNDING));
  }
}
