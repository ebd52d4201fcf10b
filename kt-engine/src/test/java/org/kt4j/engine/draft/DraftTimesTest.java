package org.kt4j.engine.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.kt4j.data.FoundData;
import org.kt4j.data.PictureSizes;
import org.kt4j.engine.task.Recipe;

class DraftTimesTest {

  /** Steps of 3, 0.3 and 1.5 s: a forward pass of the teacher is 1 s, of the student 0.1 s. */
  private final DraftTimes times = new DraftTimes(3, 0.3, 1.5, 20, 10);

  private static DraftPlan plan(int views, @Nullable String teacher, @Nullable String count) {
    FoundData found =
        new FoundData(
            "some",
            Map.of("path", "pictures"),
            null,
            count,
            false,
            9_000,
            1_000,
            2_000,
            3,
            Map.of("a", 4_500, "b", 4_500),
            PictureSizes.of(32, 32),
            List.of(),
            null);
    Recipe recipe =
        new Recipe(
            found,
            found.options(),
            null,
            false,
            "{network: large}",
            "{network: small}",
            "{term: labels}",
            List.of(new Recipe.Transfer("KD", "{term: kd}", false)),
            100,
            5,
            10,
            Map.of(),
            views,
            List.of());
    return DraftPlan.of(recipe, teacher, true, 2);
  }

  @Test
  void a_run_is_its_steps_its_epochs_and_its_tests() {
    DraftPlan plan = plan(0, null, null);

    // 20 + 5 (90 steps of 3 s, 10 batches held out of 1 s), and 20 batches of the test, twice.
    assertThat(times.teacherRun(plan)).isCloseTo(20 + 5 * (270 + 10) + 40, within(1e-9));
    // 10 + 10 (90 steps of 0.3 s, 10 batches of 0.1 s) + 40 batches of 0.1 s.
    assertThat(times.aloneRun(plan)).isCloseTo(10 + 10 * (27 + 1) + 4, within(1e-9));
    // The teacher answers for the 10 held-out batches and the 20 of the test once.
    assertThat(times.taughtRun(plan)).isCloseTo(10 + 30 + 10 * (135 + 1) + 4, within(1e-9));
    assertThat(times.stored(plan)).isZero();
    assertThat(times.suite(plan)).isCloseTo(1_460 + 2 * (294 + 1_404), within(1e-9));
  }

  @Test
  void stored_answers_are_computed_once_and_not_in_each_step() {
    DraftPlan plan = plan(4, null, null);

    // 4 views of 90 batches, and 30 batches that do not change.
    assertThat(times.stored(plan)).isCloseTo(390, within(1e-9));
    // A step of 1.5 s without the teacher's second.
    assertThat(times.taughtRun(plan)).isCloseTo(10 + 10 * (45 + 1) + 4, within(1e-9));
  }

  @Test
  void a_teacher_that_is_there_is_not_trained() {
    DraftTimes given = new DraftTimes(0, 0.3, 1.5, 0, 10);

    assertThat(given.teacherRun(plan(0, "{run: teacher}", null))).isZero();
    // Its answers are what a step with it takes longer: 1.2 s.
    assertThat(given.stored(plan(4, "{run: teacher}", null))).isCloseTo(468, within(1e-9));
  }

  @Test
  void epochs_are_fewer_where_time_is_short_but_not_fewer_than_three() {
    DraftPlan plan = plan(0, null, null);

    DraftPlan half = times.within(plan, 2_500);
    DraftPlan least = times.within(plan, 10);

    assertThat(times.within(plan, 10_000)).isEqualTo(plan);
    assertThat(times.suite(half)).isLessThanOrEqualTo(2_500);
    assertThat(half.epochs()).isBetween(3, 9);
    assertThat(least.epochs()).isEqualTo(3);
    assertThat(least.teacherEpochs()).isEqualTo(3);
    assertThat(least.train()).isZero();
  }

  @Test
  void pictures_are_fewer_where_three_epochs_take_too_long() {
    DraftPlan least = times.within(plan(0, null, "train"), 900);

    assertThat(least.epochs()).isEqualTo(3);
    assertThat(least.train()).isBetween(2_000, 9_000);
    assertThat(least.data()).containsEntry("train", least.train());
    assertThat(least.data()).containsEntry("held-out", least.train() / 10);
    assertThat(times.suite(least)).isLessThanOrEqualTo(900);
  }
}
