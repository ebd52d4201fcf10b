package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.op.Ops;

class SampledRegionsTest {

  private static final float ROUNDING = 1e-5f;

  private static final float[] OBJECT = {0, 0, 10, 10};
  private static final float[] DIFFICULT = {40, 40, 50, 50};

  private final GraphRun run = new GraphRun();
  private final Ops tf = run.tf();

  @AfterEach
  void close() {
    run.close();
  }

  private RegionProposals.Best proposals(float[][] boxes, int... valid) {
    return new RegionProposals.Best(
        tf.constant(new float[][][] {boxes}),
        tf.math.greater(tf.constant(new int[][] {valid}), tf.constant(0)));
  }

  private GroundTruth truth(float[][] boxes, int... labels) {
    return new GroundTruth(tf.constant(new float[][][] {boxes}), tf.constant(new int[][] {labels}));
  }

  private SampledRegions sampled(
      RegionProposals.Best proposals, GroundTruth truth, int number, long step) {
    return SampledRegions.of(tf, proposals, truth, number, tf.constant(step), 1);
  }

  private static float[] box(float[] boxes, int index) {
    return Arrays.copyOfRange(boxes, 4 * index, 4 * index + 4);
  }

  @Test
  void at_most_a_quarter_are_objects_and_they_come_first() {
    float[][] boxes = new float[16][];
    int[] valid = new int[16];
    for (int i = 0; i < 16; i++) {
      // Eight that are near the object, eight far away.
      boxes[i] =
          i < 8 ? new float[] {0, 0, 10, 9 - i / 4f} : new float[] {60, 6 * i, 65, 6 * i + 5};
      valid[i] = 1;
    }
    for (long step = 0; step < 5; step++) {
      SampledRegions regions =
          sampled(proposals(boxes, valid), truth(new float[][] {OBJECT}, 3), 8, step);

      assertThat(run.ints(regions.labels())).containsExactly(3, 3, 0, 0, 0, 0, 0, 0);
      assertThat(run.floats(regions.weights())).containsOnly(1);
      float[] chosen = run.floats(regions.boxes());
      for (int i = 0; i < 8; i++) {
        assertThat(box(chosen, i)[0]).isEqualTo(i < 2 ? 0 : 60);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "7, 1", "8, 2", "10, 2", "12, 3"})
  void a_quarter_is_rounded_down_but_one_may_always_be_an_object(int number, int objects) {
    float[][] boxes = new float[16][];
    int[] valid = new int[16];
    for (int i = 0; i < 16; i++) {
      boxes[i] = i < 4 ? OBJECT : new float[] {60, 6 * i, 65, 6 * i + 5};
      valid[i] = 1;
    }

    SampledRegions regions =
        sampled(proposals(boxes, valid), truth(new float[][] {OBJECT}, 1), number, 1);

    assertThat(Arrays.stream(run.ints(regions.labels())).sum()).isEqualTo(objects);
  }

  @Test
  void no_region_is_chosen_twice() {
    float[][] boxes = new float[8][];
    for (int i = 0; i < 8; i++) {
      boxes[i] = new float[] {60, 6 * i, 65, 6 * i + 5};
    }

    SampledRegions regions =
        sampled(proposals(boxes, 1, 1, 1, 1, 1, 1, 1, 1), truth(new float[][] {OBJECT}, 1), 8, 1);

    float[] chosen = run.floats(regions.boxes());
    assertThat(IntStream.range(0, 8).mapToObj(i -> Arrays.toString(box(chosen, i))).distinct())
        .hasSize(8);
  }

  @Test
  void the_objects_themselves_are_candidates() {
    float[][] far = {{60, 0, 65, 5}, {60, 6, 65, 11}, {60, 12, 65, 17}, {60, 18, 65, 23}};

    SampledRegions regions =
        sampled(proposals(far, 1, 1, 1, 1), truth(new float[][] {OBJECT}, 2), 4, 1);

    assertThat(run.ints(regions.labels())).containsExactly(2, 0, 0, 0);
    assertThat(box(run.floats(regions.boxes()), 0)).containsExactly(OBJECT);
    // It is where it should be already.
    assertThat(box(run.floats(regions.aims()), 0))
        .containsExactly(new float[] {0, 0, 0, 0}, within(ROUNDING));
  }

  @Test
  void what_is_difficult_is_neither_object_nor_background() {
    // On the difficult one, half of it (IoU 1/2), and a quarter of it, which is background.
    float[][] boxes = {DIFFICULT, {40, 40, 50, 45}, {40, 40, 45, 45}, {70, 70, 80, 80}};
    for (long step = 0; step < 5; step++) {
      SampledRegions regions =
          sampled(
              proposals(boxes, 1, 1, 1, 1),
              truth(new float[][] {OBJECT, DIFFICULT}, 1, -1),
              4,
              step);

      float[] weights = run.floats(regions.weights());
      float[] chosen = run.floats(regions.boxes());
      assertThat(run.ints(regions.labels())).containsExactly(1, 0, 0, 0);
      assertThat(weights).containsExactly(1, 1, 1, 0);
      assertThat(box(chosen, 1)[2] + box(chosen, 2)[2]).isEqualTo(45 + 80);
    }
  }

  @Test
  void places_that_nothing_fills_weigh_nothing() {
    float[][] boxes = {{60, 0, 65, 5}, {0, 0, 10, 10}, {0, 0, 0, 0}, {0, 0, 0, 0}};

    // Only the first is no padding, and there is no object.
    SampledRegions regions =
        sampled(proposals(boxes, 1, 0, 0, 0), truth(new float[][] {{0, 0, 0, 0}}, 0), 4, 1);

    assertThat(run.floats(regions.weights())).containsExactly(1, 0, 0, 0);
    assertThat(run.ints(regions.labels())).containsExactly(0, 0, 0, 0);
    assertThat(box(run.floats(regions.boxes()), 0)).containsExactly(60, 0, 65, 5);
    for (float aim : run.floats(regions.aims())) {
      assertThat(aim).isFinite();
    }
  }

  @Test
  void aims_lead_from_the_region_to_its_object() {
    float[][] boxes = {
      {0, 0, 10, 8}, {60, 6, 65, 11}, {60, 12, 65, 17}, {60, 18, 65, 23}, {60, 24, 65, 29}
    };
    int[] labels = {0};
    float[] aims = {0};
    float[] chosen = {0};
    // Of the two candidates, the region and the object itself, one is chosen; wait for the region.
    for (long step = 0; step < 40 && box(chosen, 0)[3] != 8; step++) {
      SampledRegions regions =
          sampled(proposals(boxes, 1, 1, 1, 1, 1), truth(new float[][] {OBJECT}, 2), 4, step);
      labels = run.ints(regions.labels());
      aims = run.floats(regions.aims());
      chosen = run.floats(regions.boxes());
    }

    assertThat(box(chosen, 0)).containsExactly(boxes[0]);
    assertThat(labels[0]).isEqualTo(2);
    // Centre from 4 to 5 of 8 is 1/8, over 0.1; log(10 / 8) = 0.223144, over 0.2.
    assertThat(box(aims, 0))
        .containsExactly(new float[] {0, 1.25f, 0, 1.115718f}, within(ROUNDING));
  }

  @Test
  void each_picture_has_its_own_regions() {
    float[][] far = {{60, 0, 65, 5}, {60, 6, 65, 11}, {60, 12, 65, 17}, {60, 18, 65, 23}};
    float[][] low = {{80, 0, 85, 5}, {80, 6, 85, 11}, {80, 12, 85, 17}, {80, 18, 85, 23}};
    float[] other = {10, 10, 30, 30};
    RegionProposals.Best proposals =
        new RegionProposals.Best(
            tf.constant(new float[][][] {far, low}),
            tf.math.greater(tf.constant(new int[][] {{1, 1, 1, 1}, {1, 1, 1, 1}}), tf.constant(0)));
    GroundTruth truth =
        new GroundTruth(
            tf.constant(new float[][][] {{OBJECT}, {other}}), tf.constant(new int[][] {{1}, {2}}));

    SampledRegions regions = sampled(proposals, truth, 4, 1);

    float[] boxes = run.floats(regions.boxes());
    assertThat(run.ints(regions.labels())).containsExactly(1, 0, 0, 0, 2, 0, 0, 0);
    assertThat(box(boxes, 0)).containsExactly(OBJECT);
    assertThat(box(boxes, 1)[0]).isEqualTo(60);
    assertThat(box(boxes, 4)).containsExactly(other);
    assertThat(box(boxes, 5)[0]).isEqualTo(80);
  }

  @Test
  void the_losses_of_three_regions_worked_by_hand() {
    SampledRegions regions =
        new SampledRegions(
            tf.constant(new float[1][3][4]),
            tf.constant(new int[] {2, 0, 0}),
            tf.constant(new float[][] {{0.5f, 0, 0, 0}, {9, 9, 9, 9}, {9, 9, 9, 9}}),
            tf.constant(new float[] {1, 1, 0}));
    float log2 = (float) Math.log(2);
    BoxHead head =
        new BoxHead(
            tf.constant(new float[][] {{0, 0, 0}, {log2, 0, 0}, {-50, 50, 50}}),
            tf.constant(
                new float[][][] {
                  {{7, 7, 7, 7}, {1, 0, 0, 3}},
                  {{7, 7, 7, 7}, {7, 7, 7, 7}},
                  {{7, 7, 7, 7}, {7, 7, 7, 7}}
                }));

    SampledRegions.Losses losses = regions.losses(tf, head, 2);

    // -log(1/3) and -log(2/4), of two regions that count
    assertThat(run.floats(losses.classes())[0])
        .isCloseTo((1.098612f + 0.693147f) / 2, within(ROUNDING));
    // The second class' own offsets: 0.5 apart is 0.125, 3 apart is 2.5
    assertThat(run.floats(losses.box())[0]).isCloseTo(2.625f / 2, within(ROUNDING));
  }
}
