package org.kt4j.detection.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.LabelledBox;

class DetectionEvaluatorTest {

  private static final double TOLERANCE = 1e-12;

  private final DetectionEvaluator evaluator = new DetectionEvaluator(List.of("ant", "bee", "cat"));

  @Test
  void the_mean_is_over_the_classes_that_have_objects() {
    // Ants: one found, one of two missed. Bees: only a difficult one. Cats: one, found with an
    // overlap of 0.82, which reaches 0.5, 0.55, ..., 0.8: seven of ten.
    evaluator.add(
        List.of(object(0, 0, 40), object(0, 50, 90), difficult(1, 0, 10), object(2, 100, 110)),
        List.of(
            new Detection(new Box(0, 0, 40, 40), 0, 0.9),
            new Detection(new Box(60, 0, 70, 10), 1, 0.9),
            new Detection(new Box(100, 100, 110, 108.2), 2, 0.5)));

    DetectionScores scores = evaluator.scores();

    // Ants: precision 1 up to a recall of 0.5: 6 of 11 and 51 of 101 levels.
    assertThat(scores.classes())
        .extracting(DetectionScores.ClassScores::name)
        .containsExactly("ant", "bee", "cat");
    DetectionScores.ClassScores ant = scores.classes().get(0);
    assertThat(ant.objects()).isEqualTo(2);
    assertThat(ant.vocArea()).isCloseTo(0.5, within(TOLERANCE));
    assertThat(ant.voc2007()).isCloseTo(6 / 11.0, within(TOLERANCE));
    assertThat(ant.coco()).isCloseTo(51 / 101.0, within(TOLERANCE));
    assertThat(ant.precision().get(50)).isEqualTo(1);
    assertThat(ant.precision().get(51)).isZero();
    DetectionScores.ClassScores bee = scores.classes().get(1);
    assertThat(bee.objects()).isZero();
    assertThat(bee.vocArea()).isNaN();
    assertThat(bee.coco()).isNaN();
    assertThat(scores.classes().get(2).coco()).isCloseTo(0.7, within(TOLERANCE));
    assertThat(scores.vocArea()).isCloseTo((0.5 + 1) / 2, within(TOLERANCE));
    assertThat(scores.voc2007()).isCloseTo((6 / 11.0 + 1) / 2, within(TOLERANCE));
    assertThat(scores.coco()).isCloseTo((51 / 101.0 + 0.7) / 2, within(TOLERANCE));
    assertThat(scores.coco50()).isCloseTo((51 / 101.0 + 1) / 2, within(TOLERANCE));
    assertThat(scores.coco75()).isCloseTo((51 / 101.0 + 1) / 2, within(TOLERANCE));
    // The cat is small, the ants are medium, nothing is large.
    assertThat(scores.small()).isCloseTo(0.7, within(TOLERANCE));
    assertThat(scores.medium()).isCloseTo(51 / 101.0, within(TOLERANCE));
    assertThat(scores.large()).isNaN();
    // Of the ants one of two is found; of the cat's ten overlaps seven are reached.
    assertThat(ant.recall()).isCloseTo(0.5, within(TOLERANCE));
    assertThat(bee.recall()).isNaN();
    DetectionScores.Recall recall = scores.recall();
    assertThat(recall.surest()).isCloseTo((0.5 + 0.7) / 2, within(TOLERANCE));
    assertThat(recall.tenSurest()).isCloseTo((0.5 + 0.7) / 2, within(TOLERANCE));
    assertThat(recall.hundredSurest()).isCloseTo((0.5 + 0.7) / 2, within(TOLERANCE));
    assertThat(recall.small()).isCloseTo(0.7, within(TOLERANCE));
    assertThat(recall.medium()).isCloseTo(0.5, within(TOLERANCE));
    assertThat(recall.large()).isNaN();
  }

  @Test
  void objects_are_found_only_in_their_own_picture() {
    evaluator.add(List.of(object(0, 0, 10)), List.of());
    evaluator.add(List.of(), List.of(new Detection(new Box(0, 0, 10, 10), 0, 0.9)));

    assertThat(evaluator.scores().vocArea()).isZero();
    assertThat(evaluator.scores().coco()).isZero();
  }

  @Test
  void without_pictures_there_is_no_number() {
    DetectionScores scores = evaluator.scores();

    assertThat(scores.vocArea()).isNaN();
    assertThat(scores.coco()).isNaN();
    assertThat(scores.classes()).hasSize(3);
  }

  @Test
  void labels_and_scores_that_are_none_are_refused() {
    assertThatThrownBy(() -> evaluator.add(List.of(object(3, 0, 10)), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("label 3 is not allowed; allowed: 0 to 2");
    assertThatThrownBy(
            () ->
                evaluator.add(
                    List.of(), List.of(new Detection(new Box(0, 0, 1, 1), 0, Double.NaN))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the score is no number");
  }

  /** A square on the diagonal. */
  private static LabelledBox object(int label, double from, double to) {
    return new LabelledBox(new Box(from, from, to, to), label, false);
  }

  private static LabelledBox difficult(int label, double from, double to) {
    return new LabelledBox(new Box(from, from, to, to), label, true);
  }
}
