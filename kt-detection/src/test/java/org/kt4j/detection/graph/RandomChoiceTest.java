package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kt4j.engine.graph.ImageGraph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

class RandomChoiceTest {

  private static final int COUNT = 10;

  private final GraphRun run = new GraphRun();
  private final Ops tf = run.tf();
  private final Placeholder<TInt64> step =
      tf.placeholder(TInt64.class, Placeholder.shape(Shape.scalar()));

  @AfterEach
  void close() {
    run.close();
  }

  private RandomChoice choice(int rows, int most, long purpose) {
    return new RandomChoice(tf, tf.constant(new float[rows][COUNT]), COUNT, most, step, purpose);
  }

  private Operand<TBool> candidates(int[][] ones) {
    return tf.math.greater(tf.constant(ones), tf.constant(0));
  }

  private int[] chosen(Operand<TBool> choice, long stepNow) {
    Operand<TFloat32> numbers = tf.dtypes.cast(choice, TFloat32.class);
    return chosenNumbers(numbers, stepNow);
  }

  private int[] chosenNumbers(Operand<TFloat32> numbers, long stepNow) {
    try (TInt64 fed = TInt64.scalarOf(stepNow);
        Result result = run.session().runner().feed(step, fed).fetch(numbers).run()) {
      float[] values = ImageGraph.floats((TFloat32) result.get(0));
      int[] whole = new int[values.length];
      for (int i = 0; i < whole.length; i++) {
        whole[i] = (int) values[i];
      }
      return whole;
    }
  }

  private static int sum(int[] values, int from, int to) {
    int sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum;
  }

  @Test
  void as_many_are_chosen_as_are_allowed_and_only_candidates() {
    int[][] candidates = {
      {1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
      {0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
      {0, 0, 1, 0, 0, 0, 0, 0, 1, 0},
      {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
    };
    Operand<TBool> choice =
        choice(4, 6, 1).some(candidates(candidates), tf.constant(new int[] {4, 4, 4, 4}));

    for (long now = 0; now < 20; now++) {
      int[] chosen = chosen(choice, now);

      // min(limit, candidates)
      assertThat(sum(chosen, 0, 10)).isEqualTo(4);
      assertThat(sum(chosen, 10, 20)).isEqualTo(4);
      assertThat(sum(chosen, 20, 30)).isEqualTo(2);
      assertThat(sum(chosen, 30, 40)).isZero();
      for (int i = 0; i < chosen.length; i++) {
        assertThat(chosen[i]).isLessThanOrEqualTo(candidates[i / COUNT][i % COUNT]);
      }
    }
  }

  @Test
  void the_limit_is_each_pictures_own_and_may_be_nothing() {
    int[][] candidates = new int[4][COUNT];
    for (int[] row : candidates) {
      Arrays.fill(row, 1);
    }
    Operand<TInt32> limits = tf.constant(new int[] {0, 1, 6, -1});

    int[] chosen = chosen(choice(4, 6, 1).some(candidates(candidates), limits), 3);

    assertThat(sum(chosen, 0, 10)).isZero();
    assertThat(sum(chosen, 10, 20)).isEqualTo(1);
    assertThat(sum(chosen, 20, 30)).isEqualTo(6);
    assertThat(sum(chosen, 30, 40)).isZero();
  }

  @Test
  void more_may_be_allowed_than_there_are_places() {
    int[][] candidates = {{1, 1, 1, 0, 0, 0, 0, 0, 0, 1}};

    int[] chosen =
        chosen(choice(1, 100, 1).some(candidates(candidates), tf.constant(new int[] {100})), 3);

    assertThat(chosen).containsExactly(candidates[0]);
  }

  @Test
  void the_same_step_chooses_the_same_and_another_step_or_purpose_something_else() {
    int[][] all = {{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}};
    Operand<TInt32> half = tf.constant(new int[] {5});
    Operand<TBool> first = choice(1, 5, 1).some(candidates(all), half);
    Operand<TBool> again = choice(1, 5, 1).some(candidates(all), half);
    Operand<TBool> other = choice(1, 5, 2).some(candidates(all), half);

    int differing = 0;
    int purposes = 0;
    for (long now = 0; now < 20; now++) {
      assertThat(chosen(first, now)).containsExactly(chosen(again, now));
      differing += Arrays.equals(chosen(first, now), chosen(first, now + 1)) ? 0 : 1;
      purposes += Arrays.equals(chosen(first, now), chosen(other, now)) ? 0 : 1;
    }

    // One in 252 choices is the same by chance.
    assertThat(differing).isGreaterThanOrEqualTo(18);
    assertThat(purposes).isGreaterThanOrEqualTo(18);
  }

  @Test
  void in_the_long_run_each_candidate_is_chosen_equally_often() {
    int[][] candidates = {{1, 1, 0, 1, 1, 1, 1, 0, 1, 1}};
    Operand<TBool> choice =
        choice(1, 2, 7).some(candidates(candidates), tf.constant(new int[] {2}));
    Operand<TFloat32> numbers = tf.dtypes.cast(choice, TFloat32.class);
    int[] times = new int[COUNT];

    for (long now = 0; now < 1000; now++) {
      int[] chosen = chosenNumbers(numbers, now);
      for (int i = 0; i < COUNT; i++) {
        times[i] += chosen[i];
      }
    }

    // 2 of 8 in each of 1000 steps: 250, give or take sqrt(1000 / 4 * 3 / 4) = 14; five of those.
    for (int i = 0; i < COUNT; i++) {
      int expected = 250 * candidates[0][i];
      assertThat(times[i]).isBetween(expected - 70 * candidates[0][i], expected + 70);
    }
    assertThat(times[2]).isZero();
  }
}
