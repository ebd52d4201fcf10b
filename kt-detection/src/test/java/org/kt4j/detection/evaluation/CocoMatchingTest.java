package org.kt4j.detection.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.detection.evaluation.Boxes.difficult;
import static org.kt4j.detection.evaluation.Boxes.found;
import static org.kt4j.detection.evaluation.Boxes.object;
import static org.kt4j.detection.evaluation.Boxes.picture;
import static org.kt4j.detection.evaluation.Boxes.withArea;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CocoMatchingTest {

  // Rounding of a sum of 101 numbers.
  private static final double TOLERANCE = 1e-12;

  @Test
  void a_detection_takes_the_best_object_that_is_still_free() {
    // As in VocMatchingTest; here, the second detection takes the second object.
    ClassPicture picture =
        picture(
            List.of(object(0, 0, 10, 10), object(2, 0, 12, 10)),
            found(0.9, 0, 0, 10, 10),
            found(0.8, 0.8, 0, 10.8, 10));

    assertThat(all(picture)).isCloseTo(1, within(TOLERANCE));
  }

  @Test
  void a_second_detection_of_an_object_is_wrong() {
    ClassPicture picture =
        picture(
            List.of(object(0, 0, 10, 10), object(50, 50, 60, 60)),
            found(0.8, 0, 0, 10, 9),
            found(0.9, 0, 0, 10, 10),
            found(0.7, 50, 50, 60, 60));

    // Precision 1 at 51 levels up to recall 0.5, 2/3 at 50.
    assertThat(all(picture)).isCloseTo((51 + 50 * 2 / 3.0) / 101, within(TOLERANCE));
  }

  @Test
  void a_crowd_takes_any_number_of_detections_that_lie_in_it_and_none_counts() {
    ClassPicture picture =
        picture(
            List.of(difficult(0, 0, 100, 100), object(200, 200, 210, 210)),
            found(0.9, 10, 10, 20, 20),
            found(0.8, 30, 30, 40, 40),
            found(0.7, 95, 10, 105, 20), // by half
            found(0.6, 96, 30, 106, 40), // by 0.4: not in it, so wrong
            found(0.5, 200, 200, 210, 210));

    // Wrong, right: precision 1/2 at recall 1.
    assertThat(all(picture)).isCloseTo(0.5, within(TOLERANCE));
  }

  @Test
  void an_object_that_counts_comes_before_a_crowd_that_overlaps_more() {
    ClassPicture picture =
        picture(List.of(difficult(0, 0, 100, 100), object(0, 0, 10, 10)), found(0.9, 0, 0, 10, 8));

    assertThat(all(picture)).isCloseTo(1, within(TOLERANCE));
  }

  @Test
  void objects_and_free_detections_out_of_the_range_do_not_count() {
    ClassPicture picture =
        picture(
            List.of(object(0, 0, 20, 20), object(100, 100, 200, 200)),
            found(0.95, 50, 0, 60, 10), // small, finds nothing
            found(0.9, 0, 0, 20, 20), // the small object
            found(0.8, 100, 100, 200, 200), // the large object
            found(0.7, 300, 0, 350, 50)); // medium, finds nothing

    // Small: wrong, right. Large: right. All: wrong, right, right, wrong, so 2/3 at every recall.
    assertThat(mean(AreaRange.SMALL, picture)).isCloseTo(0.5, within(TOLERANCE));
    assertThat(mean(AreaRange.MEDIUM, picture)).isNaN();
    assertThat(mean(AreaRange.LARGE, picture)).isCloseTo(1, within(TOLERANCE));
    assertThat(all(picture)).isCloseTo(2 / 3.0, within(TOLERANCE));
  }

  @Test
  void a_detection_of_another_size_may_find_an_object_of_the_range() {
    // 30 x 30 is small, 30 x 40 is medium; the overlap is 0.75.
    ClassPicture picture = picture(List.of(object(0, 0, 30, 30)), found(0.9, 0, 0, 30, 40));

    assertThat(mean(AreaRange.SMALL, picture)).isCloseTo(1, within(TOLERANCE));
    assertThat(mean(AreaRange.MEDIUM, picture)).isNaN();
  }

  @Test
  void bounds_belong_to_both_ranges() {
    ClassPicture of32 = picture(List.of(object(0, 0, 32, 32)));
    ClassPicture of96 = picture(List.of(object(0, 0, 96, 96)));

    assertThat(mean(AreaRange.SMALL, of32)).isZero();
    assertThat(mean(AreaRange.MEDIUM, of32)).isZero();
    assertThat(mean(AreaRange.LARGE, of32)).isNaN();
    assertThat(mean(AreaRange.SMALL, of96)).isNaN();
    assertThat(mean(AreaRange.MEDIUM, of96)).isZero();
    assertThat(mean(AreaRange.LARGE, of96)).isZero();
  }

  @Test
  void an_object_is_as_large_as_its_outline_and_a_detection_as_its_box() {
    // The box is medium, the outline in it is small.
    ClassPicture picture =
        picture(
            List.of(withArea(500, object(0, 0, 40, 40))),
            found(0.9, 100, 100, 140, 140), // medium, finds nothing
            found(0.8, 0, 0, 40, 40));

    assertThat(mean(AreaRange.SMALL, picture)).isCloseTo(1, within(TOLERANCE));
    assertThat(mean(AreaRange.MEDIUM, picture)).isNaN();
    assertThat(all(picture)).isCloseTo(0.5, within(TOLERANCE));
  }

  @Test
  void recall_is_the_share_of_the_objects_that_the_surest_detections_find() {
    CocoMatching matching =
        new CocoMatching(
            List.of(
                picture(
                    List.of(object(0, 0, 10, 10), object(20, 20, 30, 30), object(40, 40, 50, 50)),
                    found(0.9, 60, 60, 70, 70),
                    found(0.8, 0, 0, 10, 10),
                    found(0.7, 20, 20, 30, 30)),
                picture(List.of(object(0, 0, 10, 10)), found(0.1, 0, 0, 10, 10)),
                picture(List.of(difficult(0, 0, 10, 10)), found(0.9, 0, 0, 10, 10))));

    assertThat(matching.match(0.5, AreaRange.ALL, 1).recall()).isEqualTo(0.25);
    assertThat(matching.match(0.5, AreaRange.ALL, 2).recall()).isEqualTo(0.5);
    assertThat(matching.match(0.5, AreaRange.ALL, 100).recall()).isEqualTo(0.75);
    assertThat(matching.match(0.5, AreaRange.LARGE, 100).recall()).isNaN();
    assertThat(
            new CocoMatching(List.of(picture(List.of(object(0, 0, 1, 1)))))
                .match(0.5, AreaRange.ALL, 100)
                .recall())
        .isZero();
  }

  @Test
  void only_the_hundred_surest_detections_of_a_picture_are_looked_at() {
    Stream<Detection> wrong = IntStream.range(0, 99).mapToObj(i -> found(0.9, 50, 50, 60, 60));
    ClassPicture hundred =
        picture(
            List.of(object(0, 0, 10, 10)),
            Stream.concat(wrong, Stream.of(found(0.1, 0, 0, 10, 10))).toArray(Detection[]::new));
    ClassPicture more =
        new ClassPicture(
            hundred.objects(),
            Stream.concat(Stream.of(found(0.2, 50, 50, 60, 60)), hundred.found().stream())
                .toList());

    // 99 wrong, one right.
    assertThat(all(hundred)).isCloseTo(0.01, within(TOLERANCE));
    assertThat(all(more)).isZero();
  }

  private static double all(ClassPicture... pictures) {
    return mean(AreaRange.ALL, pictures);
  }

  private static double mean(AreaRange range, ClassPicture... pictures) {
    return new CocoMatching(List.of(pictures)).match(0.5, range, CocoMatching.MOST).mean();
  }
}
