package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class BoxMathTest {

  /** Numbers of order ten after a few float32 operations, each of which rounds at 6e-8. */
  private static final float ROUNDING = 1e-5f;

  private static final float[] PLAIN = {1, 1, 1, 1};
  private static final float LOG_2 = (float) Math.log(2);

  private final GraphRun run = new GraphRun();
  private final Ops tf = run.tf();

  @AfterEach
  void close() {
    run.close();
  }

  private Operand<TFloat32> box(float... edges) {
    return tf.constant(new float[][] {edges});
  }

  @Test
  void a_box_is_encoded_by_its_distance_and_growth() {
    // Centre (5, 10), 10 high, 20 wide; and centre (20, 30), 20 high, 40 wide.
    Operand<TFloat32> reference = box(0, 0, 10, 20);
    Operand<TFloat32> box = box(10, 10, 30, 50);

    float[] plain = run.floats(BoxMath.encoded(tf, reference, box, PLAIN));
    float[] divided =
        run.floats(BoxMath.encoded(tf, reference, box, new float[] {0.1f, 0.1f, 0.2f, 0.2f}));

    // (20 - 5) / 10, (30 - 10) / 20, log 2, log 2
    assertThat(plain).containsExactly(new float[] {1.5f, 1, LOG_2, LOG_2}, within(ROUNDING));
    assertThat(divided)
        .containsExactly(new float[] {15, 10, 5 * LOG_2, 5 * LOG_2}, within(ROUNDING));
  }

  @Test
  void offsets_are_decoded_from_their_reference() {
    Operand<TFloat32> reference = box(0, 0, 10, 20);

    float[] plain = run.floats(BoxMath.decoded(tf, reference, box(1.5f, 1, LOG_2, LOG_2), PLAIN));
    float[] divided =
        run.floats(
            BoxMath.decoded(
                tf,
                reference,
                box(15, 10, 5 * LOG_2, -5 * LOG_2),
                new float[] {0.1f, 0.1f, 0.2f, 0.2f}));

    assertThat(plain).containsExactly(new float[] {10, 10, 30, 50}, within(ROUNDING));
    // Half as wide instead of twice: 10 around 30.
    assertThat(divided).containsExactly(new float[] {10, 25, 30, 35}, within(ROUNDING));
  }

  @Test
  void decoding_undoes_encoding() {
    float[][][] references = boxes(1, 3, 40);
    float[][][] boxes = boxes(2, 3, 40);
    float[] deviations = {0.1f, 0.1f, 0.2f, 0.2f};

    Operand<TFloat32> offsets =
        BoxMath.encoded(tf, tf.constant(references), tf.constant(boxes), deviations);
    float[] back = run.floats(BoxMath.decoded(tf, tf.constant(references), offsets, deviations));

    // Edges up to 200, of which a float32 holds 7 digits; some ten roundings.
    assertThat(back).containsExactly(run.floats(tf.constant(boxes)), within(200 * 1e-5f));
  }

  /** Sides of 10 to 100, so that no box is more than 62 times another. */
  private static float[][][] boxes(long seed, int pictures, int count) {
    Random random = new Random(seed);
    float[][][] boxes = new float[pictures][count][];
    for (float[][] ofPicture : boxes) {
      for (int i = 0; i < count; i++) {
        float y = 100 * random.nextFloat();
        float x = 100 * random.nextFloat();
        ofPicture[i] =
            new float[] {y, x, y + 10 + 90 * random.nextFloat(), x + 10 + 90 * random.nextFloat()};
      }
    }
    return boxes;
  }

  /** detectron2's {@code _DEFAULT_SCALE_CLAMP = log(1000 / 16)}: 16 pixels become at most 1000. */
  @Test
  void a_box_grows_by_at_most_a_thousand_sixteenths() {
    float[] grown =
        run.floats(BoxMath.decoded(tf, box(0, 0, 16, 16), box(0, 0, 1e4f, 4.2f), PLAIN));
    float[] shrunk = run.floats(BoxMath.decoded(tf, box(0, 0, 16, 16), box(0, 0, -1e4f, 0), PLAIN));

    // 500 on either side of 8; the exponential rounds at 1e-7 of 500.
    assertThat(grown).containsExactly(new float[] {-492, -492, 508, 508}, within(1e-3f));
    assertThat(shrunk).containsExactly(new float[] {8, 0, 8, 16}, within(ROUNDING));
  }

  @Test
  void boxes_without_extent_have_finite_offsets() {
    float[] offsets = run.floats(BoxMath.encoded(tf, box(0, 0, 10, 10), box(0, 0, 0, 0), PLAIN));

    for (float offset : offsets) {
      assertThat(offset).isFinite();
    }
  }

  @Test
  void boxes_are_cut_off_at_the_border_of_their_own_picture() {
    float[] wide = {-5, -6, 100, 200};
    float[] inside = {1, 2, 3, 4};
    Operand<TFloat32> boxes = tf.constant(new float[][][] {{wide, inside}, {wide, inside}});
    Operand<TFloat32> areas = tf.constant(new float[][][] {{{10, 20}}, {{30, 40}}}); // [B, 1, 2]

    float[] clipped = run.floats(BoxMath.clipped(tf, boxes, areas));

    assertThat(clipped).containsExactly(0, 0, 10, 20, 1, 2, 3, 4, 0, 0, 30, 40, 1, 2, 3, 4);
  }

  @Test
  void iou_is_one_for_the_same_box_a_third_for_half_of_it_and_zero_apart() {
    float[][] boxes = {{0, 0, 2, 2}};
    // Half of each is shared: 2 of 2 + 2 + 2. Touching edges share nothing.
    float[][][] others = {
      {{0, 0, 2, 2}, {0, 1, 2, 3}, {1, 0, 3, 2}, {5, 5, 6, 6}, {0, 2, 2, 4}, {0, 0, 1, 1}}
    };

    float[] iou = run.floats(BoxMath.iou(tf, tf.constant(boxes), tf.constant(others)));

    assertThat(iou).containsExactly(new float[] {1, 1 / 3f, 1 / 3f, 0, 0, 0.25f}, within(ROUNDING));
  }

  @Test
  void iou_of_boxes_without_area_is_zero() {
    float[][] boxes = {{0, 0, 0, 0}, {3, 3, 3, 9}};
    float[][][] others = {{{0, 0, 0, 0}, {3, 3, 3, 9}, {0, 0, 10, 10}}};

    float[] iou = run.floats(BoxMath.iou(tf, tf.constant(boxes), tf.constant(others)));

    assertThat(iou).containsExactly(0, 0, 0, 0, 0, 0);
  }

  @Test
  void the_same_boxes_are_compared_with_those_of_each_picture() {
    float[] first = {0, 0, 2, 2};
    float[] second = {0, 1, 2, 3};
    float[][][] others = {{first}, {second}};

    Operand<TFloat32> shared =
        BoxMath.iou(tf, tf.constant(new float[][] {first, second}), tf.constant(others));
    Operand<TFloat32> own =
        BoxMath.iou(
            tf,
            tf.constant(new float[][][] {{first, second}, {second, first}}),
            tf.constant(others));

    // [B, N, G] = [2, 2, 1]
    assertThat(shared.shape().asArray()).containsExactly(2, 2, 1);
    assertThat(run.floats(shared))
        .containsExactly(new float[] {1, 1 / 3f, 1 / 3f, 1}, within(ROUNDING));
    assertThat(run.floats(own))
        .containsExactly(new float[] {1, 1 / 3f, 1, 1 / 3f}, within(ROUNDING));
  }

  @Test
  void smooth_l1_is_a_parabola_up_to_beta_and_a_line_beyond() {
    Operand<TFloat32> differences =
        tf.constant(
            new float[][] {
              {0, 0, 0, 0}, {0.5f, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, -3, 0}, {0.5f, 1, -3, 0}
            });

    float[] loss = run.floats(BoxMath.smoothL1(tf, differences, 1));

    // 0.5 (0.25), 0.5 (1), 3 - 0.5, and their sum
    assertThat(loss).containsExactly(new float[] {0, 0.125f, 0.5f, 2.5f, 3.125f}, within(ROUNDING));
  }

  @Test
  void smooth_l1_with_a_ninth_as_in_the_first_published_code() {
    Operand<TFloat32> differences =
        tf.constant(
            new float[][] {{1 / 18f, 0, 0, 0}, {0, 0, 0, -1 / 9f}, {0, 1, 0, 0}, {0, 0, 0, 0}});

    float[] loss = run.floats(BoxMath.smoothL1(tf, differences, 1.0 / 9));

    // 0.5 (9) / 324 = 1/72; 0.5 (9) / 81 = 1/18; 1 - 1/18
    assertThat(loss).containsExactly(new float[] {1 / 72f, 1 / 18f, 17 / 18f, 0}, within(ROUNDING));
  }
}
