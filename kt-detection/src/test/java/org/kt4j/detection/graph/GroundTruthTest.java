package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.op.Ops;

class GroundTruthTest {

  private static final float ROUNDING = 1e-6f;

  private static final float[] FIRST = {0, 0, 10, 10};
  private static final float[] SECOND = {0, 20, 10, 30};
  private static final float[] DIFFICULT = {20, 0, 30, 10};
  private static final float[] PADDING = {0, 0, 0, 0};

  private static final float[][] CANDIDATES = {
    {0, 0, 10, 10}, // the first object itself
    {0, 20, 5, 30}, // half of the second: 1/2
    {0, 22, 10, 32}, // the second, moved by a fifth: 80 of 120 is 2/3
    {20, 0, 30, 10}, // what is difficult
    {50, 50, 60, 60} // nothing
  };

  private final GraphRun run = new GraphRun();
  private final Ops tf = run.tf();

  @AfterEach
  void close() {
    run.close();
  }

  /** Two pictures: the second holds nothing at all. */
  private GroundTruth.Match match() {
    GroundTruth truth =
        new GroundTruth(
            tf.constant(
                new float[][][] {
                  {FIRST, SECOND, DIFFICULT, PADDING}, {PADDING, PADDING, PADDING, PADDING}
                }),
            tf.constant(new int[][] {{1, 2, -1, 0}, {0, 0, 0, 0}}));
    return truth.match(tf, tf.constant(CANDIDATES));
  }

  @Test
  void only_objects_count_for_the_best_overlap() {
    float[] best = run.floats(match().best());

    assertThat(best)
        .containsExactly(new float[] {1, 0.5f, 2 / 3f, 0, 0, -1, -1, -1, -1, -1}, within(ROUNDING));
  }

  @Test
  void overlap_with_something_difficult_is_kept_apart() {
    float[] hard = run.floats(match().hard());

    assertThat(hard)
        .containsExactly(new float[] {0, 0, 0, 1, 0, -1, -1, -1, -1, -1}, within(ROUNDING));
  }

  @Test
  void box_and_label_are_those_of_the_object_that_overlaps_most() {
    GroundTruth.Match match = match();

    float[] boxes = run.floats(match.box());
    int[] labels = run.ints(match.label());

    assertThat(Arrays.copyOf(boxes, 12))
        .containsExactly(0, 0, 10, 10, 0, 20, 10, 30, 0, 20, 10, 30);
    assertThat(Arrays.copyOf(labels, 3)).containsExactly(1, 2, 2);
  }

  @Test
  void nearest_to_an_object_is_one_box_and_in_a_picture_without_objects_none() {
    int[] closest = run.bits(match().closest());

    // Half of the second object is further from it than the moved one.
    assertThat(closest).containsExactly(1, 0, 1, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void boxes_that_are_equally_near_are_all_nearest() {
    GroundTruth truth =
        new GroundTruth(tf.constant(new float[][][] {{SECOND}}), tf.constant(new int[][] {{1}}));
    // The upper half and the lower half.
    float[][] halves = {{0, 20, 5, 30}, {5, 20, 10, 30}, {0, 0, 10, 10}};

    int[] closest = run.bits(truth.match(tf, tf.constant(halves)).closest());

    assertThat(closest).containsExactly(1, 1, 0);
  }

  @Test
  void no_box_is_nearest_to_an_object_that_none_touches() {
    GroundTruth truth =
        new GroundTruth(
            tf.constant(new float[][][] {{FIRST, {80, 80, 90, 90}}}),
            tf.constant(new int[][] {{1, 1}}));

    int[] closest = run.bits(truth.match(tf, tf.constant(CANDIDATES)).closest());

    assertThat(closest).containsExactly(1, 0, 0, 0, 0);
  }

  @Test
  void candidates_may_differ_from_picture_to_picture() {
    GroundTruth truth =
        new GroundTruth(
            tf.constant(new float[][][] {{FIRST}, {SECOND}}), tf.constant(new int[][] {{1}, {2}}));

    GroundTruth.Match match =
        truth.match(tf, tf.constant(new float[][][] {{FIRST, SECOND}, {FIRST, SECOND}}));

    assertThat(run.floats(match.best())).containsExactly(1, 0, 0, 1);
    assertThat(run.ints(match.label())).containsExactly(1, 1, 2, 2);
  }
}
