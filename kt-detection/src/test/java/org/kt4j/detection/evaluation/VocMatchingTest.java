package org.kt4j.detection.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.detection.evaluation.Boxes.difficult;
import static org.kt4j.detection.evaluation.Boxes.found;
import static org.kt4j.detection.evaluation.Boxes.object;
import static org.kt4j.detection.evaluation.Boxes.picture;

import java.util.List;
import org.junit.jupiter.api.Test;

class VocMatchingTest {

  @Test
  void a_second_detection_of_an_object_is_wrong() {
    ClassPicture picture =
        picture(
            List.of(object(0, 0, 10, 10), object(50, 50, 60, 60)),
            found(0.8, 0, 0, 10, 9),
            found(0.9, 0, 0, 10, 10),
            found(0.7, 50, 50, 60, 60));

    // Right, wrong, right: precision 1, 1/2, 2/3 at recall 1/2, 1/2, 1.
    assertThat(area(picture)).isCloseTo(0.5 * 1 + 0.5 * 2 / 3, within(1e-12));
  }

  @Test
  void a_detection_looks_only_at_the_object_that_it_overlaps_most() {
    // The second one overlaps the first object, which is taken, by 9.2/10.8 and the second one,
    // which is free, by 8.8/11.2. Right, wrong: half of the objects at precision 1.
    ClassPicture picture =
        picture(
            List.of(object(0, 0, 10, 10), object(2, 0, 12, 10)),
            found(0.9, 0, 0, 10, 10),
            found(0.8, 0.8, 0, 10.8, 10));

    assertThat(area(picture)).isEqualTo(0.5);
  }

  @Test
  void an_overlap_of_exactly_the_threshold_is_enough() {
    List<ClassPicture.Target> objects = List.of(object(0, 0, 10, 10));

    assertThat(area(picture(objects, found(0.9, 0, 0, 10, 5)))).isEqualTo(1);
    assertThat(area(picture(objects, found(0.9, 0, 0, 10, 4.9)))).isZero();
  }

  @Test
  void a_difficult_object_counts_neither_when_found_nor_when_missed() {
    // Two detections of a difficult object are passed over; another one is missed.
    ClassPicture picture =
        picture(
            List.of(difficult(0, 0, 10, 10), object(50, 50, 60, 60), difficult(90, 90, 99, 99)),
            found(0.9, 0, 0, 10, 10),
            found(0.8, 0, 0, 10, 9),
            found(0.7, 50, 50, 60, 60));

    assertThat(area(picture)).isEqualTo(1);
  }

  @Test
  void detections_are_sorted_over_all_pictures() {
    ClassPicture first = picture(List.of(object(0, 0, 10, 10)), found(0.3, 0, 0, 10, 10));
    ClassPicture second = picture(List.of(), found(0.6, 0, 0, 10, 10));

    // Wrong, right: precision 1/2 at recall 1.
    assertThat(area(first, second)).isEqualTo(0.5);
  }

  @Test
  void of_equal_scores_the_one_that_came_first_counts_first() {
    ClassPicture right = picture(List.of(object(0, 0, 10, 10)), found(0.5, 0, 0, 10, 10));
    ClassPicture wrong = picture(List.of(), found(0.5, 0, 0, 10, 10));

    assertThat(area(right, wrong)).isEqualTo(1);
    assertThat(area(wrong, right)).isEqualTo(0.5);
  }

  private static double area(ClassPicture... pictures) {
    return VocMatching.match(List.of(pictures), 0.5).area();
  }
}
